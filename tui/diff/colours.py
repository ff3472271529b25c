"""Colours of a diff's lines: syntax on both sides, and the words that make the change. Runs on a thread."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from core.values.review import DiffLine, LineKind
from tui.diff.words import changed_ranges
from tui.text.spans import Line, Span
from tui.text.syntax import highlight


def colour(path: str, lines: Sequence[DiffLine]) -> list[Line | None]:
    """The spans of each line: syntax, with the changed words of paired lines marked."""
    code = [index for index, line in enumerate(lines) if line.kind not in (LineKind.HUNK, LineKind.NOTE)]
    out: list[Line | None] = [None] * len(lines)
    for side in (LineKind.REMOVED, LineKind.ADDED):
        mine = [index for index in code if lines[index].kind in (LineKind.CONTEXT, side)]
        spans = highlight(path, [_text(lines[index]) for index in mine])
        for index, found in zip(mine, spans or (), strict=False):
            out[index] = found
    for old, new in _pairs(lines):
        left, right = changed_ranges(_text(lines[old]), _text(lines[new]))
        out[old] = _marked(out[old] or ((_text(lines[old]), "text"),), left, "removed-word")
        out[new] = _marked(out[new] or ((_text(lines[new]), "text"),), right, "added-word")
    return out


def _pairs(lines: Sequence[DiffLine]) -> list[tuple[int, int]]:
    """Removed and added lines that stand in the same place of runs of equal length."""
    pairs: list[tuple[int, int]] = []
    index = 0
    while index < len(lines):
        start = index
        while index < len(lines) and lines[index].kind is LineKind.REMOVED:
            index += 1
        middle = index
        while index < len(lines) and lines[index].kind is LineKind.ADDED:
            index += 1
        if middle - start == index - middle:
            pairs += zip(range(start, middle), range(middle, index), strict=True)
        index += index == start
    return pairs


def _marked(spans: Line, ranges: list[tuple[int, int]], token: str) -> Line:
    """The spans with `token` added to the characters in `ranges`."""
    if not ranges:
        return spans
    out: list[Span] = []
    at = 0
    for text, kind in spans:
        cuts = {0, len(text)} | {edge - at for pair in ranges for edge in pair if 0 < edge - at < len(text)}
        edges = sorted(cuts)
        for start, end in pairwise(edges):
            inside = any(low <= at + start < high for low, high in ranges)
            out.append((text[start:end], f"{kind} {token}" if inside else kind))
        at += len(text)
    return tuple(out)


def _text(line: DiffLine) -> str:
    """A line without the carriage return of its end: a lexer would take that for the end of another line."""
    return line.text.removesuffix("\r")
