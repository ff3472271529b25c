"""Turns: what waits for them, taken back, looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.errors import error_from_document
from core.values import requests as ask
from core.values.conversation import EntryKind
from core.values.entities import Workspace
from core.values.states import OperationStatus
from tui.commands.checkpoints import restored
from tui.menu import question
from tui.queue_sheet import QueueSheet

if TYPE_CHECKING:
    from tui.app import BoatyardApp


def _workspace(app: BoatyardApp) -> Workspace:
    workspace = app.home.situation().workspace
    assert workspace is not None
    return workspace


async def queue(app: BoatyardApp) -> None:
    """The prompts that wait."""
    await app.ask(QueueSheet(app.link, app.store, _workspace(app).name))


async def resume(app: BoatyardApp) -> None:
    """Lets a paused queue go on; else begins the last turn again, which failed."""
    workspace = _workspace(app)
    if workspace.queue_paused and workspace.queued:
        await app.client.resume_queue(workspace.name)
    else:
        await app.client.resume(workspace.name)
    app.say(f"{workspace.name} goes on")


async def interrupt_turn(app: BoatyardApp) -> None:
    """Asks the agent to end its turn; what it did stays, and so does its conversation."""
    workspace = _workspace(app)
    await app.client.interrupt(workspace.name)
    app.say(f"{workspace.name} was asked to end its turn")


async def rewind(app: BoatyardApp) -> None:
    """Takes the turn at the cursor and all later ones back, after saying what goes."""
    name = _workspace(app).name
    session = app.home.session
    if session.conversation.past is not None:
        app.say("go back to the present conversation first", severity="warning")
        return
    entry = session.conversation.current
    if entry is None:
        app.say("the cursor is on no turn", severity="warning")
        return
    prompts = [each for each in session.conversation.entries if each.kind is EntryKind.USER]
    at = next((n for n, each in enumerate(prompts) if each.process_id == entry.process_id), None)
    if at is None:
        app.say("the turn's prompt is further up; go there first", severity="warning")
        return
    gone = prompts[at:]
    lines = "\n".join(f"  {each.text.strip().partition(chr(10))[0][:60]}" for each in gone[:6])
    more = f"\n  and {len(gone) - 6} more" if len(gone) > 6 else ""
    text = (
        f"Take back {len(gone)} turn{'s' if len(gone) > 1 else ''} of {name}?\n\n{lines}{more}\n\n"
        "The conversation ends before them, and files, branch and index become as they were then; ignored "
        "files stay.\nWhat is there now is kept as a checkpoint first, and z brings it back."
    )
    if not await app.ask(question("Rewind", text, "r", "Take them back")):
        return
    operation = await app.client.rewind(name, ask.RewindWorkspace(process=entry.process_id))
    ended = await app.client.wait_operation(operation.id)
    if ended.status is not OperationStatus.DONE:
        raise error_from_document(dict(ended.error or {}))
    before = ended.result.get("before")

    async def back() -> None:
        if isinstance(before, int):
            await restored(app, name, before)

    app.can_undo(f"{name} is as it was before that turn", back)
