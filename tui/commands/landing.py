"""The landing queue, and the way from it to what failed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.errors import ConflictError
from core.values import requests as ask
from tui.board.columns import workspaces_of
from tui.landing.queue_sheet import LandingSheet

if TYPE_CHECKING:
    from core.values.entities import Task
    from tui.app import BoatyardApp


async def queue_tasks(app: BoatyardApp, tasks: Sequence[Task]) -> None:
    """Puts the tasks' workspaces behind what waits, in the order that the forecast proposes; shows the queue,
    which is started there.

    Raises:
        ConflictError: A task has several attempts, of which one lands at most.
    """
    names: list[str] = []
    for task in tasks:
        attempts = workspaces_of(app.store, task.id)
        if len(attempts) > 1:
            hint = app.keymap.fill("Choose one first: {attempts} shows them side by side.")
            raise ConflictError(f"{task.title!r} has {len(attempts)} attempts", hint=hint)
        names += [each.name for each in attempts]
    waiting = {each.workspace for each in app.store.landing.entries} if app.store.landing else set()
    if wanted := tuple(name for name in names if name not in waiting):
        await app.client.queue_landing(ask.QueueLanding(workspaces=wanted, by_forecast=True, start=False))
    await queue(app)


async def queue(app: BoatyardApp) -> None:
    """Shows it; goes to the workspace, or the log of its check, that is chosen there."""
    chosen = await app.ask(LandingSheet(app.link, app.store))
    if chosen is None:
        return
    workspace, process = chosen
    if workspace not in app.store.workspaces:
        app.say(f"{workspace} is not there any more", severity="warning")
        return
    app.home.go_to_workspace(workspace)
    if process:
        app.home.session.show_process(process)
