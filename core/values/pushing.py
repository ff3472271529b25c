"""Pushes of a workspace's commits to the remotes of the user's repositories."""

from __future__ import annotations

from core.values.value import Value


class RepoPush(Value, frozen=True, kw_only=True):
    """What a push does in one repo, or did."""

    repo_id: str
    remote: str
    """Its name in the user's repository."""
    url: str
    """Where it is, without a password."""
    branch: str
    """The branch's name there."""
    old: str = ""
    """The commit that the branch had there; empty: it was not there."""
    new: str
    own: bool = True
    """Whether it is the workspace's own branch; else the target branch."""
    ahead: int = 0
    """Commits that the remote gets."""
    behind: int | None = 0
    """Commits there that the workspace has not; None: commits that are not known here."""
    rewrites: bool = False
    """Whether it takes the place of what the workspace has pushed before."""
    uncommitted: int = 0
    """Files with uncommitted changes, which are never pushed."""
    refused: str = ""
    """Why it may not be pushed; empty: it may."""

    @property
    def nothing(self) -> bool:
        """Whether the remote has it all already, or the workspace has no commit of its own."""
        return self.old == self.new or (not self.ahead and not self.rewrites)


class PushReport(Value, frozen=True, kw_only=True):
    """The pushes of a workspace; those with nothing to push are there too."""

    workspace: str
    repos: tuple[RepoPush, ...] = ()
