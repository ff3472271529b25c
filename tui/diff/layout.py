"""Which rows a diff has: unified or side by side, wrapped or not, with comments under their lines.

Rows are laid out page by page, as pages of lines come. A page that is not here counts as one row per line,
or as many as it had when it was here, so that a diff of any length can be scrolled through at once.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, zip_longest
from typing import TYPE_CHECKING, NamedTuple

from core.values.comments import Side
from core.values.review import DiffLine, LineKind

if TYPE_CHECKING:
    from core.values.comments import ReviewComment

Place = tuple[Side, int]
"""A side and a line number on it."""
SILENT = frozenset({LineKind.FILE, LineKind.META})
"""Kinds of lines that have no row: what they say is above the diff, in words."""


class Row(NamedTuple):
    """One row; lines are meant by their offset in the page."""

    left: int | None = None
    """The line; side by side: the one on the old side."""
    right: int | None = None
    """Side by side only: the line on the new side."""
    part: int = 0
    """Which piece of a wrapped line, or of a comment, from 0."""
    comment: ReviewComment | None = None
    said: str = ""
    """A line of the comment's text."""

    @property
    def line(self) -> int:
        """The line that the row stands for."""
        return self.right if self.right is not None else self.left or 0


@dataclass(frozen=True)
class Shape:
    """How lines become rows."""

    split: bool = False
    pieces: Callable[[str], int] | None = None
    """Rows that a line's text takes; None: always one."""
    comments: Mapping[Place, Sequence[ReviewComment]] = field(default_factory=dict)
    told: Callable[[ReviewComment], Sequence[str]] = lambda comment: comment.body.splitlines()
    """The rows of a comment's text."""


def lay_out(lines: Sequence[DiffLine], shape: Shape) -> list[Row]:
    """The rows of a page."""
    pairs = _side_by_side(lines) if shape.split else _one_by_one(lines)
    if shape.pieces is None and not shape.comments:
        return [Row(left, right) for left, right in pairs]
    rows: list[Row] = []
    for left, right in pairs:
        texts = [lines[at].text for at in (left, right) if at is not None]
        count = max(map(shape.pieces, texts)) if shape.pieces is not None else 1
        rows += [Row(left, right, part) for part in range(count)]
        for comment in _comments_under(lines, left, right, shape):
            line = right if right is not None else left
            rows += [
                Row(line, None, part, comment, said) for part, said in enumerate(shape.told(comment) or [""])
            ]
    return rows


def _comments_under(
    lines: Sequence[DiffLine], left: int | None, right: int | None, shape: Shape
) -> list[ReviewComment]:
    if not shape.comments:
        return []
    found: dict[str, ReviewComment] = {}
    for at in (left, right):
        if at is None:
            continue
        for side, number in ((Side.OLD, lines[at].old), (Side.NEW, lines[at].new)):
            if number:
                found |= {each.id: each for each in shape.comments.get((side, number), ())}
    return list(found.values())


def _one_by_one(lines: Sequence[DiffLine]) -> list[tuple[int | None, int | None]]:
    return [(at, None) for at, line in enumerate(lines) if line.kind not in SILENT]


def _side_by_side(lines: Sequence[DiffLine]) -> list[tuple[int | None, int | None]]:
    """Pairs of lines: of a changed passage, removed ones with the added ones at the same height."""
    out: list[tuple[int | None, int | None]] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        if line.kind is LineKind.HUNK:
            out.append((at, None))
            at += 1
        elif line.kind in SILENT:
            at += 1
        elif line.kind is LineKind.CONTEXT:
            out.append((at, at))
            at += 1
        else:
            old, at = _run(lines, at, LineKind.REMOVED)
            new, at = _run(lines, at, LineKind.ADDED)
            out += zip_longest(old, new)
            if not old and not new:  # a note behind unchanged lines
                out.append((at, at))
                at += 1
    return out


def _run(lines: Sequence[DiffLine], at: int, kind: LineKind) -> tuple[list[int], int]:
    """Lines of a kind, with the notes that belong to them."""
    first = at
    while at < len(lines) and (lines[at].kind is kind or (at > first and lines[at].kind is LineKind.NOTE)):
        at += 1
    return list(range(first, at)), at


class Layout:
    """The rows of all pages of a diff."""

    def __init__(self, length: int) -> None:
        """
        Args:
            length: Lines of a page.
        """
        self._length = length
        self._lines = 0
        self._counts: dict[int, int] = {}
        self._rows: dict[int, list[Row]] = {}
        self._ends: list[int] | None = None

    def tell_lines(self, lines: int) -> None:
        """There are so many lines in all."""
        if lines != self._lines:
            self._lines, self._ends = lines, None

    def put(self, page: int, rows: list[Row]) -> None:
        """A page is laid out."""
        if self._counts.get(page) != len(rows):
            self._counts[page], self._ends = len(rows), None
        self._rows[page] = rows

    def keep_only(self, pages: Mapping[int, object]) -> None:
        """The rows of other pages are let go of; how many there were is kept."""
        self._rows = {page: rows for page, rows in self._rows.items() if page in pages}

    def _sums(self) -> list[int]:
        if self._ends is None:
            pages = -(-self._lines // self._length)
            self._ends = list(accumulate(map(self.count, range(pages))))
        return self._ends

    def count(self, page: int) -> int:
        """How many rows a page has, or counts as."""
        return self._counts.get(page, self._size(page))

    def _size(self, page: int) -> int:
        return min(self._length, self._lines - page * self._length)

    @property
    def total(self) -> int:
        """Rows in all."""
        ends = self._sums()
        return ends[-1] if ends else 0

    def start(self, page: int) -> int:
        """The first row of a page."""
        ends = self._sums()
        return ends[min(page, len(ends)) - 1] if page and ends else 0

    def at(self, index: int) -> tuple[int, Row | None]:
        """The page of a row and the row; None when its page is not here."""
        page = bisect_right(self._sums(), index)
        rows = self._rows.get(page)
        offset = index - self.start(page)
        return page, rows[offset] if rows is not None and offset < len(rows) else None

    def line_at(self, index: int) -> int:
        """The number, from 0, of the line that a row stands for."""
        page, row = self.at(index)
        offset = row.line if row is not None else min(index - self.start(page), self._length - 1)
        return page * self._length + offset

    def row_of(self, line: int) -> int:
        """The first row of a line."""
        page, offset = divmod(line, self._length)
        rows = self._rows.get(page)
        if rows is None:
            return self.start(page) + offset
        here = (n for n, row in enumerate(rows) if not row.comment and offset in (row.left, row.right))
        return self.start(page) + next(here, min(offset, max(0, len(rows) - 1)))
