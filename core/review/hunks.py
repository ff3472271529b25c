"""Parts of a diff taken back, or taken elsewhere: whole files, hunks, single lines.

A part is named by line numbers: those of lines that were removed, as the old side counts them, and of lines
that were added, as the new side does. Everything is computed from the two sides in the depot.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from core.errors import UsageError
from core.git.changes import changed_files
from core.git.depot import Depot
from core.git.patch_lines import split_lines
from core.git.path_text import text_to_name
from core.git.tree_edit import FILE, REGULAR, TreeEntry, read_blob, with_entries, write_blob
from core.values.review import Change, FileChange

Ranges = Sequence[tuple[int, int]]
"""First and last line, from 1."""
SIZE_LIMIT = 64 * 1024 * 1024
_HUNK = re.compile(rb"@@ -(\d{1,18})(?:,(\d{1,18}))? \+(\d{1,18})(?:,(\d{1,18}))? @@")


@dataclass(frozen=True)
class Part:
    """A file of a diff, or some of its changed lines."""

    path: str
    """As the diff gave it."""
    old: Ranges = ()
    """Removed lines that are meant."""
    new: Ranges = ()
    """Added lines that are meant; neither of both: the whole file."""

    @property
    def whole(self) -> bool:
        return not self.old and not self.new


@dataclass(frozen=True)
class Hunk:
    """Lines of the old side that became lines of the new one; indexes from 0, ends excluded."""

    old: range
    new: range


async def tree_without(depot: Depot, old: str, new: str, parts: Sequence[Part]) -> str:
    """The new side's tree with these parts as the old side has them.

    Args:
        depot: Where both are.
        old: Id of a commit or tree.
        new: Id of a commit or tree.
        parts: What is taken back.

    Raises:
        UsageError: A part is not in the diff, or single lines of it cannot be told apart.
    """
    entries: dict[bytes, TreeEntry | None] = {}
    for part, change in await _changes(depot, old, new, parts):
        name = text_to_name(change.path)
        if not part.whole:
            content = _taken_back(*await _sides(depot, change), part)
            entries[name] = TreeEntry(
                _mode(change.new_mode, change.old_mode), await write_blob(depot, content)
            )
            continue
        if change.change in (Change.ADDED, Change.RENAMED, Change.COPIED):
            entries[name] = None
        if change.change not in (Change.ADDED, Change.COPIED):
            entries[text_to_name(change.old_path or change.path)] = TreeEntry(change.old_mode, change.old_id)
    return await with_entries(depot, new, entries)


async def tree_with(depot: Depot, old: str, new: str, parts: Sequence[Part]) -> str:
    """The old side's tree with these parts as the new side has them. Arguments as for `tree_without`."""
    entries: dict[bytes, TreeEntry | None] = {}
    for part, change in await _changes(depot, old, new, parts):
        name = text_to_name(change.path)
        if change.change is Change.RENAMED:
            entries[text_to_name(change.old_path or change.path)] = None
        if not part.whole:
            content = _taken(*await _sides(depot, change), part)
            entries[name] = TreeEntry(
                _mode(change.old_mode, change.new_mode), await write_blob(depot, content)
            )
        elif change.change is Change.DELETED:
            entries[name] = None
        else:
            entries[name] = TreeEntry(change.new_mode, change.new_id)
    return await with_entries(depot, old, entries)


async def _changes(depot: Depot, old: str, new: str, parts: Sequence[Part]) -> list[tuple[Part, FileChange]]:
    if not parts:
        raise UsageError("nothing of the diff is named", hint="Name files, or lines of one.")
    known = {change.path: change for change in await changed_files(depot, "", old, new)}
    found = []
    for part in parts:
        change = known.get(part.path)
        if change is None:
            raise UsageError(f"{part.path[:200]!r} is not changed", hint="Look at the diff anew.")
        if not part.whole and (change.binary or not _is_text(change)):
            raise UsageError(
                f"{part.path[:200]!r} has no lines that could be taken one by one",
                hint="Take the whole file.",
            )
        found.append((part, change))
    return found


def _is_text(change: FileChange) -> bool:
    return all(mode in (*REGULAR, "000000") for mode in (change.old_mode, change.new_mode))


def _mode(first: str, second: str) -> str:
    return next((mode for mode in (first, second) if mode in REGULAR), FILE)


async def _sides(depot: Depot, change: FileChange) -> tuple[list[bytes], list[bytes], list[Hunk]]:
    before, after = await read_blob(depot, change.old_id), await read_blob(depot, change.new_id)
    if max(len(before), len(after)) > SIZE_LIMIT:
        raise UsageError(f"{change.path[:200]!r} is too large for single lines", hint="Take the whole file.")
    ids = [id_ or await write_blob(depot, b"") for id_ in (change.old_id, change.new_id)]
    command = ("diff", "-U0", "--no-color", "--no-ext-diff", "--no-textconv", *ids)
    hunks: list[Hunk] = []
    left = 0
    async with aclosing(depot.git.stream(*command)) as chunks, aclosing(split_lines(chunks)) as batches:
        async for batch in batches:
            for line in batch:
                if left > 0 and not line.startswith(b"\\"):
                    left -= 1
                elif found := _HUNK.match(line):
                    hunks.append(_hunk(found))
                    left = len(hunks[-1].old) + len(hunks[-1].new)
    return _lines(before), _lines(after), hunks


def _hunk(found: re.Match[bytes]) -> Hunk:
    """The numbers of a hunk's header; where a side has no line, git names the line before it."""
    sides = []
    for start, count in ((1, 2), (3, 4)):
        length = int(found[count]) if found[count] is not None else 1
        first = int(found[start]) - (1 if length else 0)
        sides.append(range(first, first + length))
    return Hunk(*sides)


def _lines(content: bytes) -> list[bytes]:
    """Lines with their ends, as git counts them: only a line feed ends one."""
    lines = [line + b"\n" for line in content.split(b"\n")]
    last = lines.pop()[:-1]
    return [*lines, last] if last else lines


def _taken_back(old: list[bytes], new: list[bytes], hunks: Iterable[Hunk], part: Part) -> bytes:
    out, at = list[bytes](), 0
    for hunk in hunks:
        out += new[at : hunk.new.start]
        out += [old[index] for index in hunk.old if _has(part.old, index)]
        out += [new[index] for index in hunk.new if not _has(part.new, index)]
        at = hunk.new.stop
    return _joined([*out, *new[at:]])


def _taken(old: list[bytes], new: list[bytes], hunks: Iterable[Hunk], part: Part) -> bytes:
    out, at = list[bytes](), 0
    for hunk in hunks:
        out += old[at : hunk.old.start]
        out += [old[index] for index in hunk.old if not _has(part.old, index)]
        out += [new[index] for index in hunk.new if _has(part.new, index)]
        at = hunk.old.stop
    return _joined([*out, *old[at:]])


def _has(ranges: Ranges, index: int) -> bool:
    return any(first <= index + 1 <= last for first, last in ranges)


def _joined(lines: list[bytes]) -> bytes:
    """A line without an end that came before others gets one."""
    ended = [line if line.endswith(b"\n") else line + b"\n" for line in lines[:-1]]
    return b"".join([*ended, *lines[-1:]])
