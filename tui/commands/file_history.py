"""The history of the file at hand: looked through, and brought back from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.errors import NotFoundError
from core.values.requests import ChangeFile, FileAction
from core.values.review import Change
from tui.commands.files import changed, offer, tail
from tui.commands.paths import path_at_hand
from tui.files.history_sheet import FileHistorySheet, Seen, StepChoice, place
from tui.files.step_sheet import PastFileSheet, StepSheet

if TYPE_CHECKING:
    from tui.app import BoatyardApp


async def show(app: BoatyardApp) -> None:
    """The list of its steps, until something is brought back or it is left."""
    workspace = app.home.situation().workspace
    assert workspace is not None
    path, seen = path_at_hand(app), Seen()
    while choice := await app.ask(FileHistorySheet(app.link, workspace.name, path, seen)):
        seen = choice.seen
        if choice.what == "restore":
            await _restore(app, workspace.name, path, choice)
            return
        await _look(app, workspace.name, choice)


async def _look(app: BoatyardApp, name: str, choice: StepChoice) -> None:
    step = choice.step
    title = f"{step.path}, {place(step)}"
    if choice.what == "diff":
        await app.ask(StepSheet(app.link, name, step, title))
        return
    path, commit = _as_it_was(choice)
    gone = ", before it was deleted" if step.change is Change.DELETED else ""
    await app.ask(PastFileSheet(app.link, name, path, commit, f"{path} at {place(step)}{gone}"))


def _as_it_was(choice: StepChoice) -> tuple[str, str]:
    """Name and commit of the file after a step; of one that deleted it, from before."""
    step = choice.step
    if step.change is Change.DELETED:
        return step.path, step.before
    return step.path, step.commit


async def _restore(app: BoatyardApp, name: str, path: str, choice: StepChoice) -> None:
    """Under the name that it has now; a checkpoint is taken before, from which z brings it back."""
    source, commit = _as_it_was(choice)
    body = ChangeFile(action=FileAction.RESTORE, path=path, commit=commit, source=source)
    there = await _is_there(app, name, path)
    before = await changed(app, body, name)
    back = ChangeFile(action=FileAction.DELETE, path=path)
    if there:
        back = ChangeFile(action=FileAction.RESTORE, path=path, checkpoint=before)
    offer(app, f"{tail(path)} is as it was at {place(choice.step)}", back, name)


async def _is_there(app: BoatyardApp, name: str, path: str) -> bool:
    try:
        await app.client.file(name, path, limit=1)
    except NotFoundError:
        return False
    return True
