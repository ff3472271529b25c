"""Workspaces: answered, stopped, closed, opened again, removed and brought back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.errors import ConflictError
from core.values import requests as ask
from core.values.entities import Workspace
from core.values.review import LossReport
from core.values.states import Activity, TaskStatus, WorkspaceState
from core.values.wording import counted
from tui.commands.operations import finished
from tui.commands.task_removal import remove_tasks
from tui.widgets.menu import Menu, Option, choice, question

if TYPE_CHECKING:
    from tui.app import BoatyardApp


def _workspace(app: BoatyardApp) -> Workspace:
    workspace = app.home.situation().workspace
    assert workspace is not None
    return workspace


async def stop(app: BoatyardApp) -> None:
    """Ends the turn, politely or not; what the agent did stays."""
    workspace = _workspace(app)
    text = f"Stop what runs in {workspace.name}? What it did so far stays.\n"
    options = [Option("", "Cancel", "")]
    if workspace.activity in (Activity.RUNNING, Activity.WAITING, Activity.ASKING):
        options.append(choice("stop-turn", "interrupt-turn", "asks the agent to end its turn"))
    options.append(choice("stop-all", "stop", "ends its processes, commands and servers too", danger=True))
    chosen = await app.ask(Menu("Stop", text, options))
    if chosen == "interrupt-turn":
        app.perform(chosen)
    elif chosen:
        await app.client.stop_workspace(workspace.name)
        app.say(f"{workspace.name} was told to stop")


def prompt(app: BoatyardApp) -> None:
    """To the prompt."""
    app.home.show_view("session")
    app.home.session.show_tab("talk")
    app.home.call_after_refresh(app.home.session.prompt.focus)


async def close(app: BoatyardApp) -> None:
    """Stops the environment and keeps everything."""
    workspace = _workspace(app)

    async def back() -> None:
        await app.client.restore_workspace(workspace.name)

    await finished(app, app.client.close_workspace(workspace.name))
    app.can_undo(f"{workspace.name} is closed", back)


async def restore(app: BoatyardApp) -> None:
    """Opens a closed workspace."""
    await app.client.restore_workspace(_workspace(app).name)


def _loss(report: LossReport) -> str:
    parts = [
        (report.unmerged_commits, "commit", " merged nowhere"),
        (report.changed_files, "changed file", ""),
        (report.untracked_files, "untracked file", ""),
        (report.ignored_files, "ignored file", ""),
    ]
    lines = [f"  {counted(count, what)}{more}" for count, what, more in parts if count]
    return "It would take with it:\n" + "\n".join(lines) if lines else "Everything in it is merged."


async def remove(app: BoatyardApp) -> None:
    """Moves a workspace to the trash, after saying what is in it; or removes a task."""
    now = app.home.situation()
    if now.workspace is None:
        await _remove_task(app)
        return
    name = now.workspace.name
    try:
        lost = _loss(await app.client.loss(name))
    except ConflictError as error:  # it is damaged: that cannot be counted, and is no reason to keep it
        lost = error.message
    after = app.keymap.fill("{undo} brings it back; the trash keeps it for 30 days.")
    text = f"Remove the workspace {name}?\n\n{lost}\n\n{after}"
    if not await app.ask(question("Remove the workspace", text, "Remove it")):
        return

    async def back() -> None:
        await app.client.recover_workspace(name)
        app.home.go_to_workspace(name, view="tree")

    await finished(app, app.client.remove_workspace(name, ask.RemoveWorkspace(force=True)))
    app.can_undo(f"{name} is in the trash", back)


async def _remove_task(app: BoatyardApp) -> None:
    task = app.home.situation().task
    assert task is not None
    names = app.store.workspaces_of.get(task.id, [])
    if not names:
        await remove_tasks(app, [task])
        return
    raise ConflictError(
        f"the task has workspaces: {', '.join(names)}",
        hint="Remove those first; or cancel the task, which hides it and can be undone.",
    )


async def dispose(app: BoatyardApp) -> None:
    """What can be done with the thing that is selected, once one is through with it."""
    now = app.home.situation()
    options: list[Option] = []
    title = ""
    if now.workspace is not None:
        title = now.workspace.name
        if now.workspace.state is WorkspaceState.CLOSED:
            options.append(choice("dispose-open", "restore"))
        elif now.workspace.state is WorkspaceState.OPEN:
            options.append(choice("dispose-close", "close", "stops its container, keeps everything"))
        if now.workspace.archived:
            options.append(Option("dispose-archive", "Show again", "archive", "it stays closed"))
        elif now.workspace.state is not WorkspaceState.CREATING:
            options.append(choice("dispose-archive", "archive", "archive script, close, hide"))
        if now.workspace.landed_at is not None:
            options.append(choice("dispose-unmerge", "unmerge", "off the target branch again"))
        options.append(choice("dispose-remove", "remove", "to the trash, for 30 days", danger=True))
    if now.task is not None:
        title = title or now.task.title
        options += _task_options(now.task.status, of_workspace=now.workspace is not None)
    elif now.project is not None:
        title = now.project.name
        options.append(
            Option("dispose-remove", "Remove the project", "remove-project", "repositories stay", danger=True)
        )
    chosen = await app.ask(Menu(title, "", options))
    if chosen:
        app.perform(chosen)


def _task_options(status: TaskStatus, *, of_workspace: bool) -> list[Option]:
    options = []
    if status is not TaskStatus.DONE:
        options.append(choice("dispose-done", "task-done"))
    if status is not TaskStatus.CANCELLED:
        options.append(choice("dispose-cancel", "task-cancel"))
    if status is not TaskStatus.TODO:
        options.append(choice("dispose-todo", "task-todo"))
    options.append(choice("dispose-edit", "task-edit"))
    options.append(choice("dispose-budget", "budget"))
    options.append(choice("dispose-pictures", "pictures"))
    if not of_workspace:
        options.append(Option("dispose-remove", "Remove the task", "remove", danger=True))
    return options


async def undo(app: BoatyardApp) -> None:
    """Takes back what was last done in this terminal."""
    await app.undo_last()
