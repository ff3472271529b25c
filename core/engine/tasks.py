"""Tasks: units of work on a board."""

from __future__ import annotations

import time

import peewee
from msgspec import UNSET

from core.engine.projects import refuse_workspaces
from core.errors import UsageError
from core.lifecycle.context import Context
from core.store import lookup, views
from core.store import models as m
from core.values.entities import Task
from core.values.events import Removed, TaskChanged
from core.values.requests import AddTask, UpdateTask

TITLE_LIMIT = 500
DESCRIPTION_LIMIT = 2**20


class Tasks:
    """What a user can do with tasks."""

    def __init__(self, context: Context) -> None:
        self._context = context

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
        title = checked_title(body.title)
        _check_description(body.description)

        def write() -> Task:
            project = lookup.project(body.project)
            last = m.Task.select(peewee.fn.MAX(m.Task.position)).where(m.Task.project == project).scalar()
            row = m.Task.create(
                project=project,
                title=title,
                description=body.description,
                position=0 if last is None else last + 1,
            )
            return views.task(row)

        return self._tell(await self._context.store.write(write))

    async def update(self, key: str, body: UpdateTask) -> Task:
        """Changes what is set of title, description, status and position."""

        def write() -> Task:
            row = lookup.task(key)
            if body.title is not UNSET:
                row.title = checked_title(str(body.title))
            if body.description is not UNSET:
                row.description = _check_description(str(body.description))
            if body.status is not UNSET:
                row.status = body.status
            if body.position is not UNSET:
                row.position = body.position
            row.updated_at = time.time()
            row.save()
            return views.task(row)

        return self._tell(await self._context.store.write(write))

    async def remove(self, key: str) -> dict[str, str]:
        """Removes a task.

        Raises:
            ConflictError: It has workspaces, which must be removed first.
        """

        def write() -> str:
            row = lookup.task(key)
            refuse_workspaces(m.Workspace.task == row, f"the task {row.title[:60]!r}")
            row.delete_instance()
            return str(row.id)

        task_id = await self._context.store.write(write)
        self._context.hub.publish(Removed(entity="task", id=task_id))
        return {"removed": task_id}

    def _tell(self, task: Task) -> Task:
        self._context.hub.publish(TaskChanged(task=task))
        return task


def checked_title(title: str) -> str:
    """A task's title on one line.

    Raises:
        UsageError: It is empty or too long.
    """
    line = " ".join(title.split())
    if not line or len(line) > TITLE_LIMIT:
        raise UsageError(
            f"a task's title has 1 to {TITLE_LIMIT} characters, this one has {len(line)}",
            hint="Put the long part into the description.",
        )
    _check_encodable(line)
    return line


def _check_description(text: str) -> str:
    if len(text) > DESCRIPTION_LIMIT:
        raise UsageError(f"a description has at most {DESCRIPTION_LIMIT} characters")
    _check_encodable(text)
    return text


def _check_encodable(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise UsageError(f"the text is not valid Unicode: {error.reason}") from error
    if "\0" in text:
        raise UsageError("the text holds a NUL character")
