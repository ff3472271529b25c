"""A window of a process's output as lines: so much of it as may be held, and never more.

It is fed with pieces that follow each other, at its end or at its beginning, and lets pieces go at the
other side. A line belongs to the piece in which it begins; wherever a piece was cut, in the middle of a
line or of a colour sequence, the lines come out the same.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from tui.looks.pen import PEN, Pen, sequence_of
from tui.text.ansi import pen_after, read_line
from tui.text.spans import Line

MOST_BYTES = 2**20
"""Of the output that are held at a time."""
MOST_LINES = 40_000
PIECE = 65_536
"""Bytes that are let go at once, and so the least that is read at once to go back."""
LONGEST_RAW = 65_536
"""Characters of one line that are kept, with their sequences; of progress the last state."""


@dataclass
class _Piece:
    start: int
    end: int
    """Byte offsets."""
    head: str
    """Up to the first line feed: the rest of a line that began before."""
    rest: str = ""
    """After the last line feed: a line that may go on in the next piece."""
    feeds: int = 0
    """Line feeds in it."""


class LogWindow:
    """Lines of one stream; the last one may still grow."""

    def __init__(self, most_bytes: int = MOST_BYTES, most_lines: int = MOST_LINES) -> None:
        self._most_bytes = most_bytes
        self._most_lines = most_lines
        self._pieces: deque[_Piece] = deque()
        self._raw: list[str] = []
        self._pens: list[Pen] = []
        """With which each line begins."""

    @property
    def start(self) -> int:
        """Byte offset of the first byte held."""
        return self._pieces[0].start if self._pieces else 0

    @property
    def end(self) -> int:
        """Byte offset after the last byte held."""
        return self._pieces[-1].end if self._pieces else 0

    def __len__(self) -> int:
        """Lines; an empty one at the end does not count."""
        return len(self._raw) - (1 if self._raw and not self._raw[-1] else 0)

    def line(self, index: int) -> Line:
        """A line as spans."""
        return read_line(self._raw[index], self._pens[index])[0]

    def text(self, index: int) -> str:
        """A line as plain text."""
        raw = self._raw[index]
        return raw if raw.isascii() and raw.isprintable() else "".join(text for text, _ in self.line(index))

    # Taking in

    def clear(self) -> None:
        """Lets everything go."""
        self._pieces.clear()
        self._raw, self._pens = [], []

    def append(self, text: str, start: int, end: int) -> int:
        """Takes in what follows the last byte; returns how many lines were let go at the beginning."""
        lines = text.split("\n")
        if not self._raw:
            self._raw, self._pens = [""], [PEN]
        self._raw[-1] = shortened(self._raw[-1] + lines[0], self._pens[-1])
        for line in lines[1:]:
            self._pens.append(pen_after(self._raw[-1], self._pens[-1]))
            self._raw.append(shortened(line, self._pens[-1]))
        self._grow(lines, start, end)
        return self._shed_first()

    def _grow(self, lines: list[str], start: int, end: int) -> None:
        last = self._pieces[-1] if self._pieces else None
        if last is None or last.end - last.start >= PIECE:
            last = _Piece(start, end, lines[0])
            self._pieces.append(last)
        elif last.feeds:
            last.rest = shortened(last.rest + lines[0])
        else:
            last.head = shortened(last.head + lines[0])
        last.end = end
        if len(lines) > 1:
            last.rest = lines[-1]
            last.feeds += len(lines) - 1

    def prepend(self, text: str, start: int, end: int) -> tuple[int, int]:
        """Takes in what comes before the first byte; returns how many lines that added and let go."""
        *whole, part = text.split("\n")
        piece = _Piece(start, end, part)
        if whole:
            piece = _Piece(start, end, whole[0], part, len(whole))
        self._pieces.appendleft(piece)
        self._raw[:1] = [*whole, shortened(part + (self._raw[0] if self._raw else ""))]
        self._pens[:1] = [PEN] * (len(whole) + 1)
        self._paint(0)
        return len(whole), self._shed_last()

    def _paint(self, index: int) -> None:
        """Finds the pens anew from a line on, as far as they are others."""
        for at in range(index + 1, len(self._raw)):
            pen = pen_after(self._raw[at - 1], self._pens[at - 1])
            if pen == self._pens[at] and at > self._pieces[0].feeds:
                return
            self._pens[at] = pen

    # Letting go

    @property
    def _full(self) -> bool:
        too_long = self.end - self.start > self._most_bytes or len(self._raw) > self._most_lines
        return too_long and len(self._pieces) > 2

    def _shed_first(self) -> int:
        gone = 0
        while self._full:
            piece = self._pieces.popleft()
            del self._raw[: piece.feeds], self._pens[: piece.feeds]
            gone += piece.feeds
            self._raw[0] = self._joined(0, "")
        return gone

    def _shed_last(self) -> int:
        gone = 0
        while self._full:
            piece = self._pieces.pop()
            if piece.feeds:
                del self._raw[-piece.feeds :], self._pens[-piece.feeds :]
            gone += piece.feeds
            at = len(self._pieces) - 1
            while at > 0 and not self._pieces[at].feeds:
                at -= 1
            first = self._pieces[at]
            self._raw[-1] = self._joined(at + 1, first.rest if first.feeds else first.head)
        return gone

    def _joined(self, at: int, line: str) -> str:
        """`line` with what of it is in the pieces from `at` on."""
        for number in range(at, len(self._pieces)):
            line = shortened(line + self._pieces[number].head)
            if self._pieces[number].feeds:
                break
        return line


def shortened(raw: str, pen: Pen = PEN) -> str:
    """A line that is much longer than what is shown of it: of progress the last state, else the beginning."""
    if len(raw) <= LONGEST_RAW:
        return raw
    cut = raw.rstrip("\r").rfind("\r")
    if cut >= 0:
        raw = sequence_of(pen_after(raw[:cut], pen)) + raw[cut + 1 :]
    return raw[:LONGEST_RAW]
