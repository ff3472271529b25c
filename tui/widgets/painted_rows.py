"""Rows as they are painted: what is in sight is drawn once, kept as it goes to the screen, and put there.

A page down draws a screen of rows, and nothing may stand between the key and its paint: what is the same for
all rows of a paint is found once, and each row is one strip from its drawing to its being written.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from rich.segment import Segment
from rich.style import Style
from textual.color import TRANSPARENT, Color
from textual.filter import LineFilter
from textual.geometry import Region
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui.text.inline import wrap_words
from tui.text.row_strip import RowStrip
from tui.text.spans import Line, draw, width_of
from tui.widgets.scroll_bar import RowScrollBar

if TYPE_CHECKING:
    from tui.looks.glyphs import Glyphs
    from tui.looks.look import Look
    from tui.looks.palette import Palette

CACHED_STRIPS = 2000


@dataclass(frozen=True)
class Paint:
    """What all rows of one paint have in common."""

    room: int
    """Cells of a row, without what is below the scroll bar."""
    width: int
    """Cells with that."""
    focused: bool
    filters: Sequence[LineFilter] = ()
    """What each row goes through before it is shown."""
    background: Color = TRANSPARENT


class PaintedRows(ScrollView, can_focus=True, inherit_bindings=False):
    """Rows of which one may be marked as the one at the cursor."""

    cursor_row: reactive[int] = reactive(0, repaint=False)
    shows_cursor = True
    shows_blurred_cursor = True
    """Whether the cursor is seen, paler, while the focus is elsewhere."""
    driven = False
    """Whether keys come by way of another widget, so that the cursor is bright without the focus."""

    def __init__(self, *, name: str | None = None, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(name=name, id=id, classes=classes)
        self._strips: dict[tuple[int, bool], Strip] = {}
        """Of rows, by their index and whether the cursor is on them; all of them painted as `_paint` says."""
        self._paint: Paint | None = None
        self._base: Style | None = None

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

    @property
    def vertical_scrollbar(self) -> RowScrollBar:
        """The scroll bar; made when it is first asked for."""
        bar = self._vertical_scrollbar
        if not isinstance(bar, RowScrollBar):
            self._vertical_scrollbar = bar = RowScrollBar(self.scrollbar_size_vertical)
            bar.display = False
            self.app._start_widget(self, bar)
        return bar

    def notify_style_update(self) -> None:
        """The widget's own colours are others now."""
        super().notify_style_update()
        self._base = None
        self._strips.clear()

    # Painting

    def render_lines(self, crop: Region) -> list[Strip]:
        width = self.region.width
        if any(self.styles.gutter) or crop.column_span != (0, width):
            return super().render_lines(crop)
        # With nothing around the rows, what is drawn around rows need not be asked for line by line.
        room, focused = self.scrollable_content_region.width, self._has_keys
        paint = Paint(room, width, focused, self.get_line_filters(), self.background_colors[1])
        return self._rows_on(crop.line_range, paint)

    def render_line(self, y: int) -> Strip:
        room, width = self.scrollable_content_region.width, self.content_region.width
        return self._rows_on([y], Paint(room, width, self._has_keys))[0]

    @property
    def _has_keys(self) -> bool:
        return self.has_focus or self.driven

    def _rows_on(self, lines: Iterable[int], paint: Paint) -> list[Strip]:
        """What stands on lines of the view."""
        if paint != self._paint or len(self._strips) > CACHED_STRIPS:
            self._strips.clear()
            self._paint = paint
        top, count = round(self.scroll_y), self.row_count()
        shown = self.shows_cursor and (paint.focused or self.shows_blurred_cursor)
        cursor = self.cursor_row if shown else -1
        strips: list[Strip] = []
        for y in lines:
            index = top + y
            if index >= count:
                strips.append(self._finish(self._blank(y, index, paint.room), paint))
                continue
            key = (index, index == cursor)
            strip = self._strips.get(key)
            if strip is None:
                drawn = self._draw(index, paint.room, key[1], paint.focused)
                self._strips[key] = strip = self._finish(drawn, paint)
            strips.append(strip)
        return strips

    def _finish(self, strip: Strip, paint: Paint) -> Strip:
        """A row as wide as it has to be, and as the filters let it through."""
        segments = strip.adjust_cell_length(paint.room)._segments
        if paint.width > paint.room:
            ground = Style(bgcolor=self._under.bgcolor)  # what is behind everything: the background alone
            segments = [*segments, Segment(" " * (paint.width - paint.room), ground)]
        for line_filter in paint.filters:
            segments = line_filter.apply(segments, paint.background)
        return RowStrip(segments, paint.width)

    def _draw(self, index: int, width: int, marked: bool, focused: bool) -> Strip:
        under = self.row_under(index)
        if marked:
            under = f"{under} {'cursor' if focused else 'cursor-blurred'}"
        left, right = self.row(index, width)
        return draw(
            self.palette, left, right, width=width, base=self._under, under=under, cut=self.glyphs.cut
        )

    @property
    def _under(self) -> Style:
        """The widget's own colours; to put them together anew for each row takes longer than the row."""
        if self._base is None:
            self._base = self.rich_style
        return self._base

    def _blank(self, y: int, index: int, width: int) -> Strip:
        """A line without a row: of what is said when there is none, else nothing."""
        lines = self._told(width) if not self.row_count() else []
        text = lines[index] if index < len(lines) else ()
        return draw(self.palette, text, width=width, base=self._under, cut=self.glyphs.cut)

    def _told(self, width: int) -> list[Line]:
        text = self.empty_text()
        if width_of(text) <= width:
            return [text]
        (first, token), *rest = text
        room = max(width - 2, 8)
        return [((" ", token), *line) for line in wrap_words(((first.lstrip(), token), *rest), room)]
