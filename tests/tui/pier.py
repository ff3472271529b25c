"""The engine in memory, as far as the board goes: places, and the pictures of tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from core.errors import ConflictError, UsageError
from core.values import events as told
from core.values import requests as ask
from core.values.entities import Approval, Task
from core.values.own_files import OwnFile
from core.values.review import FoundLine, FoundLines

if TYPE_CHECKING:
    from core.values.prompting import Image


class Pier:
    """A part of `tests.tui.harbour.Harbour`."""

    tasks_: dict[str, Task]
    contents: dict[str, list[str]]
    approvals_: dict[str, Approval]

    def __init__(self) -> None:
        self.pictures_: dict[str, list[Image]] = {}
        """By task."""
        self.images_: dict[str, Image] = {}
        """Those that tasks may have, by id."""

    if TYPE_CHECKING:

        def _asked(self, name: str, value: Any) -> None: ...

        def emit(self, event: told.AnyEvent) -> None: ...

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

    async def grep(
        self, name: str, text: str, *, regex: bool = False, ignore_case: bool = False, limit: int = 200,
        latest: bool = False,
    ) -> FoundLines:  # fmt: skip
        self._asked("grep", (name, text, regex, ignore_case, latest))
        if regex and "(" in text:
            raise UsageError("that is no expression", hint="Escape it.")
        found = [
            FoundLine(path=path, line=number, text=line)
            for path, lines in self.contents.items()
            for number, line in enumerate(lines, 1)
            if text in (line.lower() if ignore_case else line)
        ]
        return FoundLines(lines=tuple(found[:limit]), more=len(found) > limit)

    async def approvals(self, name: str) -> tuple[Approval, ...]:
        return tuple(each for each in self.approvals_.values() if each.workspace == name)

    async def task_images(self, task: str) -> tuple[Image, ...]:
        return tuple(self.pictures_.get(task, ()))

    async def attach_image(self, task: str, body: ask.AttachImage) -> tuple[Image, ...]:
        self._asked("attach_image", (task, body))
        self.pictures_.setdefault(task, []).append(self.images_[body.image])
        return tuple(self.pictures_[task])

    async def detach_image(self, task: str, image: str) -> None:
        self._asked("detach_image", (task, image))
        self.pictures_[task] = [each for each in self.pictures_[task] if each.id != image]

    # A repository's own file

    own_file_ = OwnFile(repo_id="repo-app", repo="app", branch="main", commit="c" * 40)

    async def own_file(self, repo: str, branch: str = "") -> OwnFile:
        return self.own_file_

    async def trust_own_file(self, repo: str, body: ask.TrustOwnFile) -> OwnFile:
        self._asked("trust_own_file", (repo, body))
        return self.own_file_

    async def untrust_own_file(self, repo: str) -> None:
        self._asked("untrust_own_file", repo)
