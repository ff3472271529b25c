"""A line of the screen: spans at its left and its right."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual.strip import Strip
from textual.widget import Widget

from tui.text.spans import Line, draw

if TYPE_CHECKING:
    from tui.looks.look import Look


class Bar(Widget):
    """One line of spans at the left and the right, repainted only when they change."""

    DEFAULT_CSS = """
    Bar { height: 1; background: $panel; color: $foreground; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._left: Line = ()
        self._right: Line = ()

    def show(self, left: Line, right: Line) -> None:
        """Shows these spans, unless they are shown already."""
        if (left, right) != (self._left, self._right):
            self._left, self._right = left, right
            self.refresh()

    def render_line(self, y: int) -> Strip:
        look = cast("Look", self.app)
        return draw(
            look.palette,
            self._left,
            self._right,
            width=self.size.width,
            base=self.rich_style,
            cut=look.glyphs.cut,
        )
