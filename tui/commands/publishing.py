"""A folder of the workspace shown to everybody who can reach the public door, and taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.client.public_page import public_page
from core.values.entities import Workspace
from core.values.requests import PublishWorkspace
from tui.commands.operations import finished
from tui.looks.durations import ago, size
from tui.session.timeline import LineSheet
from tui.terminal.programs import copy
from tui.widgets.menu import Menu, Option, choice

if TYPE_CHECKING:
    from tui.app import BoatyardApp

USUAL = "canvas"
AGAIN, ADDRESS, BACK = "again", "address", "back"


async def publish(app: BoatyardApp) -> None:
    """Publishes a folder; where something is published, asks what to do about it."""
    workspace = _workspace(app)
    if workspace.published_at is None:
        await _publish(app, workspace)
        return
    when = f"by {workspace.published_by} {ago(workspace.published_at)}"
    options = [
        choice("publish-again", AGAIN, "the copy of before stays until the new one is whole"),
        choice("publish-address", ADDRESS),
        choice("publish-end", BACK, "the page is gone for everybody at once"),
    ]
    chosen = await app.ask(Menu(f"{workspace.name} is public", f"Published {when}.", options))
    if chosen == AGAIN:
        await _publish(app, workspace)
    elif chosen == ADDRESS:
        app.say(await _address(app, workspace.name))
    elif chosen == BACK:
        await _unpublish(app, workspace.name)


async def unpublish(app: BoatyardApp) -> None:
    """Takes back what is published, once that is confirmed."""
    name = _workspace(app).name
    text = f"The page of {name} is gone for everybody at once.\nThe workspace keeps the folder as it is."
    options = [Option("", "Leave it", ""), choice("publish-end", BACK, danger=True)]
    if await app.ask(Menu("Publish no longer", text, options)) == BACK:
        await _unpublish(app, name)


async def _publish(app: BoatyardApp, workspace: Workspace) -> None:
    title = f"Publish a folder of {workspace.name}"
    hint = "below where its agents work; a copy, without links and dotfiles"
    folder = await app.ask(LineSheet(title, "Folder", hint, _folder_at_hand(app, workspace)))
    if folder is None:
        return
    wanted = PublishWorkspace(folder=folder or USUAL)
    with app.deed():
        await _make_public(app, workspace, wanted)


async def _make_public(app: BoatyardApp, workspace: Workspace, wanted: PublishWorkspace) -> None:
    result = (await finished(app, app.client.publish_workspace(workspace.name, wanted))).result
    files, bytes_ = result.get("files"), result.get("size")
    count = "1 file" if files == 1 else f"{files} files"
    amount = f"{count}, {size(bytes_)}" if isinstance(bytes_, int) else "nothing"
    left_out = result.get("left_out")
    told = f"{workspace.name} is public: {amount}. {await _address(app, workspace.name)}"
    if isinstance(left_out, list) and left_out:
        told += f"; left out: {', '.join(map(str, left_out[:3]))}" + (" and more" if left_out[3:] else "")
    if workspace.published_at is not None:
        app.say(told)
        return

    async def back() -> None:
        await _unpublish(app, workspace.name)

    app.can_undo(told, back)


async def _unpublish(app: BoatyardApp, name: str) -> None:
    await finished(app, app.client.unpublish_workspace(name), undoable=False)
    app.say(f"Nothing of {name} is public any more")


async def _address(app: BoatyardApp, name: str) -> str:
    """Copies the page's address, and says it; where no door is open, how to open one."""
    url = public_page(await app.client.doors(), name)
    if not url:
        return f"It is at /{name}/ as soon as `boatyard serve --public` runs"
    return f"Copied {url} by way of {await copy(app, url)}"


def _folder_at_hand(app: BoatyardApp, workspace: Workspace) -> str:
    """The folder that the cursor of the tree of files is on, as the engine names it; else the usual one."""
    node = app.home.files.current
    if app.home.view != "files" or node is None or not node.folder:
        return USUAL
    if len(workspace.repos) > 1:
        return node.path
    return node.path.partition("/")[2] or USUAL


def _workspace(app: BoatyardApp) -> Workspace:
    workspace = app.home.situation().workspace
    assert workspace is not None
    return workspace
