"""What a widget may ask of the app that it is in: its looks, and a place to say something."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from typing import Protocol

from tui.keys.keymap import Keymap
from tui.looks.glyphs import Glyphs
from tui.looks.palette import Palette
from tui.looks.pictures import PictureWay


class Look(Protocol):
    """The part of the app that widgets know."""

    palette: Palette
    glyphs: Glyphs
    keymap: Keymap
    last_key_at: float
    """When a key was last pressed, by `time.monotonic`."""

    @property
    def prefers_popups(self) -> bool:
        """Whether programs open over the interface inside tmux, not in a window."""
        ...

    async def picture_way(self) -> PictureWay:
        """How pictures are drawn; the terminal may be asked for that."""
        ...

    def write_to_terminal(self, sequence: str) -> None:
        """Sends a control sequence of our own."""
        ...

    def opening(self) -> AbstractContextManager[None]:
        """While what a dialog begins with is asked for: keys typed meanwhile wait for it."""
        ...

    def say(self, message: str, *, severity: str = "information") -> None:
        """Shows a short message for a few seconds."""
        ...

    def can_undo(self, told: str, undo: Callable[[], Awaitable[object]], *, quiet: bool = False) -> None:
        """Keeps how to take back what was done, and says both, unless it is plain to see."""
        ...

    async def undo_last(self) -> None:
        """Takes back what was done last."""
        ...
