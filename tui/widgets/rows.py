"""A pane of rows with a cursor, drawn by the line API: the base of every tree, list, log and diff.

One row is one line on the screen. Only rows in sight are ever drawn, and moving the cursor repaints two of
them, so ten rows and ten million cost the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, cast

from rich.style import Style
from textual import events
from textual.binding import BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui.keys.actions import bindings
from tui.text.spans import Line, draw

if TYPE_CHECKING:
    from tui.looks.glyphs import Glyphs
    from tui.looks.look import Look
    from tui.looks.palette import Palette

CACHED_STRIPS = 2000


class RowView(ScrollView, can_focus=True, inherit_bindings=False):
    """Rows with a cursor. Subclasses give `row_count` and `row`, and call `rows_changed`."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("rows")]
    DEFAULT_CSS = """
    RowView {
        height: 1fr; overflow-x: hidden; overflow-y: auto; scrollbar-size: 1 1; scrollbar-gutter: stable;
    }
    """

    cursor_row: reactive[int] = reactive(0, repaint=False)
    shows_cursor = True
    shows_blurred_cursor = True
    """Whether the cursor is seen, paler, while the focus is elsewhere."""

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
        """Enter was pressed on a row, or it was clicked twice."""

        def __init__(self, view: RowView, index: int) -> None:
            super().__init__()
            self.view = view
            self.index = index

        @property
        def control(self) -> RowView:
            return self.view

    reading = False
    """Whether what it shows is still to come: Enter waits for it then."""
    driven = False
    """Whether keys come by way of another widget, so that the cursor is bright without the focus."""

    def __init__(self, *, name: str | None = None, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(name=name, id=id, classes=classes)
        self._strips: dict[tuple[int, int, bool, bool], Strip] = {}
        self._needle = ""
        self._base: Style | None = None
        self._chosen_early = False
        """Whether Enter was pressed while the rows were still to come."""

    # What subclasses say

    def row_count(self) -> int:
        """How many rows there are."""
        return 0

    def row(self, index: int, width: int) -> tuple[Line, Line]:
        """The spans at the left and at the right of a row."""
        raise NotImplementedError

    def row_under(self, index: int) -> str:
        """Token of a row's background, when it has one of its own."""
        return ""

    def row_text(self, index: int) -> str:
        """What finding and copying see of a row."""
        left, right = self.row(index, 10_000)
        return "".join(text for text, _ in (*left, *right))

    def empty_text(self) -> Line:
        """What is shown when there is no row."""
        return ()

    # Look

    @property
    def look(self) -> Look:
        return cast("Look", self.app)

    @property
    def palette(self) -> Palette:
        return self.look.palette

    @property
    def glyphs(self) -> Glyphs:
        return self.look.glyphs

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
        for key in [key for key in self._strips if key[0] == index]:
            del self._strips[key]
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

    # Drawing

    def render_lines(self, crop: Region) -> list[Strip]:
        width = self.region.width
        if any(self.styles.gutter) or crop.column_span != (0, width):
            return super().render_lines(crop)
        # With nothing around the rows, what is drawn around rows need not be asked for line by line.
        lines = [self._line(y, width) for y in crop.line_range]
        background = self.background_colors[1]
        for line_filter in self.get_line_filters():
            lines = [line.apply_filter(line_filter, background) for line in lines]
        return lines

    def _line(self, y: int, width: int) -> Strip:
        """A row with what is below the scroll bar."""
        line = self.render_line(y)
        return line if line.cell_length == width else line.adjust_cell_length(width, self._ground)

    def render_line(self, y: int) -> Strip:
        width = self.scrollable_content_region.width
        index = y + round(self.scroll_y)
        if index >= self.row_count():
            return self._blank(y, index, width)
        focused = self.has_focus or self.driven
        marked = index == self.cursor_row and self.shows_cursor and (focused or self.shows_blurred_cursor)
        key = (index, width, marked, focused)
        strip = self._strips.get(key)
        if strip is None:
            if len(self._strips) > CACHED_STRIPS:
                self._strips.clear()
            strip = self._draw(index, width, marked, focused)
            self._strips[key] = strip = strip.adjust_cell_length(self.content_region.width, self._ground)
        return strip

    def _draw(self, index: int, width: int, marked: bool, focused: bool) -> Strip:
        under = self.row_under(index)
        if marked:
            under = f"{under} {'cursor' if focused else 'cursor-blurred'}"
        left, right = self.row(index, width)
        return draw(
            self.palette, left, right, width=width, base=self._under, under=under, cut=self.glyphs.cut
        )

    @property
    def _ground(self) -> Style:
        """What is behind everything: the background alone."""
        return Style(bgcolor=self._under.bgcolor)

    @property
    def _under(self) -> Style:
        """The widget's own colours; to put them together anew for each row takes longer than the row."""
        if self._base is None:
            self._base = self.rich_style
        return self._base

    def notify_style_update(self) -> None:
        """The widget's own colours are others now."""
        super().notify_style_update()
        self._base = None
        self._strips.clear()

    def _blank(self, y: int, index: int, width: int) -> Strip:
        text = self.empty_text() if index == 0 and not self.row_count() else ()
        return draw(self.palette, text, width=width, base=self._under, cut=self.glyphs.cut)

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
        index = event.y + round(self.scroll_y)
        if index < self.row_count():
            self.move_to(index)
            if event.chain == 2:
                self.action_choose()

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
