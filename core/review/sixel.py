"""A picture as Sixel, the way in which terminals since DEC's VT240 are told of pixels.

Six rows of pixels are a band. A band is painted once for each colour that it has, over its whole width: every
column is one character, 63 more than the bits that say which of its six pixels have the colour, the topmost
pixel being the lowest bit. `#` chooses a colour, `$` goes back to the begin of the band and `-` to the next
one, `!` and a number stand before a character that is repeated. Colours are declared in hundredths.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

BAND = 6
MOST_BYTES = 1_000_000
"""Of a whole picture; tmux takes no sequence of more than a mebibyte."""
PALETTES = (256, 64, 16)
"""Colours that are tried one after the other, until the picture is small enough."""
_RUN = re.compile(rb"(.)\1{3,}", re.DOTALL)
_CHARACTERS = bytes((bits + 63) & 255 for bits in range(256))


def sixel_of(picture: Image, colours: int) -> bytes:
    """What stands between the begin and the end of the control string, in at most so many colours.

    Empty where even the smallest palette makes too much of it: noise, as good as never a picture.
    """
    for palette in sorted({min(colours, each) for each in PALETTES}, reverse=True):
        found = _in_colours(picture, palette)
        if found:
            return found
    return b""


def _in_colours(picture: Image, colours: int) -> bytes:
    from PIL.Image import Dither, Quantize

    # The median cut is a little nearer, takes a hundred times as long, and makes half as much again of a
    # photo.
    paletted = picture.quantize(colours, Quantize.FASTOCTREE, dither=Dither.NONE)
    shades = bytes(paletted.getpalette() or ())
    used = sorted(number for _, number in paletted.getcolors() or () if isinstance(number, int))
    parts = [b'"1;1;%d;%d' % picture.size, *(_declared(number, shades) for number in used)]
    size = sum(map(len, parts))
    for band in _bands(paletted.tobytes(), picture.width):
        parts.append(band)
        size += len(band)
        if size > MOST_BYTES:
            return b""
    return b"".join(parts)


def _declared(number: int, shades: bytes) -> bytes:
    red, green, blue = (round(shade * 100 / 255) for shade in shades[number * 3 : number * 3 + 3])
    return b"#%d;2;%d;%d;%d" % (number, red, green, blue)


def _bands(pixels: bytes, width: int) -> Iterator[bytes]:
    for at in range(0, len(pixels), width * BAND):
        band = pixels[at : at + width * BAND]
        rows = [band[begin : begin + width] for begin in range(0, len(band), width)]
        yield b"$".join(b"#%d%s" % (colour, _row(rows, colour)) for colour in sorted(set(band))) + b"-"


def _row(rows: list[bytes], colour: int) -> bytes:
    """A band's characters for one colour."""
    bits = 0
    for number, row in enumerate(rows):
        if colour in row:
            bits |= int.from_bytes(row.translate(_only(colour, number)), "big")
    columns = bits.to_bytes(len(rows[0]), "big").translate(_CHARACTERS).rstrip(b"?")
    return _RUN.sub(lambda run: b"!%d%s" % (len(run[0]), run[1]), columns)


@cache
def _only(colour: int, row: int) -> bytes:
    """Makes of the colour the bit of a row, and nothing of all others."""
    table = bytearray(256)
    table[colour] = 1 << row
    return bytes(table)
