"""Turns: what waits for them, taken back, looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.values import requests as ask
from core.values.conversation import AgentMode, EntryKind
from core.values.entities import Workspace
from core.values.wording import counted
from tui.commands.checkpoints import offer_back
from tui.commands.operations import finished
from tui.session.queue_sheet import QueueSheet
from tui.widgets.menu import Menu, Option, question

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


async def mode(app: BoatyardApp) -> None:
    """The modes of the agent; what is chosen holds at once, and for the turns to come."""
    name = _workspace(app).name
    with app.opening():
        modes = await app.client.modes(name)
    if not modes.available:
        app.say("the agent has told of no modes: it has none, or has not worked here yet", severity="warning")
        return
    here = modes.chosen or modes.current
    options = [Option("", _mode_words(each), each.id) for each in modes.available]
    at = next((n for n, each in enumerate(modes.available) if each.id == here), 0)
    chosen = await app.ask(Menu(f"Mode of the agent in {name}", "", options, at=at))
    if chosen and chosen != here:
        await app.client.set_mode(name, chosen)
        app.say(f"{name}: mode {chosen}")


def _mode_words(mode: AgentMode) -> str:
    name = mode.name or mode.id
    return f"{name}: {mode.description}" if mode.description else name


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
        f"Take back {counted(len(gone), 'turn')} of {name}?\n\n{lines}{more}\n\n"
        "The conversation ends before them, and files, branch and index become as they were then; ignored "
        "files stay.\nWhat is there now is kept as a checkpoint first, and "
        f"{app.keymap.hint('undo')} brings it back."
    )
    if not await app.ask(question("Rewind", text, "Take them back")):
        return
    ended = await finished(app, app.client.rewind(name, ask.RewindWorkspace(process=entry.process_id)))
    offer_back(app, name, ended.result.get("before"), f"{name} is as it was before that turn")
