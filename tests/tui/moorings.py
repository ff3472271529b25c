"""The part of the engine in memory that tells what became of a file, shows pictures and publishes."""

from __future__ import annotations

from typing import Any

from core.errors import NotFoundError, UsageError
from core.values.access import OpenDoor
from core.values.entities import Operation, Workspace
from core.values.provenance import FileHistory, FileStep
from core.values.requests import PublishWorkspace
from core.values.review import Change, DiffLine, FileChange, FileContent, FileDiff, SmallPicture
from core.values.states import OperationStatus


class Moorings:
    """What `Harbour` has of the client's calls about the history of files."""

    def __init__(self) -> None:
        self.steps: list[FileStep] = []
        self.changed_lines: list[DiffLine] = []
        self.once: dict[tuple[str, str], list[str]] = {}
        """Lines by path and commit."""
        self.doors_: tuple[OpenDoor, ...] = ()

    workspaces_: dict[str, Workspace]

    def _asked(self, name: str, value: Any) -> None:
        raise NotImplementedError

    def set_workspace(self, workspace: Workspace, **more: Any) -> Workspace:
        raise NotImplementedError

    def put_operation(self, operation: Operation) -> Operation:
        raise NotImplementedError

    async def file_history(self, name: str, path: str, *, start: int = 0, limit: int = 50) -> FileHistory:
        self._asked("file_history", (path, start))
        if not self.steps:
            raise NotFoundError(f"there never was a file {path!r}", hint="Check the path.")
        page = tuple(self.steps[start : start + limit])
        return FileHistory(steps=page, start=start, more=start + limit < len(self.steps))

    async def file_step(
        self, name: str, path: str, before: str, commit: str, *, start: int = 0, limit: int = 2000
    ) -> FileDiff:
        self._asked("file_step", (path, before, commit))
        lines = tuple(self.changed_lines[start : start + limit])
        file = FileChange(repo_id="r", path=path, change=Change.MODIFIED)
        return FileDiff(file=file, lines=lines, total=len(self.changed_lines), start=start)

    async def past_file(
        self, name: str, path: str, commit: str, *, start: int = 0, limit: int = 500
    ) -> FileContent:
        self._asked("past_file", (path, commit))
        lines = self.once[path, commit]
        window = tuple(lines[start : start + limit])
        more = start + limit < len(lines)
        return FileContent(path=path, size=1, binary=False, start=start, lines=window, more=more)

    async def picture(
        self, name: str, path: str, *, width: int, height: int, background: str = "000000"
    ) -> SmallPicture:
        self._asked("picture", {"path": path, "width": width, "height": height, "background": background})
        raise UsageError(f"{path!r} is not shown: there are no pictures here")

    async def doors(self) -> tuple[OpenDoor, ...]:
        return self.doors_

    async def publish_workspace(self, name: str, body: PublishWorkspace) -> Operation:
        self._asked("publish_workspace", (name, body.folder))
        self.set_workspace(self.workspaces_[name], published_at=1_800_000_000.0, published_by="ada")
        result: dict[str, object] = {"files": 3, "size": 2048, "left_out": [".env: a dotfile"]}
        return self.put_operation(
            Operation(
                id="publish", kind="publish", workspace=name, status=OperationStatus.DONE, result=result
            )
        )

    async def unpublish_workspace(self, name: str) -> Operation:
        self._asked("unpublish_workspace", name)
        self.set_workspace(self.workspaces_[name], published_at=None, published_by="")
        return self.put_operation(
            Operation(id="unpublish", kind="unpublish", workspace=name, status=OperationStatus.DONE)
        )
