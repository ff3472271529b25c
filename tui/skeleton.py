"""What is on the screen first: the frame that the panes will fill, drawn by one widget.

The panes take a tenth of a second to import and lay out. Nobody should look at an empty terminal for that
long, so this is painted at once and looks like what comes after it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from tui.text.spans import Line, draw

if TYPE_CHECKING:
    from tui.looks.look import Look

MEDIUM, WIDE = 100, 160
TREE_WIDTH, WIDE_TREE_WIDTH, INSPECTOR_WIDTH = 36, 44, 52


class Frame(Widget):
    """Header, the borders of the panes, footer."""

    DEFAULT_CSS = """
    Frame { width: 100%; height: 100%; background: $background; }
    """

    def render_line(self, y: int) -> Strip:
        width, height = self.size
        look = cast("Look", self.app)
        left: Line = ()
        right: Line = ()
        under = ""
        if y == 0:
            left, right, under = ((" Boatyard", "brand"),), (("engine starting ", "dim"),), "bar"
        elif y == height - 1:
            under = "bar"
        elif width >= MEDIUM:
            left = ((self._borders(y - 1, width, height - 2), "rule"),)
        return draw(look.palette, left, right, width=width, base=self.rich_style, under=under)

    @staticmethod
    def _borders(y: int, width: int, height: int) -> str:
        tree = WIDE_TREE_WIDTH if width >= WIDE else TREE_WIDTH
        panes = [tree, width - tree]
        if width >= WIDE:
            panes = [tree, width - tree - INSPECTOR_WIDTH, INSPECTOR_WIDTH]
        first, middle, last = "│", " ", "│"
        if y in (0, height - 1):
            first, middle, last = ("╭", "─", "╮") if y == 0 else ("╰", "─", "╯")
        return "".join(first + middle * (pane - 2) + last for pane in panes)


class Skeleton(Screen[None], inherit_bindings=False):
    """Only the frame."""

    BINDINGS: ClassVar[list[BindingType]] = []

    def compose(self) -> ComposeResult:
        yield Frame()
