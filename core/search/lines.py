"""Cuts output into lines for the index: with their places, without colours, each of bounded length."""

from __future__ import annotations

import re
from dataclasses import dataclass

LINE_BYTES = 16 * 1024
"""Of a longer line, each piece of this length is a line of the index."""
INDEXED_CHARACTERS = 4096
"""What of a line is indexed: its beginning."""
_ESCAPES = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")


@dataclass(frozen=True)
class Piece:
    """Some whole lines of an output."""

    places: list[int]
    """Where each line begins, from the beginning of the piece."""
    texts: list[str]
    size: int
    """Bytes of the output that the lines and their ends take."""


def whole_lines(data: bytes, *, more: bool) -> Piece:
    """The lines in a piece of output that begins at the beginning of a line.

    Args:
        data: The output.
        more: Whether more may come: then a last line without an end is left for later, unless it is long.
    """
    places: list[int] = []
    texts: list[str] = []
    at, size = 0, len(data)
    while at < size:
        end = data.find(b"\n", at, at + LINE_BYTES)
        after = end + 1
        if end < 0:
            end = after = min(at + LINE_BYTES, size)
            if more and end == size and size - at < LINE_BYTES:
                break
        places.append(at)
        texts.append(plain(data[at:end]))
        at = after
    return Piece(places, texts, at)


def plain(line: bytes) -> str:
    """A line as text, without what a terminal would obey."""
    if b"\x1b" in line:
        line = _ESCAPES.sub(b"", line)
    return line[: 4 * INDEXED_CHARACTERS].decode("utf-8", "replace").rstrip("\r")
