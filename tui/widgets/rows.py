"""A pane of rows with a cursor, drawn by the line API: the base of every tree, list, log and diff.

One row is one line on the screen. Only rows in sight are ever drawn, and moving the cursor repaints two of
them, so ten rows and ten million cost the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.geometry import Size
from textual.message import Message

from tui.keys.actions import bindings
from tui.widgets.painted_rows import PaintedRows


class RowView(PaintedRows, can_focus=True, inherit_bindings=False):
    """Rows with a cursor. Subclasses give `row_count` and `row`, and call `rows_changed`."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("rows")]
    DEFAULT_CSS = """
    RowView {
        height: 1fr; overflow-x: hidden; overflow-y: auto; scrollbar-size: 1 1; scrollbar-gutter: stable;
    }
    """

    class Highlighted(Message):
        """The cursor is on another row."""

        def __init__(self, view: RowView, index: int) -> None:
            super().__init__()
            self.view = view
            self.index = index

        @property
        def control(self) -> RowView:
            return self.view

    class Chosen(Message):
        """Enter was pressed on a row, or it was clicked as often as that takes."""

        def __init__(self, view: RowView, index: int) -> None:
            super().__init__()
            self.view = view
            self.index = index

        @property
        def control(self) -> RowView:
            return self.view

    chosen_by_clicks = 2
    """How many clicks on a row choose it; 1 where choosing is all that one can do with it."""

    reading = False
    """Whether what it shows is still to come: Enter waits for it then."""

    def __init__(self, *, name: str | None = None, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(name=name, id=id, classes=classes)
        self._needle = ""
        self._chosen_early = False
        """Whether Enter was pressed while the rows were still to come."""

    # Change

    def rows_changed(self) -> None:
        """The rows are others now: draws all that are in sight."""
        self._strips.clear()
        self._base = None
        count = self.row_count()
        size = Size(self.scrollable_content_region.width, count)
        if size != self.virtual_size:
            self._set_virtual_size(size)
        if self.cursor_row >= count:
            self.cursor_row = max(0, count - 1)
        self.refresh()
        if self._chosen_early and not self.reading:
            self._chosen_early = False
            self.call_after_refresh(self.action_choose)

    def _set_virtual_size(self, size: Size) -> None:
        """Another number of rows: the whole screen is laid out anew only where that changes a place on it."""
        room, old = self.container_size.height, self.virtual_size
        scrolled = size.height > room
        if (
            self.styles.is_auto_height
            or size.width != old.width
            or not room
            or scrolled != (old.height > room)
        ):
            self.virtual_size = size
            return
        self.set_reactive(RowView.virtual_size, size)
        if not scrolled:
            return
        self.vertical_scrollbar.window_virtual_size = size.height
        self.scroll_y = self.scroll_y  # no further down than there are rows

    def row_changed(self, index: int) -> None:
        """One row looks different now."""
        self._strips.pop((index, True), None)
        self._strips.pop((index, False), None)
        self.refresh_line(index)

    def move_to(self, index: int) -> None:
        """Puts the cursor on a row, as near as there is one, and scrolls it into sight."""
        self.cursor_row = max(0, min(index, self.row_count() - 1))
        self._scroll_to_cursor()

    @property
    def at_end(self) -> bool:
        """Whether the cursor is on the last row, so that what comes is followed."""
        return self.cursor_row >= self.row_count() - 1

    def watch_cursor_row(self, old: int, new: int) -> None:
        if not self.is_mounted:
            return
        self.refresh_line(old)
        self.refresh_line(new)
        self.post_message(self.Highlighted(self, new))

    def _scroll_to_cursor(self) -> None:
        height = self.scrollable_content_region.height
        top = round(self.scroll_y)
        if not height:
            return  # not laid out yet: the first resize comes back to it
        if self.cursor_row < top:
            self.scroll_to(y=self.cursor_row, animate=False, force=True)
        elif self.cursor_row >= top + height:
            self.scroll_to(y=self.cursor_row - height + 1, animate=False, force=True)

    def on_resize(self, event: events.Resize) -> None:
        self.rows_changed()
        self._scroll_to_cursor()

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self._chosen_early = False
        self.refresh()

    # Keys and mouse

    def action_cursor(self, step: int) -> None:
        self.move_to(self.cursor_row + step)

    def action_top(self) -> None:
        self.move_to(0)

    def action_bottom(self) -> None:
        self.move_to(self.row_count() - 1)

    def action_half(self, direction: int) -> None:
        self._turn(direction * max(1, self.size.height // 2))

    def action_page(self, direction: int) -> None:
        self._turn(direction * max(1, self.size.height - 1))

    def _turn(self, rows: int) -> None:
        """Scrolls, and the cursor with it, so that it stays where it is on the screen while there is more."""
        most = max(0, self.row_count() - self.scrollable_content_region.height)
        self.cursor_row = max(0, min(self.cursor_row + rows, self.row_count() - 1))
        self.scroll_to(y=max(0, min(round(self.scroll_y) + rows, most)), animate=False, force=True)
        self._scroll_to_cursor()

    def action_choose(self) -> None:
        if self.row_count():
            self.post_message(self.Chosen(self, self.cursor_row))
        else:
            self._chosen_early = self.reading

    def on_click(self, event: events.Click) -> None:
        place = event.get_content_offset(self)  # None: on a border
        if place is None or (index := place.y + round(self.scroll_y)) >= self.row_count():
            return
        self.move_to(index)
        if not self.clicked(index, place.x) and event.chain == self.chosen_by_clicks:
            self.action_choose()

    def clicked(self, index: int, column: int) -> bool:
        """Whether a click on a row, which the cursor is on now, meant a sign in it, and that is done."""
        return False

    def is_fold_sign(self, index: int, column: int) -> bool:
        """Whether a column is on, or beside, a sign of folding with which a row begins."""
        left, _ = self.row(index, self.scrollable_content_region.width)
        text = "".join(span[0] for span in left)
        begin = len(text) - len(text.lstrip())
        return text[begin : begin + 1] in (self.glyphs.folded, self.glyphs.open) and abs(column - begin) <= 1

    # Finding

    def find(self, needle: str) -> bool:
        """Moves to the first row from the cursor on that holds `needle`, whatever its case."""
        self._needle = needle.casefold()
        return self._search(range(self.row_count()))

    def action_find(self, direction: int) -> None:
        if self._needle and not self._search(range(1, self.row_count() + 1), direction):
            self.look.say(f"no row with {self._needle!r}")

    @property
    def finding(self) -> bool:
        """Whether a find is under way, so that `n` means the next match."""
        return bool(self._needle)

    def end_find(self) -> None:
        """Forgets what was looked for."""
        self._needle = ""

    def _search(self, steps: range, direction: int = 1) -> bool:
        count = self.row_count()
        for step in steps:
            index = (self.cursor_row + direction * step) % max(1, count)
            if self._needle in self.row_text(index).casefold():
                self.move_to(index)
                return True
        return False


def rows_of(view: RowView) -> Iterator[str]:
    """The text of every row, for tests and copying."""
    return (view.row_text(index) for index in range(view.row_count()))
