"""The lines of one file's diff, of which some pages are held: how they become rows, and how those look."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.timer import Timer

from core.values.comments import ReviewComment, Side
from core.values.review import DiffLine, LineKind
from tui.comments.rows import comment_text
from tui.diff.head import facts_of, title_of, why_folded
from tui.diff.layout import Layout, Row, Shape, lay_out
from tui.diff.paint import UNDER, Pen
from tui.text.spans import Line
from tui.text.visible import visible
from tui.widgets.pages import Pages
from tui.widgets.ranges import RangeRows
from tui.widgets.wide_rows import WideRows

if TYPE_CHECKING:
    from core.values.review import FileChange, FileDiff

INDENT = "   "
"""Before what is said of a file."""
PAGE = 500
MOST_PAGES = 20
AHEAD = 200
"""Lines before and behind those in sight that are read already, so that no page down waits for its lines."""
AHEAD_SECONDS = 0.05
"""After a scroll until what is not yet in sight is asked for: taking it in would keep the paint waiting."""
SPLIT_FROM = 116
"""Cells of the view from which on both sides are shown, unless one chose: a screen of 160 with its list."""


class DiffLines(RangeRows, WideRows):
    """Old and new line numbers, sign, code; changed words stand out; comments are under their lines."""

    class Wants(Message):
        """A window of the diff is needed."""

        def __init__(self, file: FileChange, page: int, context: int, number: int) -> None:
            super().__init__()
            self.file = file
            self.page = page
            self.context = context
            self.number = number
            """Of the reading: windows of an earlier one come too late."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.file: FileChange | None = None
        self.path_of: Callable[[FileChange], str] = lambda file: file.path
        """What a file is called for people."""
        self.context_lines = 3
        self.mode = "auto"
        self.wrap = False
        self.folded = False
        self.comments: tuple[ReviewComment, ...] = ()
        """Those of the file."""
        self._pages: Pages[DiffLine] = Pages(PAGE, MOST_PAGES)
        self._layout = Layout(PAGE)
        self._colours: dict[int, Sequence[Line | None]] = {}
        self._hunks: dict[int, list[int]] = {}
        """Where hunks begin, by page; of the pages that are here."""
        self._head: list[Row | Line] = []
        self._note = ""
        self._digits = 3
        self._number = 0
        self._lit = False
        self._splitting = False
        self._ahead: Timer | None = None

    # Holding

    def _hold_nothing(self) -> None:
        self._pages = Pages(PAGE, MOST_PAGES)
        self._layout = Layout(PAGE)
        self._colours, self._hunks = {}, {}

    def _want(self, file: FileChange, page: int) -> None:
        self.post_message(self.Wants(file, page, self.context_lines, self._number))

    def _put(self, page: int, diff: FileDiff, rows: list[Row] | None = None) -> None:
        """Takes in a page; `rows`: how it is laid out, where that is known."""
        self._pages.put(page, diff.lines, diff.total)
        self._layout.tell_lines(diff.total)
        digits = len(str(_largest_number(diff.lines)))
        if digits > self._digits:
            self._digits = digits
            self._lay_out_all()
            rows = None
        self._lay_out(page, rows)
        held = self._pages.held()
        self._layout.keep_only(held)
        self._hunks = {number: hunks for number, hunks in self._hunks.items() if number in held}
        self._make_head()

    def _put_unseen(self, page: int, diff: FileDiff) -> bool:
        """Takes in a page where nothing that is on the screen changes by that; False where it would."""
        known = bool(self._pages.total) and diff.total == self._pages.total
        rows = self._rows_of(diff.lines) if known and not self._shows(page) else None
        if rows is None or len(rows) != self._layout.count(page):
            return False
        digits = self._digits
        self._put(page, diff, rows)
        self._strips.clear()
        return digits == self._digits

    def _in_sight(self) -> range:
        """The lines that the screen shows."""
        top = round(self.scroll_y) - len(self._head)
        first = self._layout.line_at(max(0, top))
        return range(first, self._layout.line_at(max(0, top + self.size.height)) + 1)

    def _shows(self, page: int) -> bool:
        """Whether a line of a page is in sight."""
        seen = self._in_sight()
        return page * PAGE < seen.stop and seen.start < (page + 1) * PAGE

    def _read_around(self, beyond: int = 0) -> None:
        """Asks for the lines in sight that are not here, and so many beyond them; soon for those ahead."""
        if self.file is None or not self._pages.total:
            return
        seen = self._in_sight()
        for page in self._pages.missing(seen.start - beyond, seen.stop + beyond):
            self._want(self.file, page)
        if self._ahead is None and self._pages.lacks(seen.start - AHEAD, seen.stop + AHEAD):
            self._ahead = self.set_timer(AHEAD_SECONDS, self._read_ahead)

    def _read_ahead(self) -> None:
        self._ahead = None
        self._read_around(AHEAD)

    # Laying out

    @property
    def split(self) -> bool:
        """Whether both sides are shown side by side."""
        return self._is_split(self.scrollable_content_region.width)

    def _is_split(self, width: int) -> bool:
        return self.mode == "split" or (self.mode == "auto" and width >= SPLIT_FROM)

    def _pen(self, width: int) -> Pen:
        """What rows of that many cells are painted with."""
        return Pen(self.glyphs, width, self._is_split(width), self.wrap, self._digits, self._across)

    def _lay_out_all(self) -> None:
        for page in self._pages.held():
            self._lay_out(page)
        self._make_head()

    def _lay_out(self, page: int, rows: list[Row] | None = None) -> None:
        lines = self._pages.page(page) or ()
        self._layout.put(page, self._rows_of(lines) if rows is None else rows)
        self._hunks[page] = [at for at, line in enumerate(lines) if line.kind is LineKind.HUNK]

    def _rows_of(self, lines: Sequence[DiffLine]) -> list[Row]:
        pen = self._pen(self.scrollable_content_region.width)
        places: dict[tuple[Side, int], list[ReviewComment]] = {}
        for each in self.comments:
            if each.first and not each.outdated:
                places.setdefault((each.side, max(each.first, each.last)), []).append(each)
        pieces = pen.pieces if pen.wrap else None
        shape = Shape(pen.split, pieces, places, lambda each: comment_text(each, pen.width - 24))
        return lay_out(lines, shape)

    def _head_changed(self) -> None:
        self._make_head()
        self.rows_changed()

    def _make_head(self) -> None:
        file = self.file
        if file is None:
            self._head = []
            return
        room = self.scrollable_content_region.width or 80
        facts = facts_of(file, self.glyphs, room - len(INDENT))
        title = title_of(file, self.path_of(file), self.glyphs, room)
        self._head = [title, *(((f"{INDENT}{fact}", "dim"),) for fact in facts)]
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

    # Rows

    def row_count(self) -> int:
        return len(self._head) + self._layout.total

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self._read_around()  # before the paint, which would keep the request waiting

    def render_lines(self, crop: Region) -> list[Strip]:
        self._read_around()
        return super().render_lines(crop)

    def row(self, index: int, width: int) -> tuple[Line, Line]:
        pen = self._pen(width)
        if index < len(self._head):
            each = self._head[index]
            return (pen.row(each, (), (), False) if isinstance(each, Row) else each), ()
        page, row = self._layout.at(index - len(self._head))
        lines = self._pages.page(page)
        if row is None or lines is None:
            return ((f" {self.glyphs.cut}", "dim"),), ()
        return pen.row(row, lines, self._colours.get(page, ()), self._lit), ()

    def _draw(self, index: int, width: int, marked: bool, focused: bool) -> Strip:
        self._lit = marked or bool(super().row_under(index))
        self._splitting = self._is_split(width)
        return super()._draw(index, width, marked, focused)

    def row_under(self, index: int) -> str:
        marked = super().row_under(index)
        line = self.line_at(index) if not self._splitting else None
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

    def row_text(self, index: int) -> str:
        row = self._row(index)
        if row is not None and row.comment is not None:
            return row.said
        if index < len(self._head):
            each = self._head[index]
            return "".join(text for text, _ in each).strip() if not isinstance(each, Row) else ""
        line = self.line_at(index)
        return line.text if line else ""

    def room(self) -> int:
        return self._pen(self.scrollable_content_region.width).code_width

    def wide_texts(self, rows: range) -> Iterable[str]:
        if self.wrap:
            return
        for index in rows:
            row = self._row(index)
            page = self._layout.at(index - len(self._head))[0]
            if index >= len(self._head) and row is not None and row.comment is None:
                held = (self._pages.get(page * PAGE + at) for at in (row.left, row.right) if at is not None)
                yield from (visible(line.text) for line in held if line is not None)

    def empty_text(self) -> Line:
        return ((f" {self._note}", "dim"),)


def _largest_number(lines: Sequence[DiffLine]) -> int:
    """The largest number of a line; they ascend on either side."""
    last_old = next((line.old for line in reversed(lines) if line.old), 0)
    last_new = next((line.new for line in reversed(lines) if line.new), 0)
    return max(last_old, last_new)
