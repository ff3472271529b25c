"""The lines between the panes, which the mouse moves as the keys do."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual import events
    from textual.geometry import Region

    from tui.home.panes import PaneScreen

LEFT_BUTTON = 1
BORDERED = ("tree", "inspector")
"""Panes beside which the other one has a border of its own, which belongs to the line."""


def _columns(pane: str, region: Region) -> range:
    """The columns of the line between a pane at the side and what is beside it."""
    if pane == "inspector":
        return range(region.x - 1, region.x + 1)
    return range(region.right - 1, region.right + (pane in BORDERED))


class Dividers:
    """Which of them is held, and where."""

    def __init__(self, home: PaneScreen) -> None:
        self._home = home
        self._held = ""
        """The pane at the side whose line is held; empty: none is."""
        self._grip = 0
        """From the pane's edge to where it was taken."""

    def take(self, event: events.MouseDown) -> None:
        """Takes hold of the line under the mouse, if there is one: at once, for in a burst of events those
        that follow would else go to what is under them."""
        self._held = ""
        if event.button != LEFT_BUTTON or not self._home.is_current:
            return
        for pane in self._home.arranging.sides:
            region = self._home.query_one(f"#{pane}").region
            if event.screen_x in _columns(pane, region) and region.y <= event.screen_y < region.bottom:
                self._held = pane
                self._grip = event.screen_x - self._edge(region)
                self._home.capture_mouse()
                return

    def _edge(self, region: Region) -> int:
        return region.x if self._held == "inspector" else region.right

    def move(self, event: events.MouseMove) -> None:
        """The line follows the mouse while its button is down."""
        if not self._held:
            return
        if event.button != LEFT_BUTTON or self._held not in self._home.arranging.sides:
            self.leave()  # It was let go where nobody told of it.
            return
        region = self._home.query_one(f"#{self._held}").region
        further = event.screen_x - self._grip - self._edge(region)
        cells = region.width + (-further if self._held == "inspector" else further)
        self._home.arranging.set_width(self._held, cells)

    def leave(self) -> None:
        """Lets go of it."""
        if self._held:
            self._held = ""
            self._home.release_mouse()
