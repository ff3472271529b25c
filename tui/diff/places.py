"""Where the cursor is in a diff, and where it can go: lines, ranges, hunks, what is looked for."""

from __future__ import annotations

from collections.abc import Callable

from textual.message import Message

from core.values.comments import ReviewComment, Side
from core.values.review import DiffLine, LineKind
from tui.diff.lines import PAGE, DiffLines
from tui.diff.renewal import Anchor

CODE = (LineKind.CONTEXT, LineKind.ADDED, LineKind.REMOVED)
NEAR = 50
"""Rows behind and before the cursor among which a line with a number is looked for."""


class DiffPlaces(DiffLines):
    """Lines of a diff by their place, whether they are here or have to be asked for."""

    class Seeks(Message):
        """A line is looked for beyond those that are here, in this file or others."""

        def __init__(self, start: int, step: int, needle: str) -> None:
            super().__init__()
            self.start = start
            self.step = step
            self.needle = needle
            """In lower case; empty: the next hunk."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._waiting_for: int | None = None
        """A line to go to as soon as its page is here."""

    def _rearrange(self, change: Callable[[], None]) -> None:
        """Changes rows while the line at the cursor stays where it is on the screen."""
        head, row = len(self._head), self.cursor_row
        offset = row - round(self.scroll_y)
        line = self._layout.line_at(row - head) if row >= head and self._layout.total else None
        mark = self._mark
        marked = self._layout.line_at(mark - head) if mark is not None and mark >= head else None
        change()
        self.rows_changed()
        if marked is not None:
            self._mark = self._row_at(marked)
        if line is not None:
            self._put_cursor(self._row_at(line), offset)

    def _row_at(self, line: int) -> int:
        return len(self._head) + self._layout.row_of(line)

    def _put_cursor(self, row: int, offset: int) -> None:
        self.cursor_row = max(0, min(row, self.row_count() - 1))
        self.scroll_to(y=max(0, self.cursor_row - offset), animate=False, force=True, immediate=True)

    # Where it is

    @property
    def comment(self) -> ReviewComment | None:
        """The comment at the cursor."""
        row = self._row(self.cursor_row)
        return row.comment if row is not None else None

    def range_lines(self) -> list[DiffLine]:
        """The lines of the range, or the one at the cursor; side by side those of both sides."""
        first, last = sorted((self._mark if self._mark is not None else self.cursor_row, self.cursor_row))
        found: dict[int, DiffLine] = {}
        for index in range(max(first, len(self._head)), min(last + 1, self.row_count())):
            page, row = self._layout.at(index - len(self._head))
            if row is None or row.comment is not None:
                continue
            for at in (row.left, row.right):
                line = self._pages.get(page * PAGE + at) if at is not None else None
                if at is not None and line is not None:
                    found[page * PAGE + at] = line
        return [found[at] for at in sorted(found)]

    def numbered(self, side: Side) -> dict[int, str]:
        """The texts of a side's lines that are here, by their numbers."""
        held = (line for lines in self._pages.held().values() for line in lines)
        numbered = ((line.new if side is Side.NEW else line.old, line.text) for line in held)
        return {number: text for number, text in numbered if number}

    @property
    def marked(self) -> str:
        """The code of the range, without gutters."""
        if self._mark is None:
            return ""
        return "\n".join(line.text for line in self.range_lines() if line.kind in CODE)

    def hunk_lines(self) -> list[DiffLine] | None:
        """The lines of the hunk at the cursor; None when they are not all here."""
        if self.cursor_row < len(self._head) or not self._layout.total:
            return []
        at = self._layout.line_at(self.cursor_row - len(self._head))
        while at > 0 and (line := self._pages.get(at)) is not None and line.kind is not LineKind.HUNK:
            at -= 1
        found: list[DiffLine] = []
        for number in range(at, self._pages.total):
            line = self._pages.get(number)
            if line is None:
                return None
            if line.kind is LineKind.HUNK and found:
                break
            found.append(line)
        return found

    def line_number(self) -> int:
        """The new side's number of the line at the cursor, or of the nearest one that has one."""
        return next((line.new for line in self._near_lines() if line.new), 1)

    @property
    def on_removed(self) -> bool:
        """Whether the line at the cursor is there no more."""
        line = self.line_at(self.cursor_row)
        return line is not None and line.kind is LineKind.REMOVED

    def anchor_at(self, row: int, *, same_old: bool) -> Anchor:
        """By what the line at a row is found again, or the nearest one that has a number."""
        anchors = (Anchor.of(line, same_old=same_old) for line in self._near_lines(row))
        return next(filter(None, anchors), Anchor(Side.NEW, 1))

    def _near_lines(self, row: int | None = None) -> list[DiffLine]:
        """The lines from a row on, that of the cursor as a rule, then those before it."""
        at = self.cursor_row if row is None else row
        rows = [*range(at, min(at + NEAR, self.row_count())), *range(at - 1, max(-1, at - NEAR), -1)]
        return [line for line in map(self.line_at, rows) if line is not None]

    def hunk_position(self) -> tuple[int, int]:
        """Number of the hunk at the cursor, and of hunks among the lines that are here."""
        at = total = 0
        for page, offsets in self._hunks.items():
            total += len(offsets)
            at += sum(self._row_at(page * PAGE + offset) <= self.cursor_row for offset in offsets)
        return at, total

    # Going

    def go_to_line(self, line: int) -> None:
        """Puts the cursor on a line of the diff, by its number from 0, as soon as it is here."""
        if self.file is None:
            return
        if self._pages.get(line) is None:
            self._waiting_for = line
            self._want(self.file, line // PAGE)
            return
        self._waiting_for = None
        row = self._row_at(line)
        self._put_cursor(row, min(self.size.height // 3, max(0, row)))

    def go_to_place(self, side: Side, number: int) -> bool:
        """Puts the cursor on a line of one side; False when it is not among those that are here."""
        for page, lines in self._pages.held().items():
            for at, line in enumerate(lines):
                if number and number == (line.new if side is Side.NEW else line.old):
                    self.go_to_line(page * PAGE + at)
                    return True
        return False

    def go_to_hunk(self, direction: int) -> bool:
        """Moves to the hunk after or before; False when there is none."""
        if not self._layout.total or self.folded:
            return False
        inside = self.cursor_row >= len(self._head)
        at = self._layout.line_at(self.cursor_row - len(self._head)) if inside else -1
        index = at + direction
        while 0 <= index < self._pages.total:
            line = self._pages.get(index)
            if line is None:
                self.post_message(self.Seeks(index, direction, ""))
                return True
            if line.kind is LineKind.HUNK:
                self._put_cursor(self._row_at(index), 2)
                return True
            index += direction
        return False

    def _first_hunk(self) -> int:
        return self._row_at(next(iter(self._hunks.get(0, ())), 0))

    def _search(self, steps: range, direction: int = 1) -> bool:
        """Among the rows up to the end; what has to be asked for, and other files, are the pane's."""
        first = self.cursor_row + (direction if steps.start else 0)
        if all(page in self._pages.held() for page in range(-(-self._pages.total // PAGE))):
            for index in range(first, self.row_count()) if direction > 0 else range(first, -1, -1):
                if self._needle in self.row_text(index).casefold():
                    self.move_to(index)
                    return True
            start = self._pages.total if direction > 0 else -1
        else:
            start = self._layout.line_at(max(0, first - len(self._head)))
        self.post_message(self.Seeks(start, direction, self._needle))
        return True
