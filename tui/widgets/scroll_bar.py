"""The scroll bar of rows: each of its lines is one of a few that are kept.

Textual makes all lines of a bar anew whenever it moves, and each goes through all that a line of text goes
through: that was a fifth of the time of a page down. A bar has five kinds of lines at a time: what is behind
it above and below, the thumb, and the two ends of the thumb.
"""

from __future__ import annotations

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.scrollbar import ScrollBar, ScrollBarRender
from textual.strip import Strip

MOST_KINDS = 200
_NO_STYLE = Style()


class RowScrollBar(ScrollBar):
    """A vertical bar, one cell wide or more."""

    def __init__(self, thickness: int) -> None:
        super().__init__(vertical=True, name="vertical", thickness=thickness)
        self._kinds: dict[tuple[str, Style, Style], Strip] = {}

    def render_lines(self, crop: Region) -> list[Strip]:
        bar = self.render()
        if crop.column_span != (0, self.thickness) or not isinstance(bar, ScrollBarRender):
            return super().render_lines(crop)
        base, background = self.rich_style, self.background_colors[1]
        filters = self.get_line_filters()
        drawn: dict[int, Strip] = {}
        lines: list[Strip] = []
        for segment in _segments(bar, self.size.height)[crop.y : crop.bottom]:
            strip = drawn.get(id(segment))
            if strip is None:
                strip = self._kind(segment, base)
                for line_filter in filters:
                    strip = strip.apply_filter(line_filter, background)
                drawn[id(segment)] = strip
            lines.append(strip)
        return lines

    def _kind(self, segment: Segment, base: Style) -> Strip:
        """A line of the bar; the same for all that look the same."""
        style = segment.style or _NO_STYLE
        strip = self._kinds.get((segment.text, style, base))
        if strip is None:
            if len(self._kinds) >= MOST_KINDS:
                self._kinds.clear()
            strip = Strip([Segment(segment.text, base + style)], self.thickness)
            self._kinds[segment.text, style, base] = strip
        return strip


def _segments(bar: ScrollBarRender, height: int) -> list[Segment]:
    """What stands on each line; where lines are alike the same object."""
    style = Style.parse(bar.style) if isinstance(bar.style, str) else bar.style
    return bar.render_bar(
        size=height, virtual_size=bar.virtual_size, window_size=bar.window_size, position=bar.position,
        thickness=bar.thickness, vertical=True,
        back_color=style.bgcolor or Color.default(), bar_color=style.color or Color.default(),
    ).segments  # fmt: skip
