"""Sixel as a terminal reads it: the pixels that a control string paints."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_PART = re.compile(
    rb'"(?P<raster>[\d;]*)|#(?P<colour>\d+)(?:;2;(?P<shades>\d+;\d+;\d+))?|!(?P<times>\d+)(?P<run>[?-~])'
    rb"|(?P<columns>[?-~]+)|(?P<back>\$)|(?P<down>-)"
)
IMAGE = re.compile(rb"\x1b\[(\d+);(\d+)H\x1bP([\d;]*)q([^\x1b]*)\x1b\\")
"""A picture that a terminal is sent: row and column of the cursor, parameters, and the body."""

Shade = tuple[int, int, int]


@dataclass
class Painted:
    """A picture."""

    size: tuple[int, int] = (0, 0)
    """Width and height as its raster attributes say."""
    pixels: dict[tuple[int, int], Shade] = field(default_factory=dict)
    """By column and row; red, green and blue in hundredths."""


def painted(body: bytes) -> Painted:
    """What a body paints.

    Raises:
        AssertionError: There is something in it that no Sixel has, or a colour that was not declared.
    """
    picture, palette = Painted(), dict[int, Shade]()
    colour, column, top, at = -1, 0, 0, 0
    while at < len(body):
        part = _PART.match(body, at)
        assert part, body[at : at + 20]
        at = part.end()
        if part["raster"] is not None:
            _, _, width, height = map(int, part["raster"].split(b";"))
            picture.size = (width, height)
        elif part["colour"]:
            colour = int(part["colour"])
            if part["shades"]:
                red, green, blue = map(int, part["shades"].split(b";"))
                palette[colour] = (red, green, blue)
        elif part["back"]:
            column = 0
        elif part["down"]:
            column, top = 0, top + 6
        else:
            for sixel in part["columns"] or part["run"] * int(part["times"]):
                for bit in range(6):
                    if sixel - 63 >> bit & 1:
                        picture.pixels[column, top + bit] = palette[colour]
                column += 1
    return picture
