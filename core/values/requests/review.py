"""Requests about changes: parts of a diff, files, and comments."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from core.values.comments import Side
from core.values.requests.base import Limit, Request

LineRange = tuple[Limit, Limit]
"""First and last line, from 1."""


class DiffPart(Request, frozen=True, kw_only=True):
    """A file of a diff, or some of its changed lines."""

    path: str
    """As the diff gave it; without `repo` it may begin with the repository's folder."""
    repo: str = ""
    """Name or id; empty where there is one only, or the path says it."""
    old: tuple[LineRange, ...] = ()
    """Removed lines, as the old side counts them."""
    new: tuple[LineRange, ...] = ()
    """Added lines, as the new side counts them; neither of both: the whole file."""


class FileAction(StrEnum):
    """What becomes of a file, or of a folder with all that is in it."""

    CREATE = "create"
    RENAME = "rename"
    DELETE = "delete"
    RESTORE = "restore"
    """As a checkpoint or a commit has it."""


class ChangeFile(Request, frozen=True, kw_only=True):
    action: FileAction
    path: str
    """Below the workspace's folder: the repository's name, then the path in it, which is enough where there
    is one repository only."""
    to: str = ""
    """The new path, for `rename`."""
    content: str = ""
    """For `create`."""
    checkpoint: int = 0
    """The number, for `restore`."""
    commit: str = ""
    """Instead of a checkpoint: git's id, as the file's history says it."""
    source: str = ""
    """For `restore`: what the file was called there; empty: as now."""


class DiscardParts(Request, frozen=True, kw_only=True):
    parts: tuple[DiffPart, ...]
    base: str = ""
    """What the diff compares with, as for the diff."""
    snapshot: dict[str, str] = {}
    """`DiffSummary.snapshot` of what was looked at: where a file of the parts has changed since,
    nothing is done."""


class TakeParts(DiscardParts, frozen=True, kw_only=True):
    """Either a workspace gets them, or a branch of the user's repository."""

    into: str = ""
    """Name of the workspace that gets them."""
    branch: str = ""
    """The branch that gets a commit of them; made from the target branch where there is none."""
    message: str = ""
    """Of that commit; empty: drafted from the task."""


class AddComment(Request, frozen=True, kw_only=True):
    """A comment on lines of a file in a diff, or on the file as a whole."""

    path: str
    """As in `DiffPart`."""
    body: str
    repo: str = ""
    side: Side = Side.NEW
    first: Annotated[int, Meta(ge=0)] = 0
    """Line, from 1; 0: the file as a whole."""
    last: Annotated[int, Meta(ge=0)] = 0
    """0: the same line."""
    quote: tuple[str, ...] = ()
    """What the lines say where they are seen, from the first on: they are looked for, as the file may be
    edited meanwhile; where they are gone the comment is outdated from the beginning."""
    before: tuple[str, ...] = ()
    """Lines above, the nearest last, which tell equal places apart."""
    after: tuple[str, ...] = ()
    base: str = ""
    """What the diff compares with; the old side is that."""
    draft: str = ""
    """Id of the draft that it was written as, which is thrown away as soon as the comment is there."""


class UpdateComment(Request, frozen=True, kw_only=True):
    body: str | UnsetType = UNSET
    """With another text it counts as not sent."""
    resolved: bool | UnsetType = UNSET
    draft: str = ""
    """Id of the draft that the text was written as, as in `AddComment`."""


class SendComments(Request, frozen=True, kw_only=True):
    ids: tuple[str, ...] = ()
    """None: all that are neither resolved nor sent."""
    message: str = ""
    """Said before them; empty: a request to address them."""
    agent: str = ""
    """As for a prompt."""
    request_id: Annotated[str, Meta(max_length=100)] = ""
    """As for a prompt."""


class MarkReviewed(Request, frozen=True, kw_only=True):
    """That a file of the diff has been read, or not."""

    path: str
    content: Annotated[str, Meta(max_length=64)] = ""
    """`FileChange.new_id` of what was read: with another content the mark is gone."""
    repo: str = ""
    reviewed: bool = True
