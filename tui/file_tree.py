"""The files of a workspace as a tree: a folder is read when it is opened, and no more than its own level.

What git ignores is known to the tree and shown on request: hiding it again asks nobody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType
from textual.message import Message

from core.values.review import FOLDER_LIMIT, Change
from tui.actions import bindings
from tui.durations import size
from tui.rows import RowView
from tui.spans import Line

if TYPE_CHECKING:
    from core.values.review import FileNode

SIGNS: dict[Change, tuple[str, str]] = {
    Change.ADDED: ("A", "added"), Change.MODIFIED: ("M", "dirty"), Change.DELETED: ("D", "removed"),
    Change.RENAMED: ("R", "review"), Change.COPIED: ("C", "review"), Change.TYPE: ("T", "dirty"),
}  # fmt: skip


class FileTree(RowView):
    """Folders first; a mark says what changed against the target, a word what git ignores."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("tree", "file-tree")]

    class WantsFolder(Message):
        """A folder was opened for the first time."""

        def __init__(self, path: str) -> None:
            super().__init__()
            self.path = path

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._folders: dict[str, tuple[FileNode, ...]] = {}
        self._open: set[str] = set()
        self._asked: set[str] = set()
        self._rows: list[tuple[FileNode | None, int]] = []
        """What is in sight and how deep; None says that a folder has more than is listed."""
        self._hidden = 0
        self._loaded = False
        self.ignored_shown = False
        self._wanted = ""
        """The path that the cursor is to be on as soon as it is there."""

    def reset(self) -> None:
        """Another workspace: forgets everything."""
        self._folders, self._open, self._asked, self._rows = {}, set(), set(), []
        self._loaded = False
        self.rows_changed()

    @property
    def open_folders(self) -> list[str]:
        """The folders in sight, the workspace's own first; they are what a refresh reads again."""
        return ["", *sorted(self._open)]

    def reveal(self, path: str) -> list[str]:
        """Puts the cursor on a path, now or when its folder has been read; the folders to read for it."""
        self._wanted = path
        parts = path.split("/")[:-1]
        above = ["/".join(parts[:count]) for count in range(1, len(parts) + 1)]
        self._open.update(above)
        self._asked.update(above)
        self._rebuild()
        return above

    def take(self, path: str, nodes: tuple[FileNode, ...]) -> None:
        """Takes in what is in a folder."""
        self._folders[path] = nodes
        self._loaded = True
        self._rebuild()

    def show_ignored(self, shown: bool) -> None:
        """Shows what git ignores, or hides it; the cursor stays, or goes to what it was in."""
        self.ignored_shown = shown
        self._rebuild()

    def _rebuild(self) -> None:
        at = self.current.path if self.current else ""
        self._rows, self._hidden = [], 0
        self._add("", 0)
        places = {node.path: index for index, (node, _) in enumerate(self._rows) if node is not None}
        if self._wanted in places:
            at, self._wanted = self._wanted, ""
        while at and at not in places:
            at = at.rpartition("/")[0]
        self.rows_changed()
        self.move_to(places.get(at, self.cursor_row))

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

    def action_fold(self) -> None:
        node = self.current
        if node is None or not node.folder:
            return
        self._open.symmetric_difference_update({node.path})
        if node.path in self._open and node.path not in self._folders and node.path not in self._asked:
            self._asked.add(node.path)
            self.post_message(self.WantsFolder(node.path))
        self._rebuild()

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
        left: Line = ((" " + "  " * depth, "text"), (fold, "dim"), (name, name_token), (link, "dim"))
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
