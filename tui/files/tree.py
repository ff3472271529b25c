"""The files of a workspace as a tree: a folder is read when it is opened, and no more than its own level.

What git ignores is known to the tree and shown on request: hiding it again asks nobody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType
from textual.message import Message

from core.values.review import FOLDER_LIMIT, Change
from tui.keys.actions import bindings
from tui.looks.durations import size
from tui.text.spans import Line
from tui.widgets.rows import RowView

if TYPE_CHECKING:
    from core.values.review import FileNode

SIGNS: dict[Change, tuple[str, str]] = {
    Change.ADDED: ("A", "added"), Change.MODIFIED: ("M", "dirty"), Change.DELETED: ("D", "removed"),
    Change.RENAMED: ("R", "review"), Change.COPIED: ("C", "review"), Change.TYPE: ("T", "dirty"),
}  # fmt: skip

NAME_ROOM = 26
"""Cells that are left for fold, name and marks, however deep a file is; deeper, its depth is a number."""
MOST_HELD = 20_000
"""Entries that are held; where there are more, a folder that is folded is forgotten."""


class FileTree(RowView):
    """Folders first; a mark says what changed against the target, a word what git ignores."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("tree", "file-tree")]

    class WantsFolders(Message):
        """A folder was opened: it is to be read, and those below it that were left open."""

        def __init__(self, paths: Sequence[str]) -> None:
            super().__init__()
            self.paths = paths

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._folders: dict[str, tuple[FileNode, ...]] = {}
        self._open: set[str] = set()
        self._rows: list[tuple[FileNode | None, int]] = []
        """What is in sight and how deep; None says that a folder has more than is listed."""
        self._hidden = 0
        self._loaded = False
        self.ignored_shown = False
        self._wanted = ""
        """The path that the cursor is to be on as soon as it is there."""
        self._unread = False
        """Whether the folder that it is in has not been read since it was asked for."""

    def reset(self) -> None:
        """Another workspace: forgets everything."""
        self._folders, self._open, self._rows = {}, set(), []
        self._loaded = False
        self.rows_changed()

    def begin_open(self, path: str) -> None:
        """A folder is open as soon as it is there."""
        self._open.add(path)

    @property
    def open_folders(self) -> list[str]:
        """The folders in sight, the workspace's own first; they are what a refresh reads again."""
        return ["", *self._open_below("")]

    def reveal(self, path: str) -> list[str]:
        """Puts the cursor on a path, now or when its folder has been read; the folders to read for it."""
        self._wanted, self._unread = path, True
        parts = path.split("/")[:-1]
        above = ["/".join(parts[:count]) for count in range(1, len(parts) + 1)]
        self._open.update(above)
        self._rebuild()
        return above

    def take(self, folders: Mapping[str, tuple[FileNode, ...]]) -> None:
        """Takes in what is in folders, by their paths; all at once, for the rows are laid out anew."""
        if self._wanted.rpartition("/")[0] in folders:
            self._unread = False
        if all(self._folders.get(path) == nodes for path, nodes in folders.items()) and self._loaded:
            return
        self._folders.update(folders)
        self._loaded = True
        self._rebuild()

    def show_ignored(self, shown: bool) -> None:
        """Shows what git ignores, or hides it; the cursor stays, or goes to what it was in."""
        self.ignored_shown = shown
        node = self.current
        while node is not None and node.ignored and not shown and self.cursor_row:
            self.move_to(self.cursor_row - 1)
            node = self.current
        self._rebuild()

    def _rebuild(self) -> None:
        at = self.current.path if self.current else ""
        self._rows, self._hidden = [], 0
        self._add("", 0)
        places = {node.path: index for index, (node, _) in enumerate(self._rows) if node is not None}
        if self._wanted in places:
            at, self._wanted = self._wanted, ""
        self.rows_changed()
        super().move_to(places.get(at, self.cursor_row))
        if self.current is not None and self.current.path != at:
            self.post_message(self.Highlighted(self, self.cursor_row))  # another one stands in its row now

    def move_to(self, index: int) -> None:
        """Puts the cursor on a row; it goes nowhere else by itself any more."""
        self._wanted = ""
        super().move_to(index)

    @property
    def on_its_way(self) -> bool:
        """Whether the cursor is about to go elsewhere, as soon as the folders above have been read."""
        return bool(self._wanted) and self._unread

    def _add(self, path: str, depth: int) -> None:
        nodes = self._folders.get(path, ())
        for node in nodes:
            if node.ignored and not self.ignored_shown:
                self._hidden += 1
                continue
            self._rows.append((node, depth))
            if node.folder and node.path in self._open:
                self._add(node.path, depth + 1)
        if len(nodes) >= FOLDER_LIMIT:
            self._rows.append((None, depth))

    @property
    def current(self) -> FileNode | None:
        """The file or folder at the cursor."""
        return self._rows[self.cursor_row][0] if self.cursor_row < len(self._rows) else None

    def clicked(self, index: int, column: int) -> bool:
        folds = self.is_fold_sign(index, column)
        if folds:
            self.action_fold()
        return folds

    def action_fold(self) -> None:
        node = self.current
        if node is None or not node.folder:
            return
        self._open.symmetric_difference_update({node.path})
        below = f"{node.path}/"
        if node.path in self._open:  # what is known is shown at once, and read again: it may be old
            self.post_message(self.WantsFolders([node.path, *self._open_below(node.path)]))
        elif sum(map(len, self._folders.values())) > MOST_HELD:
            self._folders = {
                path: nodes for path, nodes in self._folders.items() if not f"{path}/".startswith(below)
            }
        self._rebuild()

    def _open_below(self, path: str) -> list[str]:
        """Open folders that are in sight as soon as this one is."""
        found: dict[str, None] = {}
        for other in sorted(self._open):
            above = other.rpartition("/")[0]
            if above == path or above in found:
                found[other] = None
        return list(found)

    def action_unfold(self) -> None:
        if self.current is not None and self.current.path not in self._open:
            self.action_fold()

    def action_fold_in(self) -> None:
        node = self.current
        if node is None:
            return
        if node.path in self._open:
            self.action_fold()
            return
        parent = node.path.rpartition("/")[0]
        for index, (each, _) in enumerate(self._rows):
            if each is not None and each.path == parent:
                self.move_to(index)

    def action_choose(self) -> None:
        if self.current is not None and self.current.folder:
            self.action_fold()
        else:
            super().action_choose()

    def row_count(self) -> int:
        return len(self._rows)

    def row(self, index: int, width: int) -> tuple[Line, Line]:
        node, depth = self._rows[index]
        if node is None:
            return (
                (f"{' ' * (2 * depth + 3)}{self.glyphs.cut} these are {FOLDER_LIMIT} of the folder", "dim"),
            ), ()
        fold = "  "
        if node.folder:
            fold = f"{self.glyphs.open if node.path in self._open else self.glyphs.folded} "
        letter, token = SIGNS[node.change] if node.change else (" ", "text")
        name_token = token if node.change else ("link" if node.folder else "text")
        if node.ignored:
            name_token = "dim"
        name = f"{node.name}/" if node.folder else node.name
        link = f" {self.glyphs.arrow}" if node.link else ""
        deepest = max(2, (width - NAME_ROOM) // 2)
        indent = "  " * depth if depth <= deepest else f"{self.glyphs.cut}{depth} ".rjust(2 * deepest)
        left: Line = ((f" {indent}", "dim"), (fold, "dim"), (name, name_token), (link, "dim"))
        bytes_shown = "" if node.folder else size(node.size)
        mark = self.glyphs.dot if node.folder and node.change else letter
        word = "ignored " if node.ignored else ""
        return left, ((f" {word}", "info"), (f"{bytes_shown} ", "dim"), (f"{mark} ", token))

    def row_text(self, index: int) -> str:
        node, _ = self._rows[index]
        return node.name if node is not None else ""

    def empty_text(self) -> Line:
        if self._hidden:
            return (
                (" Only what git ignores: ", "dim"),
                (self.look.keymap.hint("ignored-files"), "key"),
                (" shows it", "dim"),
            )
        return ((" No files" if self._loaded else f" Reading the files{self.glyphs.cut}", "dim"),)
