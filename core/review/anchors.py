"""Where the lines that a comment is about are, after the file has been edited."""

from __future__ import annotations

from collections.abc import Sequence

BESIDE = 3
"""Lines around that help to tell equal places apart."""


def find_lines(
    quote: Sequence[str], was: int, now: Sequence[str], before: Sequence[str] = (), after: Sequence[str] = ()
) -> int | None:
    """The line, from 1, at which the quoted lines begin now; None when they are there no more.

    Of several equal places the one with the most equal lines around it counts, then the nearest.

    Args:
        quote: The lines.
        was: The line, from 1, at which they began.
        now: The file's lines now.
        before: Lines that stood above them, the nearest last.
        after: Lines that stood below them, the nearest first.
    """
    if not quote:
        return None
    length = len(quote)
    wanted = list(quote)
    places = [
        start
        for start in range(len(now) - length + 1)
        if now[start] == wanted[0] and list(now[start : start + length]) == wanted
    ]
    if not places:
        return None
    return 1 + min(
        places,
        key=lambda start: (-_alike(now, start, length, before, after), abs(start + 1 - was), start),
    )


def _alike(now: Sequence[str], start: int, length: int, before: Sequence[str], after: Sequence[str]) -> int:
    above = list(now[max(0, start - len(before)) : start])
    below = list(now[start + length : start + length + len(after)])
    same = sum(a == b for a, b in zip(reversed(above), reversed(before), strict=False))
    return same + sum(a == b for a, b in zip(below, after, strict=False))
