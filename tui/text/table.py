"""Tables of Markdown as lines: columns as wide as they need to be, or as narrow as there is room for."""

from __future__ import annotations

import re

from tui.looks.glyphs import Glyphs
from tui.text.inline import inline, wrap_words
from tui.text.spans import Line, Span, width_of

RULE = re.compile(r"^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$")
"""The line below the heads."""
NARROWEST = 4
MOST_COLUMNS = 24
_CELL = re.compile(r"(?<!\\)\|")


def cells(raw: str) -> list[str]:
    """The cells of a row."""
    text = raw.strip().removeprefix("|")
    if text.endswith("|") and not text.endswith("\\|"):
        text = text[:-1]
    return [cell.strip().replace("\\|", "|") for cell in _CELL.split(text)][:MOST_COLUMNS]


def is_table(head: str, below: str) -> bool:
    """Whether two lines are the beginning of a table."""
    return "|" in head and "|" in below and bool(RULE.match(below)) and len(cells(head)) == len(cells(below))


def table(rows: list[str], width: int, glyphs: Glyphs, token: str) -> list[Line]:
    """The lines of a table; the first row holds its heads, the second the alignment."""
    heads, marks = cells(rows[0]), cells(rows[1])
    body = [(cells(row) + [""] * len(heads))[: len(heads)] for row in rows[2:]]
    spans = [[inline(cell, "strong") for cell in heads]]
    spans += [[inline(cell, token) for cell in row] for row in body]
    widths = _widths([max(width_of(row[at]) for row in spans) for at in range(len(heads))], width)
    if sum(widths) + 3 * (len(widths) - 1) > width:
        return [line for row in rows for line in wrap_words(((row, token),), width)]
    right = [mark.endswith(":") and not mark.startswith(":") for mark in marks]
    lines = _row(spans[0], widths, right, glyphs)
    lines.append(
        (((f"{glyphs.rule}{glyphs.rule}{glyphs.rule}".join(glyphs.rule * w for w in widths)), "rule"),)
    )
    for row in spans[1:]:
        lines += _row(row, widths, right, glyphs)
    return lines


def _widths(wanted: list[int], width: int) -> list[int]:
    """The widest columns give way until all fit."""
    widths = [max(1, want) for want in wanted]
    room = width - 3 * (len(widths) - 1)
    while sum(widths) > room and max(widths) > NARROWEST:
        widest = max(widths)
        others = [each for each in widths if each < widest]
        excess = sum(widths) - room
        share = -(-excess // widths.count(widest))
        lowest = max([NARROWEST, widest - share, *others] if others else [NARROWEST, widest - share])
        widths = [min(each, lowest) if each == widest else each for each in widths]
        if lowest == widest:
            break
    return widths


def _row(row: list[list[Span]], widths: list[int], right: list[bool], glyphs: Glyphs) -> list[Line]:
    columns = [wrap_words(cell, width) for cell, width in zip(row, widths, strict=True)]
    lines: list[Line] = []
    for number in range(max(map(len, columns))):
        line: list[Span] = []
        for at, column in enumerate(columns):
            piece = column[number] if number < len(column) else ()
            gap: Span = (" " * max(0, widths[at] - width_of(piece)), "text")
            line += [
                *([(f" {glyphs.bar} ", "rule")] if at else []),
                *((gap, *piece) if right[at] else (*piece, gap)),
            ]
        lines.append(tuple(span for span in line if span[0]))
    return lines
