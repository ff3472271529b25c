"""Checkpoints: looked through, compared, taken, gone back to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from core.client.exchange import export_to, import_from
from core.values import requests as ask
from core.values.entities import Operation
from tui.commands.operations import finished
from tui.diff.bases import Compared, of_checkpoints
from tui.session.timeline import LineSheet, Timeline
from tui.widgets.menu import question

if TYPE_CHECKING:
    from tui.app import BoatyardApp


async def timeline(app: BoatyardApp) -> None:
    """The list of checkpoints, and the diff of what is chosen there."""
    name = _name(app)
    compared = await compared_states(app, name)
    if compared is not None:
        app.home.go_to_workspace(name, view="diff")
        app.home.diff.compare_with(compared)


async def compared_states(app: BoatyardApp, name: str, *, since: bool = False) -> Compared | None:
    """The list of checkpoints, until two states are chosen to be compared; None: it was left.

    `since`: what Enter shows is what was done since a checkpoint; else what it brought.
    """
    while choice := await app.ask(Timeline(app.link, app.store, name, since=since)):
        if choice.what == "new":
            await _take(app, name)
        elif choice.what == "restore":
            await _restore(app, name, choice.since)
        elif choice.what == "export":
            await _export(app, name, choice.since)
        elif choice.what == "import":
            await _import(app, name)
        else:
            return of_checkpoints(choice.since, choice.until)
    return None


async def take(app: BoatyardApp) -> None:
    """Keeps everything as it is now."""
    await _take(app, _name(app))


def _name(app: BoatyardApp) -> str:
    workspace = app.home.situation().workspace
    assert workspace is not None
    return workspace.name


async def _take(app: BoatyardApp, name: str) -> None:
    sheet = LineSheet(f"New checkpoint of {name}", "Message", "what is worth keeping; may be empty")
    message = await app.ask(sheet)
    if message is not None:
        taken = await app.client.take_checkpoint(name, ask.TakeCheckpoint(message=message))
        app.say(f"Checkpoint {taken.number} of {name} is kept")


async def _export(app: BoatyardApp, name: str, number: int) -> None:
    proposed = f"~/{name}-{number}.zip"
    path = await app.ask(LineSheet(f"Export checkpoint {number} of {name}", "Zip", proposed, proposed))
    if path:
        size = await export_to(app.client, name, number, Path(path).expanduser())
        app.say(f"{path} has checkpoint {number}: {size} bytes")


async def _import(app: BoatyardApp, name: str) -> None:
    path = await app.ask(LineSheet(f"Import a checkpoint into {name}", "Zip", "path of an exported zip"))
    if path:
        made = await import_from(app.client, name, Path(path).expanduser())
        app.say(f"{path} is checkpoint {made.number} of {name} now; nothing was restored")


async def _restore(app: BoatyardApp, name: str, number: int) -> None:
    text = (
        f"Bring {name} back to checkpoint {number}?\n\n"
        "Files, branch and index become as they were; ignored files stay.\n"
        "What is there now is kept as another checkpoint first, and "
        f"{app.keymap.hint('undo')} brings it back."
    )
    if not await app.ask(question("Go back to a checkpoint", text, f"Go back to {number}")):
        return
    ended = await restored(app, name, number)
    offer_back(app, name, ended.result.get("before"), f"{name} is as it was at checkpoint {number}")


def offer_back(app: BoatyardApp, name: str, before: object, told: str) -> None:
    """Says what was done with the files of a workspace, and offers to take it back.

    Args:
        before: Number of the checkpoint that was taken before it; anything else: there was nothing to do.
    """
    if not isinstance(before, int):
        app.say(told)
        return
    number = before

    async def back() -> None:
        await restored(app, name, number)
        app.say(f"{name} is as it was before")
        app.home.diff.read_again()

    app.can_undo(told, back)


async def restored(app: BoatyardApp, name: str, number: int) -> Operation:
    """Waits for the end.

    Raises:
        BoatyardError: What made it fail.
    """
    return await finished(app, app.client.restore_to(name, ask.RestoreTo(number=number)))
