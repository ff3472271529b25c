"""How long workspaces stay: pinned, archived, brought back from the trash, deleted for good."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Sequence
from typing import TYPE_CHECKING

from core.errors import BoatyardError
from core.values import requests as ask
from core.values.entities import Operation, Trashed, Workspace
from core.values.states import WorkspaceState
from core.values.wording import counted
from tui.commands.operations import ended, finished
from tui.looks.durations import ago, size
from tui.session.timeline import LineSheet
from tui.widgets.finder import Finder, Found
from tui.widgets.menu import Menu, choice, question

if TYPE_CHECKING:
    from tui.app import BoatyardApp

DAY = 24 * 3600


def _workspace(app: BoatyardApp) -> Workspace:
    workspace = app.home.situation().workspace
    assert workspace is not None
    return workspace


async def pin(app: BoatyardApp) -> None:
    """Keeps a workspace from closing by itself, or lets it again."""
    workspace = _workspace(app)
    changed = await app.client.update_workspace(
        workspace.name, ask.UpdateWorkspace(pinned=not workspace.pinned)
    )
    told = "is pinned: it never closes by itself" if changed.pinned else "is not pinned any more"
    app.say(f"{workspace.name} {told}")


async def archive(app: BoatyardApp) -> None:
    """Runs the archive scripts, closes, hides; or shows an archived workspace again."""
    workspace = _workspace(app)
    if workspace.archived:
        await app.client.unarchive_workspace(workspace.name)
        app.say(f"{workspace.name} is shown again; it is closed")
        return

    async def back() -> None:
        await app.client.restore_workspace(workspace.name)
        app.home.go_to_workspace(workspace.name, view="tree")

    await finished(app, app.client.archive_workspace(workspace.name, ask.ArchiveWorkspace()))
    app.can_undo(f"{workspace.name} is archived", back)


async def archive_all(app: BoatyardApp, workspaces: Sequence[Workspace]) -> None:
    """Archives those that can be; says which cannot, and why. One undo brings all of them back."""
    with app.deed():
        gone, kept = await _archive(app, workspaces)
    if gone:

        async def back() -> None:
            for each in gone:
                again = each.state is WorkspaceState.CLOSED
                await (app.client.unarchive_workspace if again else app.client.restore_workspace)(each.name)

        named = gone[0].name if len(gone) == 1 else counted(len(gone), "workspace")
        app.can_undo(f"{named} archived", back)
    for reason in kept[:3]:
        app.fail(reason)


async def _archive(
    app: BoatyardApp, workspaces: Sequence[Workspace]
) -> tuple[list[Workspace], list[BoatyardError]]:
    """Those that are archived, as they were before, and why others are not; all at the same time."""
    body = ask.ArchiveWorkspace()
    outcomes = await asyncio.gather(
        *(_until_done(app, app.client.archive_workspace(each.name, body)) for each in workspaces)
    )
    both = list(zip(workspaces, outcomes, strict=True))
    return [each for each, error in both if error is None], [error for error in outcomes if error]


async def _until_done(app: BoatyardApp, asked: Awaitable[Operation]) -> BoatyardError | None:
    try:
        await ended(app, await asked)
    except BoatyardError as error:
        return error
    return None


async def remix(app: BoatyardApp) -> None:
    """A new workspace from what this one has now."""
    name = _workspace(app).name
    text = f"A new workspace on the same task, with everything that {name} has now:\ncommitted or not."
    options = [
        choice("remix-code", "code"),
        choice("remix-all", "env", "what they refer to is not copied"),
    ]
    chosen = await app.ask(Menu(f"Remix {name}", text, options))
    if not chosen:
        return
    new = await app.ask(LineSheet(f"Remix {name}", "Name", "made from the task's title when left empty"))
    if new is None:
        return
    body = ask.RemixWorkspace(name=new, with_env=chosen == "env")
    operation = await app.client.remix_workspace(name, body)
    app.home.go_to_workspace(operation.workspace)


def show_archived(app: BoatyardApp) -> None:
    """Shows archived workspaces in the tree, or hides them again."""
    app.store.show_archived = not app.store.show_archived
    app.store.restructure()
    count = sum(workspace.archived for workspace in app.store.workspaces.values())
    if app.store.show_archived:
        app.say(f"The tree shows archived workspaces, too: {count}")
    else:
        app.say("The tree hides archived workspaces")


async def recover(app: BoatyardApp) -> None:
    """Chooses among removed workspaces the one to bring back."""
    with app.opening():
        found = await app.client.trash()
    if not found:
        app.say("The trash is empty")
        return
    chosen = await app.ask(Finder("Bring back", [_found(each) for each in found], "a removed workspace"))
    if not chosen:
        return
    await ended(app, await app.client.recover_workspace(chosen))
    app.home.go_to_workspace(chosen, view="tree")
    app.say(f"{chosen} is back")


def _found(each: Trashed) -> Found:
    days = max(0, round((each.expires_at - time.time()) / DAY))
    detail = f"removed {ago(each.removed_at)}, {size(each.size)}, {days} days left  {each.task_title}"
    return Found(each.name, detail, each.name, "", "Trash")


async def empty_trash(app: BoatyardApp) -> None:
    """Deletes everything in the trash for good, after a report."""
    report = await app.client.empty_trash(ask.EmptyTrash(all=True, dry_run=True))
    if not report.workspaces:
        app.say("The trash is empty")
        return
    shown = report.workspaces[:12]
    lines = [f"  {each.name}: {counted(each.files, 'file')}, {size(each.size)}" for each in shown]
    lines += ["  …"] if len(report.workspaces) > 12 else []
    text = "Delete these for good? They cannot be recovered after that.\n\n" + "\n".join(lines)
    if await app.ask(question("Empty the trash", text, f"Delete {size(report.size)} for good")):
        names = tuple(each.name for each in report.workspaces)
        done = await app.client.empty_trash(ask.EmptyTrash(names=names))
        app.say(f"{counted(len(done.workspaces), 'workspace')} deleted for good, {size(done.size)} free")
