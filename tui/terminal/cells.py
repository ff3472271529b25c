"""Cells of a terminal: text laid out in them, what differs between two rows, and a row's cells as output."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import compress
from operator import ne, or_

from rich.cells import split_graphemes

from tui.terminal.sgr import behind, transition

BRIDGE = 4
"""Cells between two changes that are sent again rather than leapt over: a leap takes six bytes or more."""
SIMPLE = re.compile(r"[ -~\xa1-\xac\xae-\u02ff\u2010-\u2027\u2190-\u21ff\u2500-\u25fc]*")
"""Characters that are a cell wide each, whatever stands beside them."""


@dataclass
class Row:
    """A row of cells: what stands in each, in which style; behind a wide character an empty one."""

    text: list[str] = field(default_factory=list)
    styles: list[str] = field(default_factory=list)

    def put(self, at: int, cells: list[str], style: str) -> None:
        """Writes cells from a column on."""
        end = at + len(cells)
        missing = end - len(self.text)
        if missing > 0:
            self.text += [" "] * missing
            self.styles += [""] * missing
        for edge in (at, end):
            if edge < len(self.text) and not self.text[edge]:
                self._halve(edge)
        self.text[at:end] = cells
        if " " in cells and (blank := behind(style)) != style:
            self.styles[at:end] = [blank if cell == " " else style for cell in cells]
        else:
            self.styles[at:end] = [style] * len(cells)

    def _halve(self, at: int) -> None:
        """Blanks a wide character that begins before a column and ends behind it, as terminals do."""
        begin = next(place for place in range(at, -1, -1) if self.text[place])
        end = next((place for place in range(at, len(self.text)) if self.text[place]), len(self.text))
        self.text[begin:end] = [" "] * (end - begin)

    def cut(self, width: int) -> None:
        """Drops what is right of a width."""
        del self.text[width:], self.styles[width:]

    def copy(self) -> Row:
        """A row of its own with the same cells."""
        return Row([*self.text], [*self.styles])


def differences(wanted: Row, shown: Row | None) -> list[tuple[int, int]]:
    """Ranges of columns to be sent; none begins in the middle of a wide character, or ends there."""
    if shown is None:
        return [(0, len(wanted.text))]
    known = min(len(shown.text), len(wanted.text))
    differs = map(or_, map(ne, wanted.text, shown.text), map(ne, wanted.styles, shown.styles))
    changed = [*compress(range(known), differs), *range(known, len(wanted.text))]
    found: list[tuple[int, int]] = []
    for at in changed:
        begin, end = at, at + 1
        while begin and not wanted.text[begin]:
            begin -= 1
        while end < len(wanted.text) and not wanted.text[end]:
            end += 1
        if found and begin - found[-1][1] <= BRIDGE:
            begin = found.pop()[0]
        found.append((begin, end))
    return found


def send_cells(row: Row, begin: int, end: int, pen: str, changes: list[str]) -> str:
    """Adds the cells of a range, the cursor being at its begin; the style that is taken up after them.

    After a character of another width than one the cursor is put where it belongs: terminals do not agree
    on how wide each is, and one cell too many would shift all that follows.
    """
    at = begin
    while at < end:
        first, style = at, row.styles[at]
        while at < end and row.styles[at] == style:
            at += 1
        text = "".join(row.text[first:at])
        if text.isspace() and at < end and behind(row.styles[at]) == style:
            style = row.styles[at]  # the blanks before a text: one change of style will do for both
        if style != pen and not (text.isspace() and behind(pen) == style):
            changes.append(transition(pen, style))
            pen = style
        if SIMPLE.fullmatch(text):
            changes.append(text)
        else:
            changes += _with_leaps(row, first, at)
    return pen


def _with_leaps(row: Row, begin: int, end: int) -> Iterator[str]:
    for place in range(begin, end):
        text = row.text[place]
        width = next((n for n in range(1, end - place) if row.text[place + n]), end - place)
        if text:
            yield text if (len(text), width) == (1, 1) else f"{text}\x1b[{place + width + 1}G"


def cells_of(text: str) -> list[str]:
    """A text's cells: behind one that takes two an empty one, one that takes none with that before."""
    if SIMPLE.fullmatch(text):
        return [*text]
    cells: list[str] = []
    for begin, end, width in split_graphemes(text)[0]:
        if width:
            cells += [text[begin:end], *[""] * (width - 1)]
        elif cells:
            last = max(at for at, cell in enumerate(cells) if cell)
            cells[last] += text[begin:end]
    return cells
