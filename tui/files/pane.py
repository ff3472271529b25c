"""The third pane: the workspace's files, and one of them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING, cast

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.timer import Timer
from textual.widget import Widget

from core.errors import BoatyardError
from tui.engine.changes import Changes
from tui.engine.link import Link
from tui.engine.store import Store
from tui.files.preview import PAGE, Preview
from tui.files.tree import FileTree
from tui.widgets.rows import RowView

if TYPE_CHECKING:
    from core.values.review import FileNode
    from tui.looks.look import Look

FOLDERS_AT_ONCE = 16
"""Folders that are asked for before the tree is laid out again."""
PREVIEW_SECONDS = 0.12
"""How long the cursor rests on a file before it is read."""


class FilesPane(Horizontal):
    """Tree and preview; the tree alone where there is no room for both, until Enter."""

    DEFAULT_CSS = """
    FilesPane FileTree { width: 40; border-right: solid $boatyard-rule; }
    FilesPane Preview { width: 1fr; }
    """

    def __init__(self, store: Store, link: Link, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._store = store
        self._link = link
        self.workspace: str | None = None
        self._stale = True
        self._unopened = True
        """Whether the folder of a workspace's only repository has not been opened yet."""

    def compose(self) -> ComposeResult:
        yield FileTree(id="file-tree")
        yield Preview(id="preview")

    def on_mount(self) -> None:
        self._tree = self.query_one("#file-tree", FileTree)
        self._preview = self.query_one("#preview", Preview)
        self._store.watch(self._on_changes)
        self._rest: Timer | None = None

    @property
    def main(self) -> Widget:
        """What gets the focus when the pane does."""
        return self._preview if self.has_class("-inside") and not self._tree.display else self._tree

    def on_show(self) -> None:
        """It has come into sight; whoever brought it there may have asked too early whether it is."""
        self.look_again()

    def show_workspace(self, name: str | None) -> None:
        """Another workspace is selected; its files are read when the pane is in sight."""
        if name != self.workspace:
            self.workspace = name
            self._stale = self._unopened = True
            self.remove_class("-inside")
            self._tree.reset()
            self._preview.show("")
        self.look_again()

    def look_again(self) -> None:
        """Reads what may be old, if the pane is in sight."""
        if self._stale and self.workspace and self.display and self.is_on_screen:
            self._stale = False
            self._open_only_repo(self.workspace)
            self._read_folders(self.workspace, self._tree.open_folders)
            if self._preview.path:
                self._read_file(self.workspace, self._preview.path, 0)

    def _open_only_repo(self, name: str) -> None:
        """Begins with the folder of the only repository open: there is nothing else to choose."""
        workspace = self._store.workspaces.get(name)
        if self._unopened and workspace is not None and workspace.repos:
            self._unopened = False
            if len(workspace.repos) == 1:
                self._tree.begin_open(PurePath(workspace.repos[0].path).name)

    @property
    def current(self) -> FileNode | None:
        """What the cursor of the tree is on; nothing while it is about to go elsewhere."""
        return None if self._tree.on_its_way else self._tree.current

    def show_ignored(self, shown: bool) -> None:
        """Whether the tree shows what git ignores."""
        self._tree.show_ignored(shown)

    def read_again(self) -> None:
        """The files are others now."""
        self._stale = True
        self.look_again()

    def reveal(self, path: str) -> None:
        """Puts the tree's cursor on a path, as soon as it is there; opens the folders above it."""
        above = self._tree.reveal(path)
        if self.workspace:
            self._read_folders(self.workspace, self._tree.open_folders if self._stale else above)
            self._stale = False

    @property
    def shown_path(self) -> str:
        """The file in the preview or at the cursor."""
        if self._preview.path:
            return self._preview.path
        node = self._tree.current
        return node.path if node is not None and not node.folder else ""

    @property
    def tree_has_focus(self) -> bool:
        """Whether keys are about what the cursor of the tree is on."""
        return self._tree.has_focus

    @property
    def line(self) -> int:
        """The line of the file that the cursor is on, from 1."""
        return self._preview.cursor_row + 1

    def go_to(self, path: str, line: int) -> None:
        """Shows a file at a line, counted from 1."""
        self._preview.show(path, line)
        self.add_class("-inside")
        self._preview.focus()

    def step_back(self) -> bool:
        """From the preview to the tree, where there is only room for one."""
        if self.has_class("-inside"):
            self.remove_class("-inside")
            self._tree.focus()
            return True
        return False

    def _on_changes(self, changes: Changes) -> None:
        if changes.everything or (self.workspace and self.workspace in changes.files):
            self._stale = True
            self.look_again()

    @on(RowView.Highlighted, "#file-tree")
    def _moved(self, event: RowView.Highlighted) -> None:
        event.stop()
        if self._rest is not None:
            self._rest.stop()
        self._rest = self.set_timer(PREVIEW_SECONDS, self._show_current)

    def _show_current(self) -> None:
        node = self._tree.current
        if node is not None and not node.folder and node.path != self._preview.path:
            self._preview.show(node.path)

    @on(RowView.Chosen, "#file-tree")
    def _chosen(self, event: RowView.Chosen) -> None:
        event.stop()
        node = self._tree.current
        if node is not None:
            if node.path != self._preview.path:
                self._preview.show(node.path)
            self.add_class("-inside")
            self._preview.focus()

    @on(FileTree.WantsFolders)
    def _folders_wanted(self, event: FileTree.WantsFolders) -> None:
        if self.workspace:
            self._read_folders(self.workspace, event.paths)

    @work(group="folders")
    async def _read_folders(self, workspace: str, paths: Sequence[str]) -> None:
        """Reads folders some at a time, and shows what there is of them after each time."""
        for begin in range(0, len(paths), FOLDERS_AT_ONCE):
            some = paths[begin : begin + FOLDERS_AT_ONCE]
            found = await asyncio.gather(*(self._listed(workspace, path) for path in some))
            if workspace != self.workspace:
                return
            self._tree.take(dict(zip(some, found, strict=True)))

    async def _listed(self, workspace: str, path: str) -> tuple[FileNode, ...]:
        try:
            return await self._link.client.files(workspace, path, ignored=True)
        except BoatyardError:
            self._stale = True
            return ()

    @on(Preview.Wants)
    def _page_wanted(self, event: Preview.Wants) -> None:
        if self.workspace:
            self._read_file(self.workspace, event.path, event.page)

    @work(group="preview")
    async def _read_file(self, workspace: str, path: str, page: int) -> None:
        try:
            content = await self._link.client.file(workspace, path, start=page * PAGE, limit=PAGE)
        except BoatyardError as error:
            if path == self._preview.path:
                self._preview.fail(error.message)
            return
        if workspace == self.workspace:
            self._preview.take(page, content)

    @on(Preview.WantsPicture)
    def _picture_wanted(self, event: Preview.WantsPicture) -> None:
        event.stop()
        if self.workspace:
            self._draw(self.workspace, event)

    @work(group="picture", exclusive=True)
    async def _draw(self, workspace: str, wanted: Preview.WantsPicture) -> None:
        """Draws the picture as the terminal can; what stands in the way is said beside its facts."""
        from tui.files.picture_pane import Drawn
        from tui.files.picture_strips import pixels_wanted

        look = cast("Look", self.app)
        way = await look.picture_way()
        if way.style == "none":
            return
        width, height = pixels_wanted(wanted.columns, wanted.rows, way)
        ground = self.background_colors[1].hex6[1:].lower()
        try:
            picture = await self._link.client.picture(
                workspace, wanted.path, width=width, height=height, background=ground, sixel=way.sixel
            )
        except BoatyardError as error:
            self._preview.take_picture(wanted.path, None, error.message.rpartition(" is not shown: ")[2])
            return
        here = workspace == self.workspace and wanted.path == self._preview.path
        if here and not self._preview.shows_picture(picture, way):
            self._preview.take_picture(wanted.path, Drawn(picture, way, look.write_to_terminal))
