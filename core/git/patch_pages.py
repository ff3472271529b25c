"""A patch that is read once, and shown by window as soon as the window has come.

git's output is written to a file as it streams in; its lines are counted, and read only where a window is
asked for. Every so many bytes a mark remembers how the lines were being counted, so that any window is read
from the nearest mark. A diff of any length costs the memory of its marks and of the windows that are asked
for.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncGenerator
from contextlib import aclosing
from copy import copy
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import Generic, TypeVar

from core.errors import ConflictError
from core.git.patch_lines import PatchReader, whole_lines
from core.values.review import DiffLine

MARK_EVERY = 8 * 1024
"""Bytes between two marks, or a line where one is longer."""
IN_MEMORY = 2 * 1024 * 1024
"""Bytes of one patch that are kept without a file."""
READ_LIMIT = 512 * 1024 * 1024
"""Bytes of one patch that are read at most."""
KEPT = 8
"""Patches that are kept for the next window."""

Key = TypeVar("Key")


@dataclass(frozen=True)
class Window:
    """Some lines of a patch, and what is known of all of them."""

    lines: tuple[DiffLine, ...]
    total: int
    """Lines that the patch has; while it is still being read, those that have come so far."""
    complete: bool
    """Whether all of it has been read."""
    truncated: bool
    """Whether it is longer than what is read at most."""


@dataclass(frozen=True)
class _Mark:
    offset: int
    reader: PatchReader


class PatchPages:
    """One patch. All methods are called on the event loop."""

    def __init__(self, chunks: AsyncGenerator[bytes, None], sections: range) -> None:
        """
        Args:
            chunks: git's output.
            sections: Numbers of the sections (each begins with `diff --git`) that are wanted.
        """
        self._reader = PatchReader(sections)
        self._file = SpooledTemporaryFile(IN_MEMORY)
        self._size = 0
        self._marks = [_Mark(0, copy(self._reader))]
        self._news = asyncio.Condition()
        self._complete = False
        self._truncated = False
        self._failure: BaseException | None = None
        self._task = asyncio.create_task(self._fill(chunks))

    async def window(self, start: int, limit: int, *, whole: bool) -> Window:
        """The lines from `start` on, as soon as they are there; with `whole`, when all has been read.

        Raises:
            GitError: git failed.
            ConflictError: It was closed meanwhile.
        """
        end = start + limit
        async with self._news:
            await self._news.wait_for(lambda: self._complete or (not whole and self._reader.total >= end))
        if isinstance(self._failure, asyncio.CancelledError):
            raise ConflictError("this diff was put away while it was being read", hint="Look at it again.")
        if self._failure is not None:
            raise self._failure
        lines = self._read(start, end)
        return Window(tuple(lines), self._reader.total, self._complete, self._truncated)

    async def close(self) -> None:
        """Ends git, if it still runs, and lets go of the file."""
        self._task.cancel()
        await asyncio.wait([self._task])
        self._file.close()

    async def _fill(self, chunks: AsyncGenerator[bytes, None]) -> None:
        try:
            async with aclosing(chunks), aclosing(whole_lines(chunks)) as pieces:
                async for piece in pieces:
                    self._take(piece)
                    async with self._news:
                        self._news.notify_all()
                    if self._size > READ_LIMIT:
                        self._truncated = True
                        break
        except BaseException as error:  # told to whoever asks for a window
            self._failure = error
            if isinstance(error, asyncio.CancelledError):
                raise
        finally:
            self._complete = True
            async with self._news:
                self._news.notify_all()

    def _take(self, lines: bytes) -> None:
        self._file.write(lines)
        at = 0
        while at < len(lines):
            end = lines.find(b"\n", at + MARK_EVERY) + 1 or len(lines)
            self._reader.skip(lines[at:end])
            self._size += end - at
            self._marks.append(_Mark(self._size, copy(self._reader)))
            at = end

    def _read(self, start: int, end: int) -> list[DiffLine]:
        mark = self._marks[_at_or_before(self._marks, start)]
        reader, lines = copy(mark.reader), list[DiffLine]()
        self._file.seek(mark.offset)
        try:
            while reader.total < end and (line := self._file.readline()):
                index = reader.total
                found = reader.read(line[:-1], wanted=index >= start)
                if found is not None and start <= index < end:
                    lines.append(found)
        finally:
            self._file.seek(0, 2)
        return lines


def _at_or_before(marks: list[_Mark], start: int) -> int:
    low, high = 0, len(marks) - 1
    while low < high:
        middle = (low + high + 1) // 2
        if marks[middle].reader.total <= start:
            low = middle
        else:
            high = middle - 1
    return low


class PatchShelf(Generic[Key]):
    """The patches that were looked at last."""

    def __init__(self) -> None:
        self._pages: OrderedDict[Key, PatchPages] = OrderedDict()

    def find(self, key: Key) -> PatchPages | None:
        """The patch of this key, if it is there still."""
        if key in self._pages:
            self._pages.move_to_end(key)
        return self._pages.get(key)

    async def put(self, key: Key, pages: PatchPages) -> PatchPages:
        """Keeps a patch, unless somebody was quicker; gives the one that is kept."""
        if key in self._pages:
            await pages.close()
            return self._pages[key]
        self._pages[key] = pages
        while len(self._pages) > KEPT:
            _, oldest = self._pages.popitem(last=False)
            await oldest.close()
        return pages

    async def drop(self, key: Key) -> None:
        """Forgets a patch, such as one that failed."""
        pages = self._pages.pop(key, None)
        if pages is not None:
            await pages.close()

    async def close(self) -> None:
        while self._pages:
            _, pages = self._pages.popitem()
            await pages.close()
