"""Files, diffs and merges as the API shows them."""

from __future__ import annotations

from enum import StrEnum

from core.values.conflicts import Conflict
from core.values.entities import Merge
from core.values.pushing import RepoPush
from core.values.states import MergeStyle
from core.values.value import Value

FOLDER_LIMIT = 20_000
"""Entries of one folder that are listed at most."""


class Change(StrEnum):
    ADDED = "added"
    MODIFIED = "modified"
    DELETED = "deleted"
    RENAMED = "renamed"
    COPIED = "copied"
    TYPE = "type_changed"


class FileChange(Value, frozen=True, kw_only=True):
    """One changed file of a diff. Paths use `/` and may hold any character but NUL."""

    repo_id: str
    path: str
    change: Change
    old_path: str | None = None
    """Where it was, when renamed or copied."""
    added: int = 0
    removed: int = 0
    binary: bool = False
    old_mode: str = ""
    """As git writes it: `100644`, `100755`, `120000` a link, `160000` a submodule; `000000`: not there."""
    new_mode: str = ""
    old_id: str = ""
    """git's id of the content; empty where there is none. A file with another id has changed again."""
    new_id: str = ""
    old_size: int | None = None
    """Bytes; of binary files only."""
    new_size: int | None = None
    lfs: bool = False
    """Whether it is a Git LFS pointer: the content is elsewhere."""
    reviewed: bool = False
    """Whether the user has marked it as read, and it has not changed since."""
    generated: bool = False
    """Whether a program wrote it, such as a lock file: nobody reads it line by line."""


class DiffSummary(Value, frozen=True, kw_only=True):
    """What differs between the two sides of a diff, over all repos of a workspace."""

    workspace: str
    snapshot: dict[str, str]
    """Snapshot commit by repo id."""
    files: tuple[FileChange, ...]
    added: int
    removed: int


class LineKind(StrEnum):
    FILE = "file"
    META = "meta"
    HUNK = "hunk"
    CONTEXT = "context"
    ADDED = "added"
    REMOVED = "removed"
    NOTE = "note"
    """`\\ No newline at end of file` and the like."""


class DiffLine(Value, frozen=True, kw_only=True):
    kind: LineKind
    text: str
    """Without the leading sign and the line end."""
    old: int | None = None
    new: int | None = None
    """Line numbers from 1 on either side."""


class FileDiff(Value, frozen=True, kw_only=True):
    """The lines of one file's diff, or a window of them."""

    file: FileChange
    lines: tuple[DiffLine, ...]
    total: int
    """Lines in all; while `complete` is false, those that have come so far."""
    start: int = 0
    complete: bool = True
    truncated: bool = False
    """Whether there is more than is read at most."""


class FileNode(Value, frozen=True, kw_only=True):
    """A file or folder of a workspace."""

    path: str
    """Relative to the workspace's folder, with `/`."""
    name: str
    folder: bool
    size: int = 0
    link: bool = False
    change: Change | None = None
    """What the latest snapshot says of it against the target; of a folder: something below changed."""
    ignored: bool = False
    """Whether git ignores it: no snapshot and no checkpoint has it."""


class FoundLine(Value, frozen=True, kw_only=True):
    """A line of a file that has what was looked for."""

    path: str
    """Relative to the workspace's folder."""
    line: int
    """From 1."""
    text: str
    """Its beginning."""


class FoundLines(Value, frozen=True, kw_only=True):
    """Lines that have what was looked for, in the order of the files."""

    lines: tuple[FoundLine, ...]
    more: bool
    """Whether there are others."""


class FileContent(Value, frozen=True, kw_only=True):
    """A window of a file's lines."""

    path: str
    size: int
    binary: bool
    start: int
    """Index of the first line of the window, from 0."""
    lines: tuple[str, ...]
    more: bool
    count: int = 0
    """Lines of the file, as far as it was looked through; 0: not counted. The first window has it."""
    about: str = ""
    """Of a picture: its format and size in pixels, for people."""


class SixelTerminal(Value, frozen=True, kw_only=True):
    """What a terminal that draws Sixel says of itself."""

    cell_width: int
    cell_height: int
    """Pixels that a cell has."""
    colours: int = 256
    """That a picture may have."""


class SmallPicture(Value, frozen=True, kw_only=True):
    """A picture of a workspace, made small."""

    path: str
    format: str
    """Such as `PNG`."""
    full_width: int
    full_height: int
    """Pixels that it has itself."""
    width: int
    height: int
    pixels: bytes
    """Rows of red, green and blue, a byte each."""
    sixel: str = ""
    """The picture as Sixel, in cells of which each is two of the pixels, one above the other; only printable
    ASCII, without the begin and the end of the control string. Empty: not asked for, or too much of it."""


class RepoMerge(Value, frozen=True, kw_only=True):
    """What a merge would do, or did, in one repo."""

    repo_id: str
    target_branch: str
    old: str
    new: str
    """The commit that the target gets; equal to `old` when there is nothing to merge."""
    files: int = 0
    added: int = 0
    removed: int = 0


class MergePreview(Value, frozen=True, kw_only=True):
    workspace: str
    style: MergeStyle
    repos: tuple[RepoMerge, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    blocked: tuple[str, ...] = ()
    """Sentences about what stands in the way, such as local edits that a fast-forward would touch."""
    message: str = ""
    """Drafted commit message."""


class MergeResult(Value, frozen=True, kw_only=True):
    workspace: str
    merges: tuple[Merge, ...]
    pushes: tuple[RepoPush, ...] = ()
    """Pushes of the target branches, when they were asked for."""


class RepoUnmerge(Value, frozen=True, kw_only=True):
    """What taking a merge back would do, or did, in one repo."""

    repo_id: str
    target_branch: str
    commit: str
    """The merge that the target branch loses."""
    before: str
    """Where the target branch goes: where it was before the merge."""


class UnmergePreview(Value, frozen=True, kw_only=True):
    workspace: str
    repos: tuple[RepoUnmerge, ...] = ()
    blocked: tuple[str, ...] = ()
    """Sentences about what keeps the merge from being taken back."""
    hint: str = ""
    """What can be done about the first of them."""
    task_status: str = ""
    """The state that its task goes back to; empty: it stays as it is."""
    carried_by: tuple[str, ...] = ()
    """Other workspaces that have the merge in their branch, and bring it along when they are merged."""


class UnmergeResult(Value, frozen=True, kw_only=True):
    workspace: str
    repos: tuple[RepoUnmerge, ...]


class LossReport(Value, frozen=True, kw_only=True):
    """What deleting a workspace would put into the trash."""

    workspace: str
    unmerged_commits: int = 0
    changed_files: int = 0
    untracked_files: int = 0
    ignored_files: int = 0
