"""What is known of a picture, and below it the picture itself, in place of a file's lines."""

from __future__ import annotations

import itertools
import os
from typing import TYPE_CHECKING

from textual.strip import Strip

from tui.files.picture_strips import handed_over, in_blocks, in_placeholders, kitty_is_there, taken_back

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.config import PictureStyle
    from core.values.review import SmallPicture

_NUMBERS = itertools.count((os.getpid() & 0xFFFF) << 8 | 1)
"""Other programs on the terminal have pictures, too."""


def style_of(wanted: PictureStyle, *, colours: bool, blocks: bool) -> str:
    """`kitty`, `blocks` or `none`.

    Args:
        wanted: As the settings say.
        colours: Whether there are colours at all.
        blocks: Whether the terminal has signs beside ASCII.
    """
    if wanted == "auto":
        return "kitty" if kitty_is_there() else "blocks" if colours and blocks else "none"
    return wanted.value


class Drawn:
    """A picture on the terminal."""

    def __init__(self, picture: SmallPicture, style: str, write: Callable[[str], None]) -> None:
        """
        Args:
            picture: Already as small as it is to be.
            style: `kitty` or `blocks`.
            write: Sends a sequence to the terminal.
        """
        self._write = write
        self._number = next(_NUMBERS) & 0xFFFFFF if style == "kitty" else 0
        if self._number:
            write(handed_over(picture, self._number))
        self.strips: list[Strip] = (
            in_placeholders(picture, self._number) if self._number else in_blocks(picture)
        )

    def forget(self) -> None:
        """The terminal need not keep it any longer."""
        if self._number:
            self._write(taken_back(self._number))
