"""Updates from the target branch: begun, stopped at conflicts, gone on with or given up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.errors import ConflictError
from core.values import requests as ask
from core.values.conflicts import UpdateStyle
from core.values.wording import counted
from tui.commands.checkpoints import offer_back
from tui.commands.operations import finished
from tui.landing.conflict_sheet import ConflictSheet
from tui.text.forecasts import clash_lines
from tui.widgets.menu import Menu, choice, question

if TYPE_CHECKING:
    from core.values.entities import Operation, Workspace
    from tui.app import BoatyardApp

STYLES = [
    choice("update-merge", UpdateStyle.MERGE, "a merge commit of the target branch into this one"),
    choice("update-rebase", UpdateStyle.REBASE, "this branch's commits again, on top of the target branch"),
]


async def update(app: BoatyardApp) -> None:
    """Brings the target branch's new commits in; an update that has stopped is shown instead."""
    workspace = app.home.situation().workspace
    assert workspace is not None
    await update_workspace(app, workspace)


async def update_workspace(app: BoatyardApp, workspace: Workspace) -> None:
    """The same for this workspace."""
    if workspace.update is not None:
        await resolve(app, workspace.name)
        return
    targets = " ".join(sorted({each.target_branch for each in workspace.repos}))
    forecast = app.store.forecasts.get(workspace.name)
    behind = f"{counted(forecast.behind, 'commit')} behind. " if forecast and forecast.behind else ""
    back = app.keymap.fill("A checkpoint is taken first; {undo} goes back to it.")
    text = f"{behind}What is not committed stays so. {back}"
    clashes = "\n".join(f"  {line}" for line in clash_lines(forecast))
    text += f"\n\nConflicts that are to be expected:\n{clashes}" if clashes else ""
    style = await app.ask(Menu(f"Update {workspace.name} from {targets}", text, STYLES))
    if not style:
        return
    app.say(f"Updating {workspace.name} from {targets}")
    body = ask.UpdateFromTarget(style=UpdateStyle(style))
    ended = await finished(app, app.client.update_from_target(workspace.name, body))
    await _tell(app, ended, ended.result.get("before"))


async def _tell(app: BoatyardApp, ended: Operation, before: object) -> None:
    """What came of it: done, or conflicts to be resolved.

    Args:
        before: Number of the checkpoint before the whole update, however often it has stopped.
    """
    name = ended.workspace
    app.home.diff.read_again()
    with app.deed():
        workspace = await app.client.workspace(name)
    if workspace.update is not None:
        await _resolve(app, workspace)
        return
    app.taken_sides = {key: word for key, word in app.taken_sides.items() if key[0] != name}
    offer_back(app, name, before, f"{name} has everything of its target branch")


async def resolve(app: BoatyardApp, name: str) -> bool:
    """The files in conflict, until one goes on, gives up, or leaves it for later; False: there are none.

    It asks the engine: the event that tells of it may not have come yet.
    """
    workspace = await app.client.workspace(name)
    if workspace.update is not None:
        await _resolve(app, workspace)
    return workspace.update is not None


async def _go_on(app: BoatyardApp, name: str, before: int) -> None:
    """Goes on with the update; what is left to resolve is shown again."""
    try:
        ended = await finished(app, app.client.continue_update(name))
    except ConflictError as error:
        app.fail(error)
        await resolve(app, name)
        return
    await _tell(app, ended, before)


async def _resolve(app: BoatyardApp, workspace: Workspace) -> None:
    name, stopped = workspace.name, workspace.update
    assert stopped is not None
    wanted = await app.ask(ConflictSheet(app.link, app.store, workspace, app.taken_sides))
    if wanted == "hand-over":
        await app.client.hand_over_conflicts(name)
        key = app.keymap.hint("update")
        app.say(f"The agent of {name} resolves them; {key} goes on when it has ended its turn")
    elif wanted == "continue":
        await _go_on(app, name, stopped.before)
    elif wanted == "abort":
        text = f"Give up the update of {name}?\n\nAll becomes as it was before it began."
        if await app.ask(question("Give up", text, "Give the update up")):
            await finished(app, app.client.abort_update(name), undoable=False)
            app.taken_sides = {key: word for key, word in app.taken_sides.items() if key[0] != name}
            app.home.diff.read_again()
            app.say(f"{name} is as it was before the update")
        else:
            await resolve(app, name)
