"""Pull requests of workspaces; a GitLab merge request is one too."""

from __future__ import annotations

from enum import StrEnum

from core.values.comments import Side
from core.values.pushing import RepoPush
from core.values.value import Value


class PullStatus(StrEnum):
    OPEN = "open"
    MERGED = "merged"
    CLOSED = "closed"
    """Closed without having been merged."""


class CheckStatus(StrEnum):
    PENDING = "pending"
    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"
    """It ran not, or says nothing for or against."""


class Check(Value, frozen=True, kw_only=True):
    """One thing that is checked at the head of a pull request."""

    name: str
    status: CheckStatus
    url: str = ""
    summary: str = ""
    log: str = ""
    """What its log is asked for by; empty: the host has none."""


class RemoteComment(Value, frozen=True, kw_only=True):
    """What somebody wrote on a pull request."""

    id: str
    """Of that host and repository."""
    body: str
    author: str = ""
    url: str = ""
    path: str = ""
    """Empty: it is about the pull request as a whole."""
    side: Side = Side.NEW
    first: int = 0
    last: int = 0
    """Lines, from 1; 0: about the file as a whole, or lines that are gone."""
    resolved: bool = False
    replies: int = 0
    """Comments in the same thread behind this one."""
    reply: bool = False
    """Whether it is itself such a comment."""
    created_at: float = 0.0


class ForgeStatus(Value, frozen=True, kw_only=True):
    """A host of pull requests, and whether the token for it works."""

    name: str
    kind: str
    url: str
    user: str = ""
    """Whose token it is."""
    trouble: str = ""
    """Why it cannot be used; empty: it can."""


class PullState(Value, frozen=True, kw_only=True):
    """What is remembered of a pull request between two looks at it."""

    title: str = ""
    draft: bool = False
    head: str = ""
    failed: int = 0
    """Checks at the head that have failed; `pending` and `passed` likewise."""
    pending: int = 0
    passed: int = 0
    comments: int = 0
    """Comments by people, those on lines and the others."""
    looked_at: float | None = None
    trouble: str = ""
    """Why the last look at it came to nothing; empty: it did not."""


class PullLink(Value, frozen=True, kw_only=True):
    """A pull request of a workspace, as it was when it was last looked at."""

    id: str
    repo_id: str
    repository: str
    """Host and repository, such as `github.com/owner/name`."""
    number: int
    url: str
    base: str
    """The branch that it is to go into."""
    status: PullStatus = PullStatus.OPEN
    state: PullState = PullState()
    merged_at: float | None = None
    commit: str = ""
    """What the base branch got, once it is merged."""


class PullRequest(Value, frozen=True, kw_only=True):
    """A pull request as its host has it."""

    number: int
    url: str
    title: str
    body: str = ""
    draft: bool = False
    status: PullStatus = PullStatus.OPEN
    branch: str = ""
    """The branch with the work."""
    base: str = ""
    """The branch that it is to go into."""
    head: str = ""
    """The commit that the branch is at."""
    merged_at: float | None = None
    merge_commit: str = ""


class PullView(Value, frozen=True, kw_only=True):
    """A pull request of a workspace, looked at now."""

    link: PullLink
    pull: PullRequest
    checks: tuple[Check, ...] = ()
    comments: tuple[RemoteComment, ...] = ()


class PullDraft(Value, frozen=True, kw_only=True):
    """What a pull request would be, before it is opened."""

    repo_id: str
    repository: str
    remote: str
    branch: str
    base: str
    title: str
    body: str
    fork: str = ""
    """The repository that gets the branch, where that is a fork of the one with the pull request."""
    push: RepoPush
    """What is pushed for it."""
