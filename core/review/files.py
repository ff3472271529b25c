"""Looking into a workspace's files, where an agent may have put anything.

Every path is walked down from the root, component by component, and no link is followed: links are shown
as links. Files are opened without blocking and must be regular; sizes, line lengths and counts are
capped. All of it runs in threads.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from core.errors import NotFoundError, UsageError
from core.git.path_text import name_to_text, text_to_name
from core.review.pictures import picture_words
from core.values.review import Change, FileChange, FileContent, FileNode

ENTRY_LIMIT = 20_000
"""Entries of one folder that are listed at most."""
LINE_LIMIT = 16 * 1024
"""Bytes of one line that are shown."""
WINDOW_LIMIT = 4 * 1024 * 1024
"""Bytes of lines that one window holds at most."""
SCAN_LIMIT = 256 * 1024 * 1024
"""Bytes of a file that are read on the way to a window at most."""
_PROBE = 8000
_CHUNK = 256 * 1024
_FOLDER_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_KINDS = {stat.S_IFIFO: "a FIFO", stat.S_IFSOCK: "a socket", stat.S_IFBLK: "a device",
          stat.S_IFCHR: "a device", stat.S_IFDIR: "a folder"}  # fmt: skip


def change_marks(changes: Iterable[FileChange], folders: Mapping[str, str]) -> dict[str, Change]:
    """What the diff says of each path below the workspace's folder; folders above a change are modified.

    Args:
        changes: Of all repositories.
        folders: Each repository's folder in the workspace, by the repository's id.
    """
    marks: dict[str, Change] = {}
    for change in changes:
        path = f"{folders[change.repo_id]}/{change.path}"
        marks[path] = change.change
        while "/" in path:
            path = path.rpartition("/")[0]
            if marks.setdefault(path, Change.MODIFIED) is Change.DELETED:
                marks[path] = Change.MODIFIED
    return marks


async def list_folder(
    root: Path, path: str = "", marks: Mapping[str, Change] | None = None
) -> tuple[FileNode, ...]:
    """The entries of one folder, folders first; without git's own `.git`.

    Args:
        root: The workspace's folder.
        path: Relative to it; empty for the folder itself.
        marks: From `change_marks`.

    Raises:
        NotFoundError: There is no such folder, or a link is on the way.
        UsageError: It is no folder, or may not be read.
    """
    return await asyncio.to_thread(_list, root, path, marks or {})


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


def _list(root: Path, path: str, marks: Mapping[str, Change]) -> tuple[FileNode, ...]:
    parts = _parts(path)
    below = f"{path.strip('/')}/" if parts else ""
    with _folder(root, parts, path) as descriptor:
        names = _names(descriptor)
        nodes = [node for name in names if (node := _node(descriptor, name, below, marks))]
    return tuple(sorted(nodes, key=lambda node: (not node.folder, node.name)))


def _names(descriptor: int) -> Iterator[str]:
    count = 0
    with os.scandir(descriptor) as entries:
        for entry in entries:
            if entry.name != ".git":
                yield entry.name
                count += 1
                if count >= ENTRY_LIMIT:
                    return


def _node(descriptor: int, name: str, below: str, marks: Mapping[str, Change]) -> FileNode | None:
    try:
        found = os.stat(name, dir_fd=descriptor, follow_symlinks=False)
    except FileNotFoundError:
        return None
    text = name_to_text(os.fsencode(name))
    return FileNode(
        path=below + text, name=text, folder=stat.S_ISDIR(found.st_mode), size=found.st_size,
        link=stat.S_ISLNK(found.st_mode), change=marks.get(below + text),
    )  # fmt: skip


def _read(root: Path, path: str, start: int, limit: int) -> FileContent:
    parts = _parts(path)
    if not parts:
        raise UsageError("the path of the file is empty", hint="Name a file of the workspace.")
    with _folder(root, parts[:-1], path) as folder, _told(path):
        mode = os.stat(parts[-1], dir_fd=folder, follow_symlinks=False).st_mode
        if stat.S_ISLNK(mode):
            return _link(path, os.readlink(parts[-1], dir_fd=folder))
        _refuse_odd(path, mode)
        descriptor = os.open(parts[-1], _FILE_FLAGS, dir_fd=folder)
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
class _Lines:
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
    if b"\0" in chunk[:_PROBE]:
        about = picture_words(chunk)
        return FileContent(path=path, size=size, binary=True, start=0, lines=(), more=False, about=about)
    lines, read = _Lines(start, limit), 0
    while chunk and not lines.full and read < SCAN_LIMIT:
        read += len(chunk)
        lines.feed(chunk)
        chunk = file.read(_CHUNK)
    if lines.pending and not lines.full:
        lines.end_line()
    return FileContent(
        path=path, size=size, binary=False, start=start, lines=tuple(lines.lines),
        more=lines.full or bool(chunk),
    )  # fmt: skip


def _parts(path: str) -> list[bytes]:
    try:
        parts = [part for part in text_to_name(path).split(b"/") if part]
    except ValueError as error:
        raise NotFoundError(f"there is no file {path!r}", hint="Check the path.") from error
    if any(part in (b".", b"..", b".git") for part in parts):
        raise NotFoundError(
            f"{path!r} is no path inside the workspace", hint="Paths are relative, without `..` or `.git`."
        )
    return parts


@contextlib.contextmanager
def _folder(root: Path, parts: list[bytes], path: str) -> Iterator[int]:
    """Opens the folder that the parts lead to, following no link."""
    with _told(path):
        descriptor = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            for part in parts:
                below = os.open(part, _FOLDER_FLAGS, dir_fd=descriptor)
                os.close(descriptor)
                descriptor = below
        except BaseException:
            os.close(descriptor)
            raise
    try:
        yield descriptor
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _told(path: str) -> Iterator[None]:
    """The operating system's refusals in our words."""
    try:
        yield
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NotFoundError(
            f"there is no {path!r} in the workspace", hint="Look at the folder anew."
        ) from error
    except PermissionError as error:
        raise UsageError(
            f"{path!r} may not be read", hint="Change its rights inside the workspace: chmod u+r."
        ) from error
    except OSError as error:
        raise NotFoundError(
            f"{path!r} cannot be opened: {error.strerror}", hint="Is a link on the way?"
        ) from error
