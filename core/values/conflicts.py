"""Places that two sides changed in ways that do not go together, and updates that they have stopped."""

from __future__ import annotations

from enum import StrEnum

from core.values.value import Value


class UpdateStyle(StrEnum):
    """How a target branch's new commits come into a workspace."""

    MERGE = "merge"
    """A merge commit of the workspace's branch and the target branch."""
    REBASE = "rebase"
    """The workspace's commits again, on top of the target branch."""


class Conflict(Value, frozen=True, kw_only=True):
    repo_id: str
    path: str
    kind: str
    """git's word for it: `content`, `add/add`, `modify/delete`, `rename/delete`, …"""


class UpdateState(Value, frozen=True, kw_only=True):
    """An update that waits for somebody to resolve conflicts in the workspace's files."""

    style: UpdateStyle
    conflicts: tuple[Conflict, ...]
    before: int
    """Number of the checkpoint that has all as it was before; giving up goes back to it."""
    uncommitted: bool = False
    """Whether it is what was not committed that does not fit; all commits are there."""


class ConflictSides(Value, frozen=True, kw_only=True):
    """A file in conflict as each side has it; None where that side has no such file, or no text."""

    repo_id: str
    path: str
    base: str | None = None
    ours: str | None = None
    theirs: str | None = None
    ours_name: str = ""
    theirs_name: str = ""


class Clash(Value, frozen=True, kw_only=True):
    """Another workspace whose work does not go together with this one's."""

    workspace: str
    conflicts: tuple[Conflict, ...]


class Forecast(Value, frozen=True, kw_only=True):
    """What a workspace's work would be in conflict with, as its last snapshot is."""

    workspace: str
    target: tuple[Conflict, ...] = ()
    """With its target branches."""
    behind: int = 0
    """Commits that its target branches have and it has not."""
    others: tuple[Clash, ...] = ()
    """With other open workspaces, by name."""
    rank: int = 0
    """Its place, from 1, in an order of landing in which the fewest get in each other's way; 0: it has
    nothing to land, or cannot land."""
