"""Tasks of the engine in memory: their places on the board, their pictures, what they used."""

from __future__ import annotations

from typing import Any

import msgspec

from core.errors import ConflictError, NotFoundError
from core.values import events as told
from core.values import requests as ask
from core.values.entities import (
    Budget,
    Project,
    Spent,
    Task,
    TaskUsage,
)
from core.values.prompting import Image
from core.values.states import (
    TaskStatus,
)
from tests.tui.fake_engine.state import State
from tests.tui.fake_engine.values import NOW, id_of


class Tasks(State):
    """A part of `tests.tui.fake_engine.FakeEngine`."""

    def put_task(
        self, project: Project, title: str, status: TaskStatus = TaskStatus.TODO, **more: Any
    ) -> Task:
        number = len(self.tasks_)
        task = Task(
            id=id_of("task", str(number)), project_id=project.id, title=title, status=status, position=number,
            created_at=NOW, **more,
        )  # fmt: skip
        self.tasks_[task.id] = task
        self.emit(told.TaskChanged(task=task))
        return task

    async def add_task(self, body: ask.AddTask) -> Task:
        self._asked("add_task", body)
        more = {"description": body.description, "parent_workspace": body.parent_workspace or None}
        task = self.put_task(self.projects_[body.project], body.title, body.status, **more)
        if body.position is not None:
            task = self.tasks_[task.id] = msgspec.structs.replace(task, position=body.position)
            self.emit(told.TaskChanged(task=task))
        return task

    async def update_task(self, task: str, body: ask.UpdateTask) -> Task:
        self._asked("update_task", (task, body))
        given = {k: v for k, v in msgspec.structs.asdict(body).items() if v is not msgspec.UNSET}
        given.pop("budget")
        self.tasks_[task] = msgspec.structs.replace(self.tasks_[task], **given)
        self.emit(told.TaskChanged(task=self.tasks_[task]))
        return self.tasks_[task]

    async def remove_task(self, task: str) -> None:
        self._asked("remove_task", task)
        if any(each.task_id == task for each in self.workspaces_.values()):
            raise ConflictError("the task has workspaces", hint="Remove them first.")
        self.emit(told.Removed(entity="task", id=task))

    async def move_task(self, task: str, body: ask.MoveTask) -> Task:
        """As the engine does it: beside another one of the column, else at its end."""
        self._asked("move_task", (task, body))
        status = self.tasks_[task].status if body.status is msgspec.UNSET else body.status
        column = [each for each in self.tasks_.values() if each.status is status and each.id != task]
        column.sort(key=lambda each: each.position)
        ids = [each.id for each in column]
        other = body.before or body.after
        if other and other not in ids:
            raise ConflictError("the task is not in that column", hint="Give its status.")
        at = ids.index(other) + (1 if body.after else 0) if other else len(ids)
        column.insert(at, msgspec.structs.replace(self.tasks_[task], status=status))
        for number, each in enumerate(column):
            self.tasks_[each.id] = msgspec.structs.replace(each, position=number)
            self.emit(told.TaskChanged(task=self.tasks_[each.id]))
        return self.tasks_[task]

    async def add_image(self, body: ask.AddImage) -> Image:
        self._asked("add_image", body.path)
        if "broken" in body.path:
            raise NotFoundError(f"{body.path} is no picture", hint="Attach another.")
        name = body.path.rpartition("/")[2]
        return Image(id=f"image-{name}", name=name, mime_type="image/png", size=2048, sha256="0")

    async def task_images(self, task: str) -> tuple[Image, ...]:
        return tuple(self.pictures_.get(task, ()))

    async def attach_image(self, task: str, body: ask.AttachImage) -> tuple[Image, ...]:
        self._asked("attach_image", (task, body))
        self.pictures_.setdefault(task, []).append(self.images_[body.image])
        return tuple(self.pictures_[task])

    async def detach_image(self, task: str, image: str) -> None:
        self._asked("detach_image", (task, image))
        self.pictures_[task] = [each for each in self.pictures_[task] if each.id != image]

    async def task_usage(self, task: str) -> TaskUsage:
        return TaskUsage(task_id=task, total=Spent(turns=3, minutes=4.5), budget=Budget(turns=5))
