"""Attempts at a task: looked at side by side, compared, one of them chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.values import requests as ask
from tui.commands.operations import ended
from tui.diff.bases import Compared
from tui.tasks.attempts_sheet import AttemptsSheet
from tui.widgets.menu import question

if TYPE_CHECKING:
    from core.values.entities import Task
    from tui.app import BoatyardApp


async def show(app: BoatyardApp) -> None:
    """The table, until something is chosen that is seen elsewhere."""
    task = app.home.situation().task
    assert task is not None
    while chosen := await app.ask(AttemptsSheet(app.link, app.store, task)):
        what, names = chosen
        workspace, _, other = names.partition(" ")
        if what == "choose":
            if await _choose(app, task, workspace):
                return  # To where undo is a key.
            continue
        app.home.go_to_workspace(workspace, view="diff" if what == "diff" else "session")
        if what == "diff":
            app.home.diff.compare_with(Compared(f"workspace:{other}"))
        elif what == "log":
            app.home.session.show_process(other)
        return


async def _choose(app: BoatyardApp, task: Task, workspace: str) -> bool:
    """Archives the others, after a question; each can be shown again and restored. Says whether it did."""
    others = [name for name in app.store.in_sight(task.id) if name != workspace]
    if not others:
        app.say("there is no other attempt to archive", severity="warning")
        return False
    text = (
        f"Keep {workspace}, and archive {', '.join(others[:8])}{' …' if len(others) > 8 else ''}?\n\n"
        "Their containers stop and the tree hides them; files, branches and conversations stay, "
        "and each can be opened again."
    )
    if not await app.ask(question("Choose an attempt", text, f"Keep {workspace}, archive the others")):
        return False

    async def back() -> None:
        for name in others:
            await app.client.restore_workspace(name)

    with app.deed():
        chosen = ask.ChooseAttempt(workspace=workspace)
        for operation in await app.client.choose_attempt(task.id, chosen):
            await ended(app, operation)
    app.can_undo(f"{workspace} is kept; archived: {', '.join(others)}", back)
    return True
