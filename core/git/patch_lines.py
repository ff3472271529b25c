"""The lines of a patch as git writes it, with their numbers on either side (git-diff(1)).

Which section of the stream belongs to a file is told by its place, never by its header text: names may hold
anything, and content may look like a header.
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass

from core.values.review import DiffLine, LineKind

LINE_LIMIT = 16 * 1024
"""Bytes of one line that are shown; the rest is told by a mark."""
_HUNK = re.compile(rb"@@ -(\d{1,18})(?:,(\d{1,18}))? \+(\d{1,18})(?:,(\d{1,18}))? @@")
_HEADER = re.compile(rb"^(?:diff --git |@@ -).*\n", re.MULTILINE)
"""Lines that begin something. No line of a file's content looks like one: it has its sign before it."""
_SIGNS = {b" ": LineKind.CONTEXT, b"+": LineKind.ADDED, b"-": LineKind.REMOVED, b"\\": LineKind.NOTE}


@dataclass
class PatchReader:
    """Reads one patch line by line; counts the lines of the wanted sections."""

    sections: range
    """Numbers of the sections (each begins with `diff --git`) that are wanted."""
    total: int = 0
    """Lines of wanted sections that have been read."""
    section: int = -1
    _old: int = 0
    _new: int = 0
    _old_left: int = 0
    _new_left: int = 0

    def read(self, line: bytes, *, wanted: bool = False) -> DiffLine | None:
        """Takes the next line of the patch, without its line end; gives it when it is wanted."""
        if self._old_left > 0 or self._new_left > 0 or line.startswith(b"\\"):
            return self._content(line, wanted)
        if line.startswith(b"diff --git "):
            self.section += 1
            return self._count(LineKind.FILE, line, wanted)
        if found := _HUNK.match(line):
            self._old, self._new = int(found[1]), int(found[3])
            self._old_left = int(found[2]) if found[2] is not None else 1
            self._new_left = int(found[4]) if found[4] is not None else 1
            return self._count(LineKind.HUNK, line, wanted)
        kind = LineKind.NOTE if line.startswith(b"Binary files ") else LineKind.META
        return self._count(kind, line, wanted)

    def skip(self, lines: bytes) -> None:
        """Takes whole lines of the patch, with their line ends, of which none is wanted.

        The same as `read` for each of them, but they are counted and not looked at one by one, which takes
        about a tenth of the time.
        """
        at = 0
        for header in _HEADER.finditer(lines):
            self._skip_run(lines[at : header.start()])
            self.read(header[0][:-1])
            at = header.end()
        self._skip_run(lines[at:])

    def _skip_run(self, lines: bytes) -> None:
        """Takes lines between two headers: all of them content of a hunk, or none."""
        count = lines.count(b"\n")
        if self.section in self.sections:
            self.total += count
        if self._old_left > 0 or self._new_left > 0:
            added, removed, notes = (_beginning(lines, sign) for sign in (b"+", b"-", b"\\"))
            old, new = count - added - notes, count - removed - notes
            self._old += old
            self._old_left -= old
            self._new += new
            self._new_left -= new

    def _content(self, line: bytes, wanted: bool) -> DiffLine | None:
        kind = _SIGNS.get(line[:1], LineKind.CONTEXT)
        old = self._old if kind in (LineKind.CONTEXT, LineKind.REMOVED) else None
        new = self._new if kind in (LineKind.CONTEXT, LineKind.ADDED) else None
        if old is not None:
            self._old += 1
            self._old_left -= 1
        if new is not None:
            self._new += 1
            self._new_left -= 1
        return self._count(kind, line[2:] if kind is LineKind.NOTE else line[1:], wanted, old, new)

    def _count(
        self, kind: LineKind, text: bytes, wanted: bool, old: int | None = None, new: int | None = None
    ) -> DiffLine | None:
        if self.section not in self.sections:
            return None
        self.total += 1
        return DiffLine(kind=kind, text=_shown(text), old=old, new=new) if wanted else None


def _beginning(lines: bytes, sign: bytes) -> int:
    """How many lines begin with a sign."""
    return lines.count(b"\n" + sign) + lines.startswith(sign)


def _shown(text: bytes) -> str:
    """Bytes that are no UTF-8 are shown as `\\xff`; an endless line ends in how much more there is."""
    if len(text) <= LINE_LIMIT:
        return text.decode("utf-8", "backslashreplace")
    cut = text[:LINE_LIMIT].decode("utf-8", "backslashreplace")
    return f"{cut}… ({len(text) - LINE_LIMIT} more bytes)"


async def whole_lines(chunks: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
    """A stream in pieces that end where a line ends; a line end is added to the last one."""
    rest: list[bytes] = []
    async for chunk in chunks:
        end = chunk.rfind(b"\n") + 1
        if end:
            yield b"".join((*rest, chunk[:end]))
            rest = []
        rest.append(chunk[end:])
    if last := b"".join(rest):
        yield last + b"\n"


async def split_lines(chunks: AsyncIterator[bytes]) -> AsyncGenerator[list[bytes], None]:
    """The lines of a stream, a list per chunk, without their line ends; never more than a line is held."""
    rest: list[bytes] = []
    async for chunk in chunks:
        head, *lines = chunk.split(b"\n")
        rest.append(head)
        if lines:
            done = [b"".join(rest), *lines[:-1]]
            rest = [lines[-1]]
            yield done
    if last := b"".join(rest):
        yield [last]
