"""Arranges the panes of the screen, and keeps in the engine how: zoom, widths, what is hidden, the selection.

What the terminal's size has no room for is not asked of it, and never forgotten because of it.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from core.errors import BoatyardError
from tui.home.arrangement import WIDTHS, Arrangement, Remembered, remembered

if TYPE_CHECKING:
    from textual.timer import Timer

    from tui.engine.link import Link
    from tui.home.panes import PaneScreen

KIND, OWNER = "ui_preferences", "layout"
SAVE_SECONDS = 1.0
"""How long nothing changes before it is kept."""
LEAVE_SECONDS = 1.0
"""How long the engine is given for it when the user leaves."""
STEP = 4
"""Cells by which a key makes a pane wider."""
BESIDE_OF = {
    "tree": ("tree",), "session": ("tree", "inspector"), "files": ("file-tree",), "diff": ("diff-files",),
}  # fmt: skip
"""The panes at the side of each view; of those in sight, keys are about the first one."""
SIDES = ("tree", "inspector", "file-tree", "diff-files")


class Arranging:
    """What is remembered of the panes, put into effect."""

    def __init__(self, home: PaneScreen, link: Link) -> None:
        self._home = home
        self._link = link
        self._all = Remembered()
        self._loaded = False
        self._kept: dict[str, object] = {}
        """What the engine has."""
        self._timer: Timer | None = None
        self._size = ""

    # Reading and keeping

    @property
    def loaded(self) -> bool:
        """Whether what the engine has is in effect."""
        return self._loaded

    async def load(self, *, select: bool) -> None:
        """Brings back what the engine has, once; the selection only where the user has chosen nothing yet."""
        if self._loaded:
            return
        try:
            scratch = await self._link.client.scratch(KIND, OWNER)
        except BoatyardError:
            return  # It is asked again with the next connection.
        self._loaded = True
        from tui.home.panes import VIEWS

        self._all = remembered(scratch.payload, VIEWS)
        self._kept = self._all.payload()
        self._size = ""
        self.apply()
        if select and not self._home.touched:
            self._home.bring_back(self._all.selected, self._all.view)

    def note_selection(self, key: str, view: str) -> None:
        """What the user looks at now."""
        if self._loaded and (key, view) != (self._all.selected, self._all.view):
            self._all.selected, self._all.view = key, view
            self._changed()

    def _changed(self) -> None:
        if self._timer is not None:
            self._timer.stop()
        self._timer = self._home.set_timer(SAVE_SECONDS, self._save_soon)

    def _save_soon(self) -> None:
        self._home.run_worker(self.save(), group="layout")

    async def save(self) -> None:
        """Gives the engine what it does not have yet."""
        payload = self._all.payload()
        if not self._loaded or payload == self._kept:
            return
        from core.values.requests import PutScratch

        try:
            await self._link.client.put_scratch(KIND, OWNER, PutScratch(payload=payload))
        except BoatyardError:
            return  # The next change is kept with it.
        self._kept = payload

    async def leave(self) -> None:
        """Keeps what is not kept yet, and holds nobody up for it."""
        try:
            async with asyncio.timeout(LEAVE_SECONDS):
                await self.save()
        except TimeoutError:
            return

    # Arranging

    @property
    def size(self) -> str:
        """The kind of size that the terminal has; empty when there is no room for anything."""
        return next((size for size in ("wide", "medium", "narrow") if self._home.has_class(f"-{size}")), "")

    @property
    def now(self) -> Arrangement:
        """The arrangement for the terminal's size."""
        return self._all.sizes[self.size or "narrow"]

    def follow(self) -> None:
        """The terminal has another size: that size's arrangement is put into effect."""
        if self.size and self.size != self._size:
            self.apply()

    def apply(self) -> None:
        """Puts the arrangement for this size into effect."""
        self._size = size = self.size
        if not size:
            return
        now, home = self.now, self._home
        # Where one pane fits, Escape would unzoom what is the whole screen anyway.
        home.zoomed = now.zoomed and size in WIDTHS
        home.set_class(home.zoomed, "-zoom")
        for pane in ("tree", "inspector"):
            home.set_class(pane in now.hidden, f"-no-{pane}")
        own = now.widths if size in WIDTHS else {}
        for pane in SIDES:
            widget = home.query_one(f"#{pane}")
            if pane in own and not (pane == "tree" and home.zoomed):
                widget.styles.width = min(own[pane], max(1, home.size.width - 10))
            else:
                widget.styles.clear_rule("width")
                widget.refresh(layout=True)
        home.call_after_refresh(home.settle)

    def zoom(self, zoomed: bool) -> None:
        """Gives the pane in hand the whole screen, or shows the others again."""
        self.now.zoomed = zoomed
        self.apply()
        self._changed()

    @property
    def sides(self) -> list[str]:
        """The panes in sight whose width can be changed."""
        home = self._home
        resizable = self.size in WIDTHS and not home.zoomed
        return [pane for pane in SIDES if resizable and home.query_one(f"#{pane}").is_on_screen]

    def grow(self, direction: int) -> str:
        """Makes the pane in hand wider or narrower; why that cannot be, for people."""
        home, sides = self._home, self.sides
        pane = next((each for each in BESIDE_OF.get(home.view, ()) if each in sides), "")
        if not pane:
            return "there is nothing beside it"
        inside = home.focused is not None and any(
            node.id == pane for node in home.focused.ancestors_with_self
        )
        self._resize(pane, STEP * (direction if inside else -direction))
        return ""

    def set_width(self, pane: str, cells: int) -> None:
        """Gives a pane at the side so many cells, as far as there is room for them."""
        self._resize(pane, cells - self.now.width(self.size, pane))

    def _resize(self, pane: str, cells: int) -> None:
        home, now = self._home, self.now
        others = (home.query_one(f"#{each}").outer_size.width for each in self.sides if each != pane)
        before = now.width(self.size, pane)
        now.resize(self.size, pane, cells, home.size.width - sum(others))
        if now.width(self.size, pane) != before:
            self.apply()
            self._changed()

    def hide(self, pane: str) -> None:
        """Hides a pane at the side, or shows it again."""
        hidden = self.now.hidden
        hidden.remove(pane) if pane in hidden else hidden.append(pane)
        self.apply()
        self._changed()

    def reset(self) -> None:
        """All panes of this size as they are at first."""
        self._all.sizes[self.size or "narrow"] = Arrangement()
        self.apply()
        self._changed()
