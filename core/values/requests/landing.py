"""Requests about what lands in a target branch, and what comes from it."""

from __future__ import annotations

from core.values.conflicts import UpdateStyle
from core.values.requests.base import Request
from core.values.states import MergeStyle


class MergeWorkspace(Request, frozen=True, kw_only=True):
    style: MergeStyle | None = None
    """None: the project's."""
    message: str = ""
    """Empty: drafted from the task."""
    push: bool = False
    """Whether the target branches are pushed to their remotes afterwards."""


class UnmergeWorkspace(Request, frozen=True, kw_only=True):
    commits: tuple[str, ...] = ()
    """What the merge has put onto the target branches, where it is to be that one; empty: the last."""


class PushWorkspace(Request, frozen=True, kw_only=True):
    repo: str = ""
    """Name or id of the only repo to push; empty: all."""
    remote: str = ""
    """Empty: the one that git's own settings say."""


class UpdateFromTarget(Request, frozen=True, kw_only=True):
    style: UpdateStyle = UpdateStyle.MERGE


class TakeSide(Request, frozen=True, kw_only=True):
    """A file in conflict, and whose version of it is taken."""

    path: str
    repo: str = ""
    """Name or id; empty where there is one only."""
    theirs: bool = False
    """The side that is brought in; else the one that was there."""


class QueueLanding(Request, frozen=True, kw_only=True):
    """Workspaces that are to land one after the other."""

    workspaces: tuple[str, ...]
    """Names, in this order."""
    style: MergeStyle | None = None
    """None: as each one's project says."""
    by_forecast: bool = False
    """In the order that the conflict forecast proposes."""
    start: bool = True
