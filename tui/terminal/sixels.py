"""Pictures in Sixel among the cells of a terminal.

Sixel paints pixels at the cursor and knows nothing of cells: whatever is written there later may cut a hole
into the picture, take all of it away (tmux), or lie below it (some terminals). So a picture is drawn with
cells first, which move, are covered and go away as all other text does: `cells` makes them, each a `SIGN` in
the two colours that a half block would have there, the first one with a mark that says which picture it is.
Before a frame is sent, `Sixels` looks for the pictures that were `handed_over` in the cells that are wanted:

- One of which every cell is there has blanks sent in place of its cells, and itself above them, once.
- One of which some are covered, or that stands on the last row, where it would scroll the screen, is sent as
  half blocks.
- One that is not where it was painted is erased there: to erase cells takes pixels away where to write does
  not. Blanks are what it leaves, and what was sent below it.

After a change of the terminal's size nothing is known of how large a cell is, or of what the terminal has
made of its pictures: each is erased where it was, and is half blocks until it is handed over anew.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui.terminal.cells import Row

SIGN = "\U0010eeed"
"""A private character; never sent."""
BLOCK = "▀"
MARKS = [chr(code) for code in range(0x0300, 0x0340)]
"""Of no width: the first cell of a picture has that of its number."""
_HANDED_OVER = re.compile(r"\x1b_sixel;(\d+);(\d+);(\d+);([!-~]*)\x1b\\")


def handed_over(number: int, columns: int, rows: int, body: str) -> str:
    """Taken, not sent: a picture in so many cells, as `SmallPicture.sixel` has it."""
    return f"\x1b_sixel;{number};{columns};{rows};{body}\x1b\\"


def taken_back(number: int) -> str:
    """Taken, not sent: there is no such picture any more."""
    return handed_over(number, 0, 0, "")


@dataclass(frozen=True)
class Sixel:
    """A picture that was handed over."""

    columns: int
    rows: int
    body: str
    """Empty: it cannot be painted."""


@dataclass(frozen=True)
class Painted:
    """Where the terminal shows a picture."""

    sixel: Sixel
    column: int
    row: int

    @property
    def rows(self) -> range:
        """Rows of the screen."""
        return range(self.row, self.row + self.sixel.rows)

    @property
    def columns(self) -> slice:
        """Columns of the screen."""
        return slice(self.column, self.column + self.sixel.columns)


@dataclass
class Sixels:
    """The pictures that were handed over, and those that the terminal shows."""

    given: dict[int, Sixel] = field(default_factory=dict)
    painted: dict[int, Painted] = field(default_factory=dict)
    _doubtful: bool = False

    def take(self, sequence: str) -> bool:
        """Takes a picture, or takes it back; False where the sequence is about something else."""
        told = _HANDED_OVER.fullmatch(sequence)
        if told is None:
            return False
        number, columns, rows = map(int, told.groups()[:3])
        self.given.pop(number, None)
        if columns and rows:
            self.given[number] = Sixel(columns, rows, told[4])
        return True

    def doubt(self) -> None:
        """What the terminal shows of the pictures is not known any more."""
        self._doubtful = True

    def outdate(self) -> None:
        """A cell may have another size now."""
        self.given = {number: Sixel(each.columns, each.rows, "") for number, each in self.given.items()}

    def clear(self) -> list[Painted]:
        """What is to be erased before the screen is cleared: not every terminal clears pictures with it."""
        gone, self.painted = [*self.painted.values()], {}
        return gone

    def settle(self, wanted: Mapping[int, Row], lines: int) -> tuple[list[Painted], list[Painted]]:
        """What is to be erased now, and what is to be painted."""
        if not (self.given or self.painted):
            return [], []
        found = {number: place for number in self.given if (place := self._find(number, wanted, lines))}
        old = [each for number, each in self.painted.items() if self._doubtful or found.get(number) != each]
        new = [each for number, each in found.items() if self._doubtful or self.painted.get(number) != each]
        self.painted, self._doubtful = found, False
        return old, new

    def _find(self, number: int, wanted: Mapping[int, Row], lines: int) -> Painted | None:
        """Where all of a picture's cells are."""
        sixel, first = self.given[number], SIGN + MARKS[number % len(MARKS)]
        if not sixel.body:
            return None
        above = next((row for row in sorted(wanted) if first in wanted[row].text), None)
        if above is None or above + sixel.rows >= lines:
            return None
        place = Painted(sixel, wanted[above].text.index(first), above)
        cells = [wanted[row].text[place.columns] if row in wanted else [] for row in place.rows]
        whole = [[first, *[SIGN] * (sixel.columns - 1)], *[[SIGN] * sixel.columns] * (sixel.rows - 1)]
        return place if cells == whole else None

    def sent(self, number: int, wanted: Row) -> Row:
        """A row as it is sent: the cells of pictures as what is seen of them; itself where it has none."""
        if not any(text.startswith(SIGN) for text in wanted.text):
            return wanted
        sent = wanted.copy()
        for at, text in enumerate(wanted.text):
            if text.startswith(SIGN):
                sent.text[at] = BLOCK if self.given else " "
        for place in self.painted.values():
            if number in place.rows:
                sent.put(place.column, [" "] * place.sixel.columns, "")
        return sent


def cells(number: int, columns: int, pixels: bytes) -> list[Strip]:
    """The rows of cells of a picture; the pixels are two a cell, one above the other, in red, green, blue."""
    wide = columns * 3
    lines = [pixels[at : at + wide] for at in range(0, len(pixels), wide)]
    strips = [
        [Segment(SIGN, _style(upper[at : at + 3], lower[at : at + 3])) for at in range(0, wide, 3)]
        for upper, lower in zip(lines[::2], lines[1::2], strict=True)
    ]
    first = strips[0][0]
    strips[0][0] = Segment(first.text + MARKS[number % len(MARKS)], first.style)
    return [Strip(strip, columns) for strip in strips]


def _style(upper: bytes, lower: bytes) -> Style:
    return Style(color=Color.from_rgb(*upper), bgcolor=Color.from_rgb(*lower))
