"""Looking into a workspace's files, where an agent may have put anything.

No link is followed: links are shown as links. Files are opened without blocking and must be regular; sizes
and line lengths are capped. All of it runs in threads.
"""

from __future__ import annotations

import asyncio
import os
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from core.errors import UsageError
from core.review.pictures import picture_words
from core.review.walk import FILE_FLAGS, open_folder, path_parts, told
from core.values.review import FileContent

LINE_LIMIT = 16 * 1024
"""Bytes of one line that are shown."""
WINDOW_LIMIT = 4 * 1024 * 1024
"""Bytes of lines that one window holds at most."""
SCAN_LIMIT = 256 * 1024 * 1024
"""Bytes of a file that are read on the way to a window at most."""
PROBE = 8000
"""Bytes at the beginning of a file that tell whether it is text: it has no NUL there, as git has it."""
_CHUNK = 256 * 1024
_KINDS = {stat.S_IFIFO: "a FIFO", stat.S_IFSOCK: "a socket", stat.S_IFBLK: "a device",
          stat.S_IFCHR: "a device", stat.S_IFDIR: "a folder"}  # fmt: skip


async def read_file_window(root: Path, path: str, *, start: int = 0, limit: int = 500) -> FileContent:
    """A window of a file's lines. A link is shown as where it points, and not followed.

    Args:
        root: The workspace's folder.
        path: Relative to it.
        start: Index of the first line wanted.
        limit: How many lines are wanted.

    Raises:
        NotFoundError: There is no such file, or a link is on the way.
        UsageError: It is no file that can be read.
    """
    return await asyncio.to_thread(_read, root, path, max(0, start), max(0, limit))


def _read(root: Path, path: str, start: int, limit: int) -> FileContent:
    parts = path_parts(path)
    if not parts:
        raise UsageError("the path of the file is empty", hint="Name a file of the workspace.")
    with open_folder(root, parts[:-1], path) as folder, told(path):
        mode = os.stat(parts[-1], dir_fd=folder, follow_symlinks=False).st_mode
        if stat.S_ISLNK(mode):
            return _link(path, os.readlink(parts[-1], dir_fd=folder))
        _refuse_odd(path, mode)
        descriptor = os.open(parts[-1], FILE_FLAGS, dir_fd=folder)
        with os.fdopen(descriptor, "rb") as file:
            found = os.fstat(descriptor)
            _refuse_odd(path, found.st_mode)
            return _window(file, path, found.st_size, start, limit)


def _link(path: str, points_to: bytes) -> FileContent:
    line = f"link to {points_to.decode('utf-8', 'backslashreplace')}"
    return FileContent(path=path, size=len(points_to), binary=False, start=0, lines=(line,), more=False)


def _refuse_odd(path: str, mode: int) -> None:
    if not stat.S_ISREG(mode):
        kind = _KINDS.get(stat.S_IFMT(mode), "no file")
        raise UsageError(f"{path!r} is {kind}, which cannot be shown", hint="Choose a file.")


@dataclass
class LineWindow:
    """Collects the lines of a window from chunks; holds no more of a line than is shown."""

    start: int
    limit: int
    lines: list[str] = field(default_factory=list)
    size: int = 0
    index: int = 0
    full: bool = False
    _part: bytes = b""
    _length: int = 0

    def feed(self, chunk: bytes) -> None:
        newlines = chunk.count(b"\n")
        if self.index + newlines < self.start:  # all of it is before the window
            self.index += newlines
            self._length = len(chunk) - chunk.rfind(b"\n") - 1 if newlines else self._length + len(chunk)
            return
        *ends, rest = chunk.split(b"\n")
        for end in ends:
            self._grow(end)
            self.end_line()
            if self.full:
                return
        self._grow(rest)

    def end_line(self) -> None:
        """Takes what was fed since the last line end as a line."""
        if self.index >= self.start:
            if len(self.lines) >= self.limit or self.size >= WINDOW_LIMIT:
                self.full = True
                return
            self.lines.append(self._shown())
            self.size += len(self._part)
        self.index += 1
        self._part, self._length = b"", 0

    @property
    def pending(self) -> bool:
        return self._length > 0

    def _grow(self, data: bytes) -> None:
        self._length += len(data)
        if self.index >= self.start and len(self._part) < LINE_LIMIT:
            self._part += data[: LINE_LIMIT - len(self._part)]

    def _shown(self) -> str:
        text = self._part.decode("utf-8", "backslashreplace")
        more = self._length - len(self._part)
        return f"{text}… ({more} more bytes)" if more else text


def _window(file: BinaryIO, path: str, size: int, start: int, limit: int) -> FileContent:
    chunk = file.read(_CHUNK)
    if b"\0" in chunk[:PROBE]:
        about = picture_words(chunk)
        return FileContent(path=path, size=size, binary=True, start=0, lines=(), more=False, about=about)
    lines, read, count = LineWindow(start, limit), 0, 0
    last = b""
    while chunk and not (lines.full and start) and read < SCAN_LIMIT:
        read += len(chunk)
        if not lines.full:
            lines.feed(chunk)
        count, last = count + chunk.count(b"\n"), chunk[-1:]
        chunk = file.read(_CHUNK)
    if lines.pending and not lines.full:
        lines.end_line()
    return FileContent(
        path=path, size=size, binary=False, start=start, lines=tuple(lines.lines),
        more=lines.full or bool(chunk), count=0 if start else count + (last not in (b"", b"\n")),
    )  # fmt: skip
