"""What is known of a picture, and below it the picture itself, in place of a file's lines."""

from __future__ import annotations

import itertools
import os
from typing import TYPE_CHECKING

from textual.strip import Strip

from tui.files import picture_strips as kitty
from tui.terminal import sixels

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.config import PictureStyle
    from core.values.review import SmallPicture
    from tui.looks.pictures import PictureWay

_NUMBERS = itertools.count((os.getpid() & 0xFFFF) << 8 | 1)
"""Other programs on the terminal have pictures, too."""


def style_of(wanted: PictureStyle, *, colours: bool, blocks: bool) -> str:
    """`kitty`, `sixel`, `blocks` or `none`; in place of blocks, Sixel may do as well where nothing is wanted.

    Args:
        wanted: As the settings say.
        colours: Whether there are colours at all.
        blocks: Whether the terminal has signs beside ASCII.
    """
    if wanted == "auto":
        return "kitty" if kitty.kitty_is_there() else "blocks" if colours and blocks else "none"
    return wanted.value


class Drawn:
    """A picture on the terminal."""

    def __init__(self, picture: SmallPicture, way: PictureWay, write: Callable[[str], None]) -> None:
        """
        Args:
            picture: Already as small as it is to be.
            way: How it is drawn.
            write: Sends a sequence to the terminal.
        """
        self._drawn = picture, way
        self._write = write
        self._outdated = False
        self._taken_back = ""
        self.strips: list[Strip] = []
        number = next(_NUMBERS) & 0xFFFFFF
        if way.style == "kitty":
            write(kitty.handed_over(picture, number))
            self.strips, self._taken_back = kitty.in_placeholders(picture, number), kitty.taken_back(number)
        elif picture.sixel:
            write(sixels.handed_over(number, picture.width, picture.height // 2, picture.sixel))
            self.strips = sixels.cells(number, picture.width, picture.pixels)
            self._taken_back = sixels.taken_back(number)
        else:
            self.strips = kitty.in_blocks(picture)

    def is_of(self, picture: SmallPicture, way: PictureWay) -> bool:
        """Whether it would be drawn as it is drawn already."""
        return not self._outdated and self._drawn == (picture, way)

    def outdate(self) -> None:
        """The terminal may have another size now: it is to be drawn anew, though it be the same."""
        self._outdated = True

    def forget(self) -> None:
        """The terminal need not keep it any longer."""
        if self._taken_back:
            self._write(self._taken_back)
