"""Tasks: units of work on a board."""

from __future__ import annotations

import peewee
from msgspec import UNSET

from core.engine.board import column, index_in, numbers
from core.engine.budgeting import with_budget
from core.engine.leaving import take_leave
from core.engine.texts import check_text, checked_title
from core.lifecycle.context import Context
from core.lifecycle.removal import Gone, Removal
from core.lifecycle.turns import Turns
from core.store import lookup, views
from core.store import models as m
from core.store.models.fields import now
from core.values.answers import RemovedAnswer
from core.values.entities import Task
from core.values.events import Removed, TaskChanged
from core.values.requests import POSITION_LIMIT, AddTask, MoveTask, UpdateTask
from core.values.states import TaskStatus


class Tasks:
    """What a user can do with tasks."""

    def __init__(self, context: Context, removal: Removal, turns: Turns) -> None:
        self._context = context
        self._removal = removal
        self._turns = turns

    async def list(self, project: str = "") -> tuple[Task, ...]:
        """All tasks, or a project's, in the order of the board."""

        def read() -> tuple[Task, ...]:
            query = m.Task.select().order_by(m.Task.position, m.Task.created_at)
            if project:
                query = query.where(m.Task.project == lookup.project(project))
            return views.tasks(query)

        return await self._context.store.read(read)

    async def get(self, key: str) -> Task:
        return await self._context.store.read(lambda: views.task(lookup.task(key)))

    async def add(self, body: AddTask) -> Task:
        """Adds a task at the end of its project's board.

        Raises:
            UsageError: The title is empty, or a text is too long.
        """

        def write() -> Task:
            return views.task(insert_task(lookup.project(body.project), body))

        return self._tell(await self._context.store.write(write))

    async def update(self, key: str, body: UpdateTask) -> Task:
        """Changes what is set of title, description, status, budget and position."""

        def write() -> Task:
            row = lookup.task(key)
            with_budget(row, body.budget)
            if body.title is not UNSET:
                row.title = checked_title(str(body.title))
            if body.description is not UNSET:
                row.description = check_text("the description", str(body.description))
            if body.status is not UNSET:
                row.status = body.status
            if body.position is not UNSET:
                row.position = body.position
            row.updated_at = now()
            row.save()
            return views.task(row)

        task = self._tell(await self._context.store.write(write))
        await self._turns.budget_changed(m.Task.id == task.id)
        return task

    async def move(self, key: str, body: MoveTask) -> Task:
        """Puts a task into a column of the board: before or after another one, else at its end.

        Raises:
            UsageError: It is to stand before one and after another.
            ConflictError: The other one is not in that column.
        """

        def write() -> tuple[Task, tuple[Task, ...]]:
            row = lookup.task(key)
            status = row.status if body.status is UNSET else body.status
            before, after = (lookup.task(each) if each else None for each in (body.before, body.after))
            places = column(TaskStatus(status), row)
            row.position, changed = numbers(places, index_in(places, before, after))
            row.status, row.updated_at = status, now()
            row.save()
            for id_, position in changed.items():
                m.Task.update(position=position).where(m.Task.id == id_).execute()
            others = m.Task.select().where((m.Task.status == status) & (m.Task.id != row.id))
            return views.task(row), views.tasks(others) if changed else ()

        task, others = await self._context.store.write(write)
        for other in others:
            self._tell(other)
        return self._tell(task)

    async def remove(self, key: str, force: bool = False) -> RemovedAnswer:
        """Removes a task.

        Raises:
            ConflictError: It has workspaces, which must be removed first; or removed ones that can be
                recovered, and it was not forced.
        """

        def write() -> tuple[str, list[Gone]]:
            row = lookup.task(key)
            gone = take_leave(m.Workspace.task == row, f"the task {row.title[:60]!r}", force)
            row.delete_instance()
            return str(row.id), gone

        task_id, gone = await self._context.store.write(write)
        self._context.hub.publish(Removed(entity="task", id=task_id))
        await self._removal.purge(gone)
        return RemovedAnswer(removed=task_id)

    def _tell(self, task: Task) -> Task:
        self._context.hub.publish(TaskChanged(task=task))
        return task


def insert_task(project: m.Project, body: AddTask) -> m.Task:
    """A task's row, at the end of its project's board if not told otherwise. Call on the store's thread.

    Raises:
        UsageError: The title is empty, or a text is too long.
        NotFoundError: There is no such workspace to be a part of.
    """
    title, description = checked_title(body.title), check_text("the description", body.description)
    last = m.Task.select(peewee.fn.MAX(m.Task.position)).where(m.Task.project == project).scalar()
    parent = lookup.live_workspace(body.parent_workspace) if body.parent_workspace else None
    row: m.Task = m.Task.create(
        project=project,
        parent_workspace=parent,
        title=title,
        description=description,
        status=body.status,
        position=(0 if last is None else min(last + 1, POSITION_LIMIT))
        if body.position is None
        else body.position,
    )
    return row
