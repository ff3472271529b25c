"""Where the lines of a growing output begin, at constant cost: the line ends in each block are counted.

A gigabyte of output takes some thousand numbers. Only what has been added since the last look is read.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable

BLOCK = 64 * 1024
Read = Callable[[int, int], bytes]
"""Gives so many bytes from an offset, fewer only at the end."""


class LineIndex:
    """The lines of one output."""

    def __init__(self) -> None:
        self._before = [0]
        """Line ends before each whole block, and before the block that is not whole yet."""
        self._rest = 0
        self._rest_size = 0
        self._open = False
        """Whether the last line has no end yet."""

    def extend(self, read: Read, size: int) -> None:
        """Takes note of output up to `size`."""
        while len(self._before) * BLOCK <= size:
            block = read((len(self._before) - 1) * BLOCK, BLOCK)
            if len(block) < BLOCK:
                break
            self._before.append(self._before[-1] + block.count(b"\n"))
        at = (len(self._before) - 1) * BLOCK
        rest = read(at, size - at) if size > at else b""
        self._rest, self._rest_size = rest.count(b"\n"), len(rest)
        self._open = bool(rest) and not rest.endswith(b"\n")
        if not rest and at:
            self._open = not read(at - 1, 1).endswith(b"\n")

    @property
    def total(self) -> int:
        """Lines; a last one without an end counts."""
        return self._before[-1] + self._rest + self._open

    def offset(self, read: Read, line: int) -> int:
        """Where a line begins; behind the last one: where the output ends."""
        if line <= 0:
            return 0
        if line > self._before[-1] + self._rest:
            return (len(self._before) - 1) * BLOCK + self._rest_size
        block = bisect_left(self._before, line) - 1
        data, at = read(block * BLOCK, BLOCK), -1
        for _ in range(line - self._before[block]):
            at = data.index(b"\n", at + 1)
        return block * BLOCK + at + 1
