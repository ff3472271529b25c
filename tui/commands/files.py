"""The files of a workspace: text found in them; files made, renamed, removed and brought back."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from core.errors import BoatyardError, UsageError
from core.values.requests import ChangeFile, FileAction
from tui.commands.operations import finished, told_when_slow
from tui.files.grep_sheet import GrepSheet
from tui.files.path_sheet import PathSheet
from tui.session.timeline import LineSheet
from tui.text.spans import fit

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.values.review import FileNode
    from tui.app import BoatyardApp

_DONE = {
    FileAction.CREATE: "made", FileAction.RENAME: "renamed", FileAction.DELETE: "deleted",
    FileAction.RESTORE: "brought back",
}  # fmt: skip
TOLD = 48
"""Cells of a path that a message shows."""


async def grep(app: BoatyardApp) -> None:
    """Finds text in the files, and goes to the line that is chosen."""
    workspace = app.home.situation().workspace
    assert workspace is not None
    sheet = GrepSheet(app.link, workspace.name, app.last_grep)
    found = await app.ask(sheet)
    app.last_grep = sheet.typed
    if found is not None:
        app.home.show_view("files")
        app.home.files.go_to(*found)


async def find(app: BoatyardApp) -> None:
    """Finds a file by its path, and goes to it in tree and preview."""
    workspace = app.home.situation().workspace
    assert workspace is not None
    path = await app.ask(PathSheet(app.link, workspace.name))
    if path:
        below = f"{workspace.repos[0].name}/" if len(workspace.repos) == 1 else ""
        app.home.show_view("files")
        app.home.files.reveal(below + path)
        app.home.files.go_to(below + path, 1)


async def new(app: BoatyardApp) -> None:
    """A file beside the one at the cursor, or in the folder."""
    node = app.home.files.current
    folder = ""
    if node is not None:
        folder = node.path if node.folder else node.path.rpartition("/")[0]

    def body(path: str) -> ChangeFile:
        if path.endswith("/"):
            raise UsageError(f"{tail(path)} is a folder", hint="Give the name of a file in it.")
        return ChangeFile(action=FileAction.CREATE, path=path)

    path = await _asked(app, "New file", "Path", f"{folder}/", body)
    if path:
        offer(app, f"{tail(path)} is made", ChangeFile(action=FileAction.DELETE, path=path))
        app.home.files.reveal(path)


async def rename(app: BoatyardApp) -> None:
    """Another name, or another folder."""
    node = _chosen(app)
    if node is None:
        return
    body = partial(ChangeFile, action=FileAction.RENAME, path=node.path)
    to = await _asked(app, f"Rename {node.name}", "To", node.path, lambda typed: body(to=typed))
    if to:
        back = ChangeFile(action=FileAction.RENAME, path=to, to=node.path)
        offer(app, f"{tail(node.path)} is {tail(to)} now", back)
        app.home.files.reveal(to)


async def _asked(
    app: BoatyardApp, title: str, label: str, path: str, body: Callable[[str], ChangeFile]
) -> str:
    """Asks for a path until it is done; one that is refused is there again, with the reason.

    Returns:
        The path; empty when there was nothing to do.
    """
    first, why = path, ""
    while True:
        sheet = LineSheet(title, label, "repository/folder/name", path, add=True, why=why)
        typed: str | None = await app.ask(sheet)
        path = typed or ""
        if path in ("", first):
            return ""
        try:
            await changed(app, body(path))
        except BoatyardError as error:
            why = f"{error.message}\n{error.hint}".strip()
        else:
            return path


async def delete(app: BoatyardApp) -> None:
    """Removes what the cursor is on; a checkpoint of before has it."""
    node = _chosen(app)
    if node is not None:
        before = await changed(app, ChangeFile(action=FileAction.DELETE, path=node.path))
        back = ChangeFile(action=FileAction.RESTORE, path=node.path, checkpoint=before)
        offer(app, f"{tail(node.path)} is deleted", back)


def ignored(app: BoatyardApp) -> None:
    """Shows what git ignores in the tree of files, or hides it; remembered."""
    shown = app.preferences.ignored_files = not app.preferences.ignored_files
    app.home.files.show_ignored(shown)
    app.keep_preferences()
    app.say("What git ignores is shown" if shown else "What git ignores is hidden")


def _chosen(app: BoatyardApp) -> FileNode | None:
    """What the cursor of the tree is on, unless that is a whole repository."""
    node = app.home.files.current
    if node is None or "/" not in node.path:
        app.say("go to a file or a folder in a repository first", severity="warning")
        return None
    return node


async def changed(app: BoatyardApp, body: ChangeFile, name: str = "") -> int:
    """Does it, and waits for the end; the number of the checkpoint that was taken before."""
    name = name or app.home.files.workspace or ""
    told = (
        f"{tail(body.to or body.path)} is being {_DONE[body.action]}; in a large workspace that takes a while"
    )
    with told_when_slow(app, told):
        ended = await finished(app, app.client.change_file(name, body))
    app.home.files.read_again()
    before = ended.result.get("before")
    return before if isinstance(before, int) else 0


def tail(path: str) -> str:
    """The end of a path, which says most, short enough for a message."""
    return fit(path, TOLD, keep_end=True)


def offer(app: BoatyardApp, told: str, body: ChangeFile, name: str = "") -> None:
    """Keeps how to take it back: that alone, and nothing else that was written meanwhile."""
    name = name or app.home.files.workspace or ""

    async def back() -> None:
        await changed(app, body, name)
        app.home.files.reveal(body.to or body.path)

    app.can_undo(told, back)
