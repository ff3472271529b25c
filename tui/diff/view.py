"""One file's diff by window: lines of any number, of which some pages are held; unified or side by side."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import BindingType
from textual.message import Message
from textual.strip import Strip

from core.values.comments import ReviewComment, Side
from core.values.review import DiffLine, LineKind
from tui.comments.rows import comment_text
from tui.diff.colours import colour
from tui.diff.head import facts_of, title_of, why_folded
from tui.diff.layout import Layout, Row, Shape, lay_out
from tui.diff.paint import UNDER, Pen
from tui.keys.actions import bindings
from tui.text.spans import Line
from tui.text.syntax import MOST_LINES
from tui.widgets.pages import Pages
from tui.widgets.ranges import RangeRows

if TYPE_CHECKING:
    from core.values.review import FileChange, FileDiff

PAGE = 500
MOST_PAGES = 20
SPLIT_FROM = 118
"""Cells of the view from which on both sides are shown, unless one chose: a screen of 160 with its list."""


@dataclass
class Renewal:
    """A diff that is being read again: what was shown stays until the line at the cursor is found in it."""

    number: int
    file: FileChange
    pages: Pages[DiffLine]
    side: Side
    line: int
    steps: int = 0
    """Pages that were looked through."""


class DiffView(RangeRows):
    """Old and new line numbers, sign, code; changed words stand out; comments are under their lines."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("wide")]

    class Wants(Message):
        """A window of the diff is needed."""

        def __init__(self, file: FileChange, page: int, context: int, number: int) -> None:
            super().__init__()
            self.file = file
            self.page = page
            self.context = context
            self.number = number
            """Of the reading: windows of an earlier one come too late."""

    class Seeks(Message):
        """A line is looked for beyond those that are here."""

        def __init__(self, start: int, step: int, needle: str) -> None:
            super().__init__()
            self.start = start
            self.step = step
            self.needle = needle
            """In lower case; empty: the next hunk."""

    shows_blurred_cursor = False

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.file: FileChange | None = None
        self.context_lines = 3
        self.mode = "auto"
        self.wrap = False
        self.folded = False
        self.comments: tuple[ReviewComment, ...] = ()
        """Those of the file."""
        self._pages: Pages[DiffLine] = Pages(PAGE, MOST_PAGES)
        self._layout = Layout(PAGE)
        self._colours: dict[int, Sequence[Line | None]] = {}
        self._head: list[Row | Line] = []
        self._note = ""
        self._across = 0
        self._digits = 3
        self._number = 0
        self._renewal: Renewal | None = None
        self._lit = False
        self._to_end = False
        """Whether the user went to the end of a diff that had not been counted yet."""
        self._waiting_for: int | None = None
        """A line to go to as soon as its page is here."""

    # What is shown

    def show(self, file: FileChange | None, note: str = "", *, folded: bool = False) -> None:
        """Shows a file's diff: another one from its beginning, the same one where it is."""
        same = file is not None and self.file is not None and _key(file) == _key(self.file)
        if same and file is not None and not folded and not self.folded and self._pages.total:
            self._renew(file)
            return
        if not same:
            self._across = self.cursor_row = 0
            self._mark = None
        self.file, self.folded = file, folded
        self._reset()
        self._note = note or "Reading the diff"
        if file is not None and (folded or file.binary):
            self._note = ""
        elif file is not None:
            self._want(file, 0)
        self._head_changed()

    def tell(self, file: FileChange) -> None:
        """The same file with the same content, of which something else is known now."""
        self.file = file
        self._head_changed()

    def show_comments(self, comments: tuple[ReviewComment, ...]) -> None:
        """Shows these under the lines that they are on."""
        if comments != self.comments:
            self.comments = comments
            self._rearrange(self._lay_out_all)

    def _reset(self) -> None:
        self._number += 1
        self._renewal = None
        self._to_end = False
        self._pages = Pages(PAGE, MOST_PAGES)
        self._layout = Layout(PAGE)
        self._colours = {}

    def _want(self, file: FileChange, page: int) -> None:
        self.post_message(self.Wants(file, page, self.context_lines, self._number))

    def _renew(self, file: FileChange) -> None:
        """Reads the diff again, from where the cursor is."""
        side, line = self.place()
        at = self._layout.line_at(max(0, self.cursor_row - len(self._head)))
        self._number += 1
        self._renewal = Renewal(self._number, file, Pages(PAGE, MOST_PAGES), side, line)
        self._want(file, at // PAGE)

    def take(self, wanted: Wants, diff: FileDiff) -> None:
        """Takes in a window that was asked for."""
        if wanted.number != self._number:
            return
        if self._renewal is not None:
            self._take_again(self._renewal, wanted.page, diff)
            return
        self._note = "" if diff.total else _empty_reason(wanted.file)
        first = not self._pages.total
        at_end = self._to_end and self.cursor_row >= self.row_count() - 1
        self._rearrange(lambda: self._put(wanted.page, diff))
        if at_end:
            self.action_bottom()
        self._to_end = self._to_end and not diff.complete
        if first and self.cursor_row == 0 and self._waiting_for is None:
            self.move_to(self._first_hunk())
        if self._waiting_for is not None and self._pages.get(self._waiting_for) is not None:
            self.go_to_line(self._waiting_for)

    def action_bottom(self) -> None:
        """To the end; as long as the diff is still being counted, to the end that it turns out to have."""
        self._to_end = True
        super().action_bottom()

    def _first_hunk(self) -> int:
        lines = self._pages.held().get(0, ())
        at = next((at for at, each in enumerate(lines) if each.kind is LineKind.HUNK), 0)
        return len(self._head) + self._layout.row_of(at)

    def _put(self, page: int, diff: FileDiff) -> None:
        self._pages.put(page, diff.lines, diff.total)
        self._layout.tell_lines(diff.total)
        last = max((max(line.old or 0, line.new or 0) for line in diff.lines), default=0)
        if len(str(last)) > self._digits:
            self._digits = len(str(last))
            self._lay_out_all()
        self._lay_out(page)
        self._layout.keep_only(self._pages.held())
        self._make_head()
        if diff.total <= MOST_LINES:
            # Colours come to what is painted already: their thread would keep the paint waiting.
            self.call_after_refresh(self._colour, page, diff.lines)

    def _take_again(self, renewal: Renewal, page: int, diff: FileDiff) -> None:
        renewal.pages.put(page, diff.lines, diff.total)
        renewal.steps += 1
        onward = _towards(diff, page, renewal)
        if onward is not None and renewal.steps < MOST_PAGES:
            self._want(renewal.file, onward)
            return
        offset = self.cursor_row - round(self.scroll_y)
        in_head = self.cursor_row < len(self._head)
        self.file, self._renewal, self._mark = renewal.file, None, None
        self._pages, self._layout, self._colours = renewal.pages, Layout(PAGE), {}
        self._layout.tell_lines(diff.total)
        self._note = "" if diff.total else _empty_reason(renewal.file)
        self._lay_out_all()
        self._make_head()
        self.rows_changed()
        if diff.total and not in_head:
            row = len(self._head) + self._layout.row_of(page * PAGE + _nearest(diff, renewal))
            self._put_cursor(row, offset)
        for held, lines in self._pages.held().items():
            if diff.total <= MOST_LINES:
                self._colour(held, tuple(lines))

    def fail(self, wanted: Wants, message: str) -> None:
        """The diff cannot be shown."""
        if wanted.number == self._number:
            self._reset()
            self._note = message
            self._head_changed()

    @work(group="colour")
    async def _colour(self, page: int, lines: tuple[DiffLine, ...]) -> None:
        file, number = self.file, self._number
        if file is None:
            return
        spans = await asyncio.to_thread(colour, file.path, lines)
        if number == self._number and self._pages.held().get(page) is lines:
            self._colours = {n: c for n, c in self._colours.items() if n in self._pages.held()}
            self._colours[page] = spans
            self.rows_changed()

    # Laying out

    @property
    def split(self) -> bool:
        """Whether both sides are shown side by side."""
        return self.mode == "split" or (self.mode == "auto" and self._wide)

    @property
    def _wide(self) -> bool:
        return self.scrollable_content_region.width >= SPLIT_FROM

    def _pen(self) -> Pen:
        width = self.scrollable_content_region.width
        return Pen(self.glyphs, width, self.split, self.wrap, self._digits, self._across)

    def _lay_out_all(self) -> None:
        for page in self._pages.held():
            self._lay_out(page)
        self._make_head()

    def _lay_out(self, page: int) -> None:
        pen = self._pen()
        places: dict[tuple[Side, int], list[ReviewComment]] = {}
        for each in self.comments:
            if each.first and not each.outdated:
                places.setdefault((each.side, max(each.first, each.last)), []).append(each)
        shape = Shape(pen.split, pen.pieces, places, lambda each: comment_text(each, pen.width - 24))
        self._layout.put(page, lay_out(self._pages.held()[page], shape))

    def _head_changed(self) -> None:
        self._make_head()
        self.rows_changed()

    def _make_head(self) -> None:
        file = self.file
        if file is None:
            self._head = []
            return
        facts = facts_of(file, self.glyphs)
        self._head = [title_of(file, self.glyphs), *(((f"   {fact}", "dim"),) for fact in facts)]
        if self.folded:
            reason = why_folded(file)
            told = f"   Folded: {reason}; " if reason else "   Folded; "
            self._head.append(((told, "dim"), ("enter", "key"), (" shows its lines", "dim")))
        elif not self._pages.total and self._note and not (facts and self._note in facts[0]):
            self._head.append(((f"   {self._note}", "dim"),))
        for comment in self.comments:
            if not comment.first or comment.outdated:
                told_rows = comment_text(comment, self.scrollable_content_region.width - 24)
                self._head += [Row(comment=comment, part=n, said=said) for n, said in enumerate(told_rows)]

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
            self._mark = len(self._head) + self._layout.row_of(marked)
        if line is not None:
            self._put_cursor(len(self._head) + self._layout.row_of(line), offset)

    def _put_cursor(self, row: int, offset: int) -> None:
        self.cursor_row = max(0, min(row, self.row_count() - 1))
        self.scroll_to(y=max(0, self.cursor_row - offset), animate=False, force=True, immediate=True)

    def on_resize(self) -> None:  # type: ignore[override]
        if self.file is not None:
            self._rearrange(self._lay_out_all)

    # Rows

    def row_count(self) -> int:
        return len(self._head) + self._layout.total

    def row(self, index: int, width: int) -> tuple[Line, Line]:
        pen = self._pen()
        if index < len(self._head):
            each = self._head[index]
            return (pen.row(each, (), (), False) if isinstance(each, Row) else each), ()
        page, row = self._layout.at(index - len(self._head))
        self._read_around(index - len(self._head))
        lines = self._pages.held().get(page)
        if row is None or lines is None:
            return ((f" {self.glyphs.cut}", "dim"),), ()
        return pen.row(row, lines, self._colours.get(page, ()), self._lit), ()

    def _read_around(self, row: int) -> None:
        if self.file is not None and self._renewal is None:
            line = self._layout.line_at(row)
            for page in self._pages.missing(line - 40, line + 80):
                self._want(self.file, page)

    def _draw(self, index: int, width: int, marked: bool, focused: bool) -> Strip:
        self._lit = marked or bool(super().row_under(index))
        return super()._draw(index, width, marked, focused)

    def row_under(self, index: int) -> str:
        marked = super().row_under(index)
        line = self.line_at(index) if not self.split else None
        return f"{UNDER.get(line.kind, '') if line else ''} {marked}".strip()

    def _row(self, index: int) -> Row | None:
        if index < len(self._head):
            each = self._head[index]
            return each if isinstance(each, Row) else None
        return self._layout.at(index - len(self._head))[1]

    def line_at(self, index: int) -> DiffLine | None:
        """The line that a row stands for; None for the head, comments, and what is not here."""
        row = self._row(index)
        if index < len(self._head) or row is None or row.comment is not None:
            return None
        return self._pages.get(self._layout.line_at(index - len(self._head)))

    @property
    def comment(self) -> ReviewComment | None:
        """The comment at the cursor."""
        row = self._row(self.cursor_row)
        return row.comment if row is not None else None

    def row_text(self, index: int) -> str:
        row = self._row(index)
        if row is not None and row.comment is not None:
            return row.said
        if index < len(self._head):
            each = self._head[index]
            return "".join(text for text, _ in each).strip() if not isinstance(each, Row) else ""
        line = self.line_at(index)
        return line.text if line else ""

    def empty_text(self) -> Line:
        return ((f" {self._note}", "dim"),)

    # Ranges

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

    @property
    def marked(self) -> str:
        """The code of the range, without gutters."""
        if self._mark is None:
            return ""
        code = (LineKind.CONTEXT, LineKind.ADDED, LineKind.REMOVED)
        return "\n".join(line.text for line in self.range_lines() if line.kind in code)

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

    def place(self) -> tuple[Side, int]:
        """Side and number of the line at the cursor, or of the next one that has one."""
        for index in range(self.cursor_row, min(self.cursor_row + 50, self.row_count())):
            line = self.line_at(index)
            if line is not None and (line.new or line.old):
                return (Side.NEW, line.new) if line.new else (Side.OLD, line.old or 1)
        return Side.NEW, 1

    def line_number(self) -> int:
        """The new side's number of the line at the cursor, or of the next one that has one."""
        for index in range(self.cursor_row, min(self.cursor_row + 50, self.row_count())):
            line = self.line_at(index)
            if line is not None and line.new:
                return line.new
        return 1

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
        row = len(self._head) + self._layout.row_of(line)
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
                row = len(self._head) + self._layout.row_of(index)
                self._put_cursor(row, 2)
                return True
            index += direction
        return False

    def hunk_position(self) -> tuple[int, int]:
        """Number of the hunk at the cursor, and of hunks among the lines that are here."""
        at = total = 0
        for number, lines in sorted(self._pages.held().items()):
            for offset, line in enumerate(lines):
                if line.kind is LineKind.HUNK:
                    total += 1
                    row = len(self._head) + self._layout.row_of(number * PAGE + offset)
                    at += row <= self.cursor_row
        return at, total

    def _search(self, steps: range, direction: int = 1) -> bool:
        if all(page in self._pages.held() for page in range(-(-self._pages.total // PAGE))):
            return super()._search(steps, direction)
        row = max(0, self.cursor_row - len(self._head))
        start = self._layout.line_at(row) + (direction if steps.start else 0)
        self.post_message(self.Seeks(start, direction, self._needle))
        return True

    # Keys

    def action_sideways(self, direction: int) -> None:
        self._across = max(0, self._across + direction * 16)
        self.rows_changed()

    def turn_wrap(self) -> None:
        """Wraps long lines, or cuts them off again."""
        self.wrap = not self.wrap
        self._rearrange(self._lay_out_all)

    def next_mode(self) -> str:
        """The other way than it is now, then the one before, then by width again; the one that holds now."""
        first, second = ("unified", "split") if self._wide else ("split", "unified")
        self.mode = {"auto": first, first: second}.get(self.mode, "auto")
        self._rearrange(self._lay_out_all)
        return self.mode


def _key(file: FileChange) -> tuple[str, str]:
    return file.repo_id, file.path


def _empty_reason(file: FileChange) -> str:
    return "" if file.old_path or file.old_mode != file.new_mode else "No line differs"


def _numbers(diff: FileDiff, side: Side) -> list[tuple[int, int]]:
    """Offset and number of the lines that one side has."""
    pairs = ((at, line.new if side is Side.NEW else line.old) for at, line in enumerate(diff.lines))
    return [(at, number) for at, number in pairs if number]


def _towards(diff: FileDiff, page: int, renewal: Renewal) -> int | None:
    """The page to look at next for the line; None when it is in this one, or nowhere else."""
    pages = -(-diff.total // PAGE)
    if not diff.lines and diff.total:
        return pages - 1
    numbers = [number for _, number in _numbers(diff, renewal.side)]
    wanted = page
    if numbers and renewal.line > numbers[-1]:
        wanted = page + 1
    elif numbers and renewal.line < numbers[0]:
        wanted = page - 1
    known = renewal.pages.held()
    return wanted if wanted != page and 0 <= wanted < pages and wanted not in known else None


def _nearest(diff: FileDiff, renewal: Renewal) -> int:
    """The offset of the line, or of the first one behind where it was."""
    numbers = _numbers(diff, renewal.side)
    found = next((at for at, number in numbers if number >= renewal.line), None)
    return found if found is not None else max(0, len(diff.lines) - 1)
