"""Which of many paths fit a few typed characters best.

All characters of the query must come in their order. A fit in the file's own name goes before one in its
folders, one piece before several, the start of a word before its middle, a short path before a long one.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

Rank = tuple[int, int, str, int]
"""Score below zero, length, path, index: the smaller the better."""
_STARTS = frozenset("/-_. ")


@dataclass(frozen=True)
class Fit:
    """A path that fits, and where."""

    path: str
    places: tuple[int, ...]
    score: int


class PathList:
    """Paths, made ready to be searched again and again."""

    def __init__(self, paths: Iterable[str]) -> None:
        self.paths = tuple(paths)
        # Folding may change a text's length, so that places would be wrong: then case counts.
        folded = (path.lower() for path in self.paths)
        self._low = [
            low if len(low) == len(path) else path for low, path in zip(folded, self.paths, strict=True)
        ]
        self._names = [low.rfind("/") + 1 for low in self._low]
        in_folder = cache(_letters)  # most files have others beside them
        self._letters = [
            in_folder(low[:name]) | _letters(low[name:])
            for low, name in zip(self._low, self._names, strict=True)
        ]

    def best(self, query: str, limit: int) -> list[Fit]:
        """The best fits, the best first; an empty query takes the shortest paths."""
        wanted = "".join(query.lower().split())
        if not wanted:
            shortest = heapq.nsmallest(limit, self.paths, key=lambda path: (path.count("/"), len(path), path))
            return [Fit(path, (), 0) for path in shortest]
        ranks = heapq.nsmallest(limit, self._ranks(wanted))
        fits = (_fit(self.paths[index], self._low[index], wanted) for _, _, _, index in ranks)
        return [fit for fit in fits if fit is not None]

    def _ranks(self, wanted: str) -> Iterator[Rank]:
        """What fits, to be sorted; a fit in the file's own name, as most are, is judged without more ado."""
        letters, count = _letters(wanted), len(wanted)
        each = zip(self.paths, self._low, self._letters, self._names, strict=True)
        for index, (path, low, there, name) in enumerate(each):
            if there & letters != letters:
                continue
            at = low.find(wanted, name)
            if at >= 0:
                yield -_in_name(path, low, count, name, at), len(path), path, index
            elif (fit := _fit(path, low, wanted)) is not None:
                yield -fit.score, len(path), path, index


def _letters(text: str) -> int:
    """The characters of a text as a set of bits, which tells quickly that one is missing."""
    bits = 0
    for char in text:
        bits |= _BITS[char]
    return bits


class _Bits(dict[str, int]):
    """The bit of each character that was asked for."""

    def __missing__(self, char: str) -> int:
        bit = self[char] = 1 << (ord(char) & 63)
        return bit


_BITS = _Bits()


def _fit(path: str, low: str, wanted: str) -> Fit | None:
    name = low.rfind("/") + 1
    at = low.find(wanted, name)
    if at >= 0:
        return Fit(path, tuple(range(at, at + len(wanted))), _in_name(path, low, len(wanted), name, at))
    places = _in_order(path, low, wanted, name)
    if places is not None:
        return Fit(path, places, 2000 + _worth(path, places))
    at = low.rfind(wanted)
    if at >= 0:
        return Fit(path, tuple(range(at, at + len(wanted))), 1500 + 100 * _starts_word(path, at))
    places = _from_the_end(low, wanted)
    return Fit(path, places, 500 + _worth(path, places)) if places is not None else None


def _in_name(path: str, low: str, count: int, name: int, at: int) -> int:
    """The score of one piece of so many characters in the file's own name, which begins at `name`."""
    if at == name:
        return 4300 + 500 * (len(low) - name == count)
    return 4000 + 100 * _starts_word(path, at)


def _in_order(path: str, low: str, wanted: str, start: int) -> tuple[int, ...] | None:
    """Places of the characters from `start` on; the beginning of a word is taken before an earlier place."""
    places: list[int] = []
    at = start
    for index, char in enumerate(wanted):
        first = low.find(char, at)
        if first < 0:
            return None
        place = first
        if not (places and first == at):
            later = first
            while later >= 0 and not _starts_word(path, later):
                later = low.find(char, later + 1)
            if later > first and _is_within(low, wanted[index + 1 :], later + 1):
                place = later
        places.append(place)
        at = place + 1
    return tuple(places)


def _is_within(low: str, wanted: str, at: int) -> bool:
    for char in wanted:
        at = low.find(char, at) + 1
        if not at:
            return False
    return True


def _from_the_end(low: str, wanted: str) -> tuple[int, ...] | None:
    places: list[int] = []
    end = len(low)
    for char in reversed(wanted):
        end = low.rfind(char, 0, end)
        if end < 0:
            return None
        places.append(end)
    return tuple(reversed(places))


def _worth(path: str, places: Sequence[int]) -> int:
    pieces = 1 + sum(after != before + 1 for before, after in pairwise(places))
    starts = sum(_starts_word(path, place) for place in places)
    return 40 * starts - 30 * pieces


def _starts_word(path: str, at: int) -> bool:
    if at == 0 or path[at - 1] in _STARTS:
        return True
    return path[at].isupper() and not path[at - 1].isupper()
