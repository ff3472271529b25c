"""The board: cards moved by key, and what is done with all marked tasks at once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from core.errors import ConflictError, NotFoundError
from core.values import requests as ask
from core.values.entities import Task
from core.values.events import TaskChanged
from core.values.states import TaskStatus, WorkspaceState
from core.values.wording import counted
from tui.board.columns import workspaces_of
from tui.commands.keeping import archive_all
from tui.commands.landing import queue_tasks
from tui.commands.task_removal import remove_tasks
from tui.looks.states import TASK
from tui.widgets.menu import Menu, choice

if TYPE_CHECKING:
    from tui.app import BoatyardApp

Undo = Callable[[], Awaitable[None]]


@asynccontextmanager
async def _in_turn(app: BoatyardApp) -> AsyncIterator[None]:
    """One move after the other; an undo means the last of them, and waits for it."""
    with app.deed():
        async with app.home.board.moving:
            yield


def carry(step: int) -> Callable[[BoatyardApp], Awaitable[None]]:
    """A handler that moves what is chosen to the next column, or the one before."""

    async def handler(app: BoatyardApp) -> None:
        async with _in_turn(app):
            board = app.home.board.main
            chosen = board.chosen()
            if not chosen:
                return
            statuses = board.statuses
            at = statuses.index(board.status) + step
            if not 0 <= at < len(statuses):
                app.say("there is no column in that direction")
                return
            await put(app, chosen, statuses[at])
            if board.current is None or board.current.id != chosen[0].id:
                board.reveal(chosen[0].id)

    return handler


def shift(step: int) -> Callable[[BoatyardApp], Awaitable[None]]:
    """A handler that moves the card at the cursor down or up in its column."""

    async def handler(app: BoatyardApp) -> None:
        async with _in_turn(app):
            board = app.home.board.main
            task, to = board.current, board.row + step
            if task is None or not 0 <= to < len(board.ids):
                return
            beside = board.ids[to]
            back = _way_back(app, task)
            body = ask.MoveTask(before=beside) if step < 0 else ask.MoveTask(after=beside)
            await _move(app, task.id, body)
            app.can_undo(f"{task.title!r} is moved", back, quiet=True)

    return handler


async def put(app: BoatyardApp, tasks: Sequence[Task], status: TaskStatus) -> None:
    """Puts tasks at the top of a column, in their order; one undo takes all of them back."""
    with app.deed():
        backs = await _put(app, tasks, status)
    if not backs:
        return

    async def back() -> None:
        for each in reversed(backs):
            await each()

    named = repr(tasks[0].title) if len(backs) == 1 else f"{len(backs)} tasks"
    app.can_undo(f"{named}: {TASK[status][1].lower()}", back, quiet=len(tasks) == 1)


async def _put(app: BoatyardApp, tasks: Sequence[Task], status: TaskStatus) -> list[Undo]:
    backs: list[Undo] = []
    for task in tasks:
        if task.status is not status:
            others = [id_ for id_ in app.home.board.main.columns.tasks.get(status, ()) if id_ != task.id]
            top = others[len(backs)] if len(backs) < len(others) else ""
            backs.append(_way_back(app, task))
            await _move(app, task.id, ask.MoveTask(status=status, before=top))
    return backs


def _way_back(app: BoatyardApp, task: Task) -> Undo:
    """Puts a task back beside the one it stood beside, and on the board's cursor."""
    ids = app.home.board.main.columns.tasks.get(task.status, [])
    at = ids.index(task.id) if task.id in ids else 0
    after = ids[at - 1] if at else ""
    before = ids[at + 1] if not after and at + 1 < len(ids) else ""

    async def back() -> None:
        try:
            await _move(app, task.id, ask.MoveTask(status=task.status, before=before, after=after))
        except (ConflictError, NotFoundError):  # its neighbour is elsewhere now, or gone
            await _move(app, task.id, ask.MoveTask(status=task.status))
        app.home.board.main.reveal(task.id)

    return back


async def _move(app: BoatyardApp, task_id: str, body: ask.MoveTask) -> None:
    """Moves a task, and shows it there at once."""
    task = await app.client.move_task(task_id, body)
    app.store.apply(TaskChanged(task=task))
    app.store.publish()


async def bulk(app: BoatyardApp) -> None:
    """What can be done with all marked tasks, or the one at the cursor."""
    board = app.home.board.main
    chosen = board.chosen()
    if not chosen:
        return
    title = f"{len(chosen)} tasks" if len(chosen) > 1 else chosen[0].title
    options = [
        choice(f"bulk-{status.value.replace('_', '-')}", status.value)
        for status in TaskStatus
        if any(task.status is not status for task in chosen)
    ]
    workspaces = [each for task in chosen for each in workspaces_of(app.store, task.id)]
    if workspaces:
        options.append(choice("bulk-land", "land", "queue their workspaces, in the best order"))
    whole = [each for each in workspaces if each.state is not WorkspaceState.CREATING]
    if whole:
        told = f"{counted(len(whole), 'workspace')}: archive script, close, hide"
        options.append(choice("bulk-archive", "archive", told))
    removal = choice("bulk-remove", "remove", "those without workspaces; it can be undone", danger=True)
    picked = await app.ask(Menu(title, "", [*options, removal]))
    if picked == "remove":
        await remove_tasks(app, chosen)
    elif picked == "land":
        await queue_tasks(app, chosen)
    elif picked == "archive":
        await archive_all(app, whole)
    elif picked:
        await put(app, chosen, TaskStatus(picked))
    if picked:
        board.unmark()


def narrow(app: BoatyardApp) -> None:
    """Asks what the board is to show."""
    app.home.show_find()
