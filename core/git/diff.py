"""One file's diff, read by window, and whole patches.

A diff is streamed and counted line by line; only the lines of the window asked for become objects, so a
diff of any length costs the memory of one window. Which section of the stream belongs to the file is told
by its place, never by its header text: names may hold anything, and content may look like a header.
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass, field

from core.errors import GitError, NotFoundError
from core.git.changes import DIFF_OPTIONS, RawChange, parse_changes
from core.git.depot import Depot
from core.git.path_text import text_to_name
from core.values.review import DiffLine, FileChange, FileDiff, LineKind

LINE_LIMIT = 16 * 1024
"""Bytes of one line that are shown; the rest is told by a mark."""
COUNT_LIMIT = 512 * 1024 * 1024
"""Bytes of one file's diff that are read at most."""
PATCH_LIMIT = 64 * 1024 * 1024
_HUNK = re.compile(rb"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_SIGNS = {b" ": LineKind.CONTEXT, b"+": LineKind.ADDED, b"-": LineKind.REMOVED, b"\\": LineKind.NOTE}


@dataclass
class DiffWindow:
    """Reads one patch line by line and keeps the lines of a window of it.

    Wanted are the sections (each begins with `diff --git`) with the given numbers; others are not counted.
    """

    start: int
    limit: int
    sections: range
    lines: list[DiffLine] = field(default_factory=list)
    total: int = 0
    section: int = -1
    _old: int = 0
    _new: int = 0
    _old_left: int = 0
    _new_left: int = 0

    def read(self, line: bytes) -> None:
        """Takes the next line of the patch, without its line end."""
        if self._old_left > 0 or self._new_left > 0 or line.startswith(b"\\"):
            self._content(line)
        elif line.startswith(b"diff --git "):
            self.section += 1
            self._keep(LineKind.FILE, line)
        elif found := _HUNK.match(line):
            self._old, self._new = int(found[1]), int(found[3])
            self._old_left = int(found[2]) if found[2] is not None else 1
            self._new_left = int(found[4]) if found[4] is not None else 1
            self._keep(LineKind.HUNK, line)
        else:
            self._keep(LineKind.NOTE if line.startswith(b"Binary files ") else LineKind.META, line)

    def _content(self, line: bytes) -> None:
        kind = _SIGNS.get(line[:1], LineKind.CONTEXT)
        old = self._old if kind in (LineKind.CONTEXT, LineKind.REMOVED) else None
        new = self._new if kind in (LineKind.CONTEXT, LineKind.ADDED) else None
        if old is not None:
            self._old += 1
            self._old_left -= 1
        if new is not None:
            self._new += 1
            self._new_left -= 1
        self._keep(kind, line[2:] if kind is LineKind.NOTE else line[1:], old, new)

    def _keep(self, kind: LineKind, text: bytes, old: int | None = None, new: int | None = None) -> None:
        if self.section not in self.sections:
            return
        if self.start <= self.total < self.start + self.limit:
            self.lines.append(DiffLine(kind=kind, text=_shown(text), old=old, new=new))
        self.total += 1


def _shown(text: bytes) -> str:
    """Bytes that are no UTF-8 are shown as `\\xff`; an endless line ends in how much more there is."""
    if len(text) <= LINE_LIMIT:
        return text.decode("utf-8", "backslashreplace")
    cut = text[:LINE_LIMIT].decode("utf-8", "backslashreplace")
    return f"{cut}… ({len(text) - LINE_LIMIT} more bytes)"


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


async def file_diff(
    depot: Depot, old: str, new: str, change: FileChange, *, start: int = 0, limit: int = 2000,
    context: int = 3,
) -> FileDiff:  # fmt: skip
    """A window of the diff of one file.

    Args:
        depot: Where both sides are.
        old: Id of a commit or tree.
        new: Id of a commit or tree.
        change: Which file, as `changed_files` gave it for the same two sides.
        start: Index of the first line wanted.
        limit: How many lines are wanted.
        context: Unchanged lines around each change.

    Raises:
        NotFoundError: The two sides do not differ in that file.
    """
    names = _names(change)
    window = DiffWindow(start, limit, await _sections(depot, old, new, names))
    command: tuple[str | bytes, ...] = (
        "diff-tree",
        "-p",
        f"-U{max(0, context)}",
        *DIFF_OPTIONS,
        old,
        new,
        "--",
        *names,
    )
    read = 0
    async with aclosing(depot.git.stream(*command)) as chunks, aclosing(split_lines(chunks)) as batches:
        async for batch in batches:
            for line in batch:
                window.read(line)
                read += len(line)
            if read > COUNT_LIMIT:
                break
    return FileDiff(
        file=change, lines=tuple(window.lines), total=window.total, start=start, truncated=read > COUNT_LIMIT
    )


def _names(change: FileChange) -> list[bytes]:
    paths = (change.path,) if change.old_path is None else (change.old_path, change.path)
    try:
        return [text_to_name(path) for path in paths]
    except ValueError as error:
        raise NotFoundError(
            f"{change.path!r} is no file of the diff", hint="Look at the diff anew."
        ) from error


async def _sections(depot: Depot, old: str, new: str, names: list[bytes]) -> range:
    """Which sections of the patch are the file's: a path also stands for what is below it, if a folder of
    that name was or came there, and a change of type makes two sections."""
    answer = await depot.git.run("diff-tree", "-z", "--raw", *DIFF_OPTIONS, old, new, "--", *names)
    first = 0
    for change in parse_changes(answer.out)[0]:
        count = _section_count(change)
        if change.name == names[-1]:
            return range(first, first + count)
        first += count
    shown = names[-1].decode("utf-8", "backslashreplace")
    raise NotFoundError(f"{shown!r} is no file of the diff", hint="It may have changed: look at it anew.")


def _section_count(change: RawChange) -> int:
    return 2 if change.status == "T" else 1


def patch(depot: Depot, old: str, new: str, folder: str = "") -> AsyncGenerator[bytes, None]:
    """The whole diff as `git apply` takes it, binary files included, in chunks.

    Args:
        depot: Where both sides are.
        old: Id of a commit or tree.
        new: Id of a commit or tree.
        folder: Put before every path, so that patches of several repositories go together.
    """
    below = f"{folder}/" if folder else ""
    prefixes = (f"--src-prefix=a/{below}", f"--dst-prefix=b/{below}")
    # What git writes of a rename has no prefix, so below a folder it is told as a deletion and an addition.
    renames = ("--no-renames",) if below else ()
    options = ("-p", "--binary", "--full-index", *prefixes, *DIFF_OPTIONS, *renames)
    return depot.git.stream("diff-tree", *options, old, new)


async def patch_text(depot: Depot, old: str, new: str, folder: str = "") -> str:
    """The patch as one text; bytes that are no UTF-8 are shown as `\\xff`. Arguments as for `patch`.

    Raises:
        GitError: It is larger than 64 MiB.
    """
    parts: list[bytes] = []
    size = 0
    async with aclosing(patch(depot, old, new, folder)) as chunks:
        async for chunk in chunks:
            size += len(chunk)
            if size > PATCH_LIMIT:
                raise GitError(
                    f"the patch is larger than {PATCH_LIMIT // 1024 // 1024} MiB",
                    hint="Look at single files, or use git diff in the workspace.",
                )
            parts.append(chunk)
    return b"".join(parts).decode("utf-8", "backslashreplace")
