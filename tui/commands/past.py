"""What was said earlier: in sessions before the present one, and in turns that were taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.looks.durations import ago
from tui.session.feed import Past
from tui.widgets.menu import Menu, Option

if TYPE_CHECKING:
    from core.values.entities import Session
    from tui.app import BoatyardApp


async def go_to_turn(app: BoatyardApp, process_id: str, entry_id: str) -> None:
    """Shows an entry of the selected workspace's, in whichever session it stands; without one: the prompt."""
    session = app.home.session
    session.show_tab("talk")
    if session.conversation.past is not None:
        session.step_back()
    if await session.conversation.go_to(process_id, entry_id):
        session.tell()
        return
    process = await app.client.process(process_id)
    past = (
        Past("A turn that was taken back", turn=process_id)
        if process.dropped
        else Past("An earlier session", session=process.session_id)
    )
    session.show_past(past)
    if not await session.conversation.go_to(process_id, entry_id):
        app.say("that place is not there any more: its log was removed", severity="warning")


async def sessions(app: BoatyardApp) -> None:
    """The sessions of the workspace, the present one first; what is chosen is read."""
    workspace = app.home.situation().workspace
    assert workspace is not None
    with app.opening():
        found = sorted(await app.client.sessions(workspace.name), key=lambda each: -each.created_at)
    options = [Option("", _label(app, each, at), each.id) for at, each in enumerate(found)]
    text = "" if len(found) > 1 else "Another agent, named when a prompt is sent, begins another session."
    chosen = await app.ask(Menu(f"Sessions of {workspace.name}", text, options))
    if chosen is None:
        return
    app.home.go_to_workspace(workspace.name)
    app.home.session.show_tab("talk")
    each = next(each for each in found if each.id == chosen)
    if each is found[0]:
        app.home.session.step_back()
    else:
        agent = app.store.agent_title(each.executor) or each.executor
        app.home.session.show_past(Past(f"An earlier session, with {agent}", session=each.id))


def _label(app: BoatyardApp, session: Session, at: int) -> str:
    agent = app.store.agent_title(session.executor) or session.executor
    words = f"{agent or 'no agent yet'}, begun {ago(session.created_at)}"
    return words if at else f"{words} (the present one)"
