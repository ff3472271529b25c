"""A small picture as strips of cells: two pixels a cell in half blocks, or kitty's Unicode placeholders.

Both are text, so that scrolling, dialogs and other panes are no concern of the picture's. In kitty's way
(its graphics protocol, "Unicode placeholders") the terminal is given the pixels once, and draws them where
cells of a certain character have the picture's number as their colour; the mark on the first cell of a row
says which row it is.
"""

from __future__ import annotations

import base64
import os
import zlib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

if TYPE_CHECKING:
    from core.values.review import SmallPicture
    from tui.looks.pictures import PictureWay

PLACEHOLDER = "\U0010eeee"
ROW_MARKS = (
    "\u0305\u030d\u030e\u0310\u0312\u033d\u033e\u033f\u0346\u034a\u034b\u034c\u0350\u0351\u0352\u0357\u035b"
    "\u0363\u0364\u0365\u0366\u0367\u0368\u0369\u036a\u036b\u036c\u036d\u036e\u036f\u0483\u0484\u0485\u0486"
    "\u0487\u0592\u0593\u0594\u0595\u0597\u0598\u0599\u059c\u059d\u059e\u059f\u05a0\u05a1\u05a8\u05a9"
)
"""The protocol's marks for rows and columns 0, 1, 2 and so on."""
CHUNK = 4096
"""Characters of pixels that one escape sequence may have."""
CELL = (8, 16)
"""Pixels that a cell is taken to have; the terminal scales to its own."""
BLOCK = "▀"


def kitty_is_there(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether the terminal is one that is known to draw placeholders; not through tmux, which drops them."""
    if environment.get("TMUX"):
        return False
    known = environment.get("KITTY_WINDOW_ID") or environment.get("TERM", "").startswith("xterm-kitty")
    return bool(known) or environment.get("TERM_PROGRAM", "") == "ghostty"


def pixels_wanted(columns: int, rows: int, way: PictureWay) -> tuple[int, int]:
    """Width and height in pixels of what fits into so many cells."""
    if way.sixel is not None:
        return columns * way.sixel.cell_width, rows * way.sixel.cell_height
    if way.style == "kitty":
        return columns * CELL[0], min(rows, len(ROW_MARKS)) * CELL[1]
    return columns, rows * 2


def in_blocks(picture: SmallPicture) -> list[Strip]:
    """Each row of cells is two rows of pixels: the upper one is the sign, the lower one its background."""
    wide = picture.width * 3
    rows = [picture.pixels[at : at + wide] for at in range(0, len(picture.pixels), wide)]
    return [
        Strip(list(_cells(rows[at], rows[at + 1] if at + 1 < len(rows) else None)), picture.width)
        for at in range(0, len(rows), 2)
    ]


def _cells(upper: bytes, lower: bytes | None) -> Iterator[Segment]:
    """Cells of one look are one segment."""
    run, last = 0, None
    for at in range(0, len(upper), 3):
        look = upper[at : at + 3], lower[at : at + 3] if lower is not None else None
        if look != last and last is not None:
            yield Segment(BLOCK * run, _style(*last))
            run = 0
        last = look
        run += 1
    if last is not None:
        yield Segment(BLOCK * run, _style(*last))


def _style(upper: bytes, lower: bytes | None) -> Style:
    ground = Color.from_rgb(*lower) if lower is not None else None
    return Style(color=Color.from_rgb(*upper), bgcolor=ground)


def in_placeholders(picture: SmallPicture, number: int) -> list[Strip]:
    """The cells over which the terminal draws the picture that it has under this number (24 bits)."""
    columns, rows = cells_of(picture)
    look = Style(color=Color.from_rgb(number >> 16 & 255, number >> 8 & 255, number & 255))
    return [
        Strip([Segment(PLACEHOLDER + mark + ROW_MARKS[0] + PLACEHOLDER * (columns - 1), look)], columns)
        for mark in ROW_MARKS[:rows]
    ]


def cells_of(picture: SmallPicture) -> tuple[int, int]:
    """Columns and rows that it takes, at `CELL` pixels each."""
    return max(1, -(-picture.width // CELL[0])), max(1, -(-picture.height // CELL[1]))


def handed_over(picture: SmallPicture, number: int) -> str:
    """The escape sequences that give the terminal the pixels, to be drawn at the placeholders."""
    columns, rows = cells_of(picture)
    data = base64.standard_b64encode(zlib.compress(picture.pixels)).decode()
    parts = [data[at : at + CHUNK] for at in range(0, len(data), CHUNK)]
    first = f"a=T,U=1,q=2,f=24,o=z,i={number},s={picture.width},v={picture.height},c={columns},r={rows},"
    return "".join(
        _command(f"{'' if index else first}m={int(index < len(parts) - 1)}", part)
        for index, part in enumerate(parts)
    )


def taken_back(number: int) -> str:
    """The escape sequence after which the terminal has no such picture any more."""
    return _command(f"a=d,d=I,q=2,i={number}", "")


def _command(keys: str, data: str) -> str:
    sequence = f"\x1b_G{keys};{data}\x1b\\"
    if os.environ.get("TMUX"):  # asked for by the settings: tmux lets it through where it may
        return "\x1bPtmux;" + sequence.replace("\x1b", "\x1b\x1b") + "\x1b\\"
    return sequence
