"""Files of a workspace of the engine in memory, and what became of them."""

from __future__ import annotations

from core.errors import NotFoundError, UsageError
from core.values import requests as ask
from core.values.entities import (
    Operation,
)
from core.values.provenance import FileHistory, LinesFrom
from core.values.review import (
    Change,
    FileChange,
    FileContent,
    FileDiff,
    FileNode,
    SixelTerminal,
    SmallPicture,
)
from tests.tui.fake_engine.state import State


class Files(State):
    """A part of `tests.tui.fake_engine.FakeEngine`."""

    async def files(self, name: str, path: str = "", *, ignored: bool = False) -> tuple[FileNode, ...]:
        return tuple(node for node in self.tree.get(path, ()) if ignored or not node.ignored)

    async def file(self, name: str, path: str, *, start: int = 0, limit: int = 500) -> FileContent:
        if path not in self.contents:
            raise NotFoundError(f"{path} is not there", hint="Choose another file.")
        lines = self.contents[path]
        window = tuple(lines[start : start + limit])
        more = start + limit < len(lines)
        return FileContent(path=path, size=1, binary=False, start=start, lines=window, more=more,
                           count=0 if start else len(lines))  # fmt: skip

    async def change_file(self, name: str, body: ask.ChangeFile) -> Operation:
        self._asked("change_file", (name, body))
        return self._ended("apply", name, before=5)

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
        return FileContent(path=path, size=1, binary=False, start=start, lines=window, more=more,
                           count=0 if start else len(lines))  # fmt: skip

    async def picture(
        self,
        name: str,
        path: str,
        *,
        width: int,
        height: int,
        background: str = "000000",
        sixel: SixelTerminal | None = None,
    ) -> SmallPicture:
        self._asked("picture", {"path": path, "width": width, "height": height, "background": background})
        raise UsageError(f"{path!r} is not shown: there are no pictures here")

    async def blame(self, name: str, path: str) -> tuple[LinesFrom, ...]:
        self._asked("blame", path)
        return self.blame_
