"""Comments on lines and files of a workspace's diff."""

from __future__ import annotations

from enum import StrEnum

from core.values.value import Value


class Side(StrEnum):
    """Which side of a diff a comment is on."""

    OLD = "old"
    NEW = "new"


PLACE = "place"
"""The field of a comment's draft that says where it is: a `CommentPlace` as JSON."""


class CommentPlace(Value, frozen=True, kw_only=True):
    """Where a comment is begun, and what stands there, by which its lines are found again."""

    repo_id: str
    path: str
    side: Side = Side.NEW
    first: int = 0
    last: int = 0
    quote: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    """Lines above, the nearest last."""
    after: tuple[str, ...] = ()


class ReviewComment(Value, frozen=True, kw_only=True):
    id: str
    workspace: str
    """The workspace's name."""
    repo_id: str
    path: str
    side: Side = Side.NEW
    first: int = 0
    """First line, from 1, where it is now; 0: the comment is on the file as a whole."""
    last: int = 0
    quote: tuple[str, ...] = ()
    """The lines as they were when the comment was made."""
    outdated: bool = False
    """Whether those lines are there no more; `first` and `last` are then where they were last."""
    body: str = ""
    author: str = ""
    """Empty: the user of this machine; else who wrote it on the pull request."""
    url: str = ""
    """Where it is, when it came from a pull request."""
    resolved: bool = False
    sent_at: float | None = None
    """When the agent was told of it."""
    created_at: float = 0.0
    draft: bool = False
    """Whether it was begun and not kept yet; `id` is then its draft's."""
