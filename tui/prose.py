"""Markdown as lines of spans: headings, lists, quotes, fenced code, bold and inline code.

Less than Markdown on purpose: agents write it while we draw, so every prefix of a text must look sane, and
a line must cost microseconds.
"""

from __future__ import annotations

import re

from tui.glyphs import Glyphs
from tui.literal import plain
from tui.spans import Line, Span, wrap

_FENCE = re.compile(r"^\s*(```|~~~)")
_HEADING = re.compile(r"^(#{1,6})\s+(.*)$")
_ITEM = re.compile(r"^(\s*)([-*+]|\d{1,3}[.)])\s+(.*)$")
_INLINE = re.compile(r"(`[^`]+`|\*\*[^*]+\*\*)")
LONGEST_LINE = 4000
"""Characters of one line that are shown; a machine wrote longer ones."""


def prose(text: str, width: int, glyphs: Glyphs, token: str = "text") -> list[Line]:
    """`text` as lines of at most `width` cells."""
    lines: list[Line] = []
    fenced = False
    for raw in text.split("\n"):
        raw = raw[:LONGEST_LINE]
        if _FENCE.match(raw):
            fenced = not fenced
        elif fenced:
            lines += [((f"  {piece}", "code"),) for piece in hard_wrap(raw, width - 2)]
        else:
            lines += _paragraph(raw, width, glyphs, token)
    while lines and not lines[-1]:
        lines.pop()
    return lines


def _paragraph(raw: str, width: int, glyphs: Glyphs, token: str) -> list[Line]:
    if not raw.strip():
        return [()]
    if heading := _HEADING.match(raw):
        return [((line, "heading"),) for line in wrap(heading[2], width)]
    if item := _ITEM.match(raw):
        mark = glyphs.bullet if item[2] in "-*+" else item[2]
        first = f"{item[1]}{mark} "
        return _hanging(item[3], width, first, token)
    if raw.startswith("> "):
        return [((f"{glyphs.bar} ", "rule"), (line, "dim")) for line in wrap(raw[2:], width - 2)]
    return _hanging(raw, width, "", token)


def _hanging(text: str, width: int, first: str, token: str) -> list[Line]:
    indent = " " * len(first)
    lines = wrap(text, width - len(first))
    return [
        ((first if number == 0 else indent, "dim"), *_inline(line, token))
        for number, line in enumerate(lines)
    ]


def _inline(line: str, token: str) -> list[Span]:
    spans: list[Span] = []
    for piece in _INLINE.split(line):
        if piece.startswith("**"):
            spans.append((piece[2:-2], f"{token} strong"))
        elif piece.startswith("`") and len(piece) > 2:
            spans.append((piece[1:-1], "code"))
        elif piece:
            spans.append((piece, token))
    return spans


def hard_wrap(text: str, width: int) -> list[str]:
    """`text` cut into pieces of at most `width` cells, wherever that falls, as code must be."""
    from rich.cells import cell_len, set_cell_size

    text = plain(text)
    width = max(2, width)
    if cell_len(text) <= width:
        return [text]
    pieces = []
    while text:
        piece = set_cell_size(text, width) if cell_len(text) > width else text
        taken = len(piece) if text.startswith(piece) else max(1, len(piece) - 1)
        pieces.append(text[:taken])
        text = text[taken:]
    return pieces
