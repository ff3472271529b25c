"""The part of the engine in memory that tells what became of a file."""

from __future__ import annotations

from typing import Any

from core.errors import NotFoundError, UsageError
from core.values.provenance import FileHistory, FileStep
from core.values.review import Change, DiffLine, FileChange, FileContent, FileDiff, SmallPicture


class Moorings:
    """What `Harbour` has of the client's calls about the history of files."""

    def __init__(self) -> None:
        self.steps: list[FileStep] = []
        self.changed_lines: list[DiffLine] = []
        self.once: dict[tuple[str, str], list[str]] = {}
        """Lines by path and commit."""

    def _asked(self, name: str, value: Any) -> None:
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
