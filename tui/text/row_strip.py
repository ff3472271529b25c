"""The strip of a row: Textual's, without the seven caches that each of its strips makes when it is made.

A row is made, cut at the edges of what lies over it, and written; none of these is done twice to the same
strip but the cut. A page of rows that is scrolled into sight is hundreds of strips, and with them thousands
of caches that would never be looked into, but by the garbage collector.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

from rich.segment import Segment
from textual.cache import FIFOCache
from textual.strip import Strip


class _KeepsNothing(FIFOCache[Any, Any]):
    """A cache in which nothing is ever found."""

    def __setitem__(self, key: Any, value: Any) -> None:
        """Forgets it at once."""


_NO_CACHE = _KeepsNothing(0)


class RowStrip(Strip):
    """Remembers only how it was cut last."""

    __slots__ = ("_cuts", "_pieces")

    def __init__(self, segments: list[Segment], cell_length: int) -> None:
        """Takes the list as it is: nobody may change it afterwards."""
        self._segments = segments
        self._cell_length = cell_length
        self._divide_cache = self._crop_cache = self._style_cache = self._filter_cache = _NO_CACHE
        self._line_length_cache = self._crop_extend_cache = self._offsets_cache = _NO_CACHE
        self._render_cache = self._link_ids = self._cell_count = None
        self._cuts: tuple[int, ...] = ()
        self._pieces: Sequence[Strip] = ()

    def divide(self, cuts: Iterable[int]) -> Sequence[Strip]:
        """The strip in pieces, cut at these cells; what is behind the last one is left out."""
        wanted = tuple(cuts)
        if wanted != self._cuts:
            self._pieces = self._divided([cut for cut in wanted if cut <= self.cell_length])
            self._cuts = wanted
        return self._pieces

    def _divided(self, cuts: list[int]) -> list[Strip]:
        if cuts == [self.cell_length]:
            return [self]
        widths = [end - begin for begin, end in pairwise([0, *cuts])]
        pieces = zip(Segment.divide(self._segments, cuts), widths, strict=False)
        return [RowStrip(segments, width) for segments, width in pieces]
