"""Lines as lists of spans: text and the palette token it is shown with.

Every line that a pane draws goes through `draw`, so this is where outside text is made printable and where
widths are counted in cells, not characters.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui.looks.palette import Palette
from tui.text.literal import plain
from tui.text.row_strip import RowStrip

Span = tuple[str, str]
"""Text and the token of its style."""
Line = tuple[Span, ...]


def width_of(spans: Iterable[Span]) -> int:
    """Cells that the spans take."""
    return sum(_cells(plain(text)) for text, _ in spans)


def _cells(shown: str) -> int:
    """Cells that printable text takes."""
    return len(shown) if shown.isascii() else cell_len(shown)


def fit(text: str, width: int, *, cut: str = "…", keep_end: bool = False) -> str:
    """`text` in at most `width` cells; what is cut off is the end, or the beginning with `keep_end`."""
    text = plain(text)
    if cell_len(text) <= width:
        return text
    if width <= 0:
        return ""
    if not keep_end:
        return set_cell_size(text, width - 1).rstrip() + cut
    tail = text
    while cell_len(tail) > width - 1:
        tail = tail[max(1, (cell_len(tail) - width + 1) // 2) :]
    return cut + tail


def fit_spans(spans: Sequence[Span], width: int, *, cut: str = "…") -> list[Span]:
    """The spans cut at `width` cells, with a mark where something is missing."""
    if width_of(spans) <= width:
        return [(plain(text), token) for text, token in spans]
    out: list[Span] = []
    left = width
    for text, token in spans:
        shown = plain(text)
        need = cell_len(shown)
        if need >= left:
            out.append((fit(shown + " ", left, cut=cut), token))
            break
        out.append((shown, token))
        left -= need
    return out


def draw(
    palette: Palette,
    left: Sequence[Span],
    right: Sequence[Span] = (),
    *,
    width: int,
    base: Style,
    under: str = "",
    cut: str = "…",
) -> Strip:
    """One line of exactly `width` cells: `left` cut where needed, `right` at the right edge.

    Args:
        base: What is below the line: the widget's colours.
        under: Token of the whole line, such as `cursor`.
    """
    if width <= 0:
        return Strip.blank(0)
    spans, ends = (
        [(plain(text), token) for text, token in left],
        [(plain(text), token) for text, token in right],
    )
    left_width, right_width = (sum(_cells(text) for text, _ in each) for each in (spans, ends))
    if right_width + 4 > width:
        ends, right_width = [], 0
    room = width - right_width - (1 if ends else 0)
    if left_width > room:
        spans = fit_spans(spans, room, cut=cut)
        left_width = width_of(spans)
    parts = [*spans, (" " * (width - right_width - left_width), "text"), *ends]
    segments = [Segment(text, palette.style(token, under, base)) for text, token in parts if text]
    return RowStrip(segments, width)


def wrap_spans(spans: Sequence[Span], width: int) -> list[Line]:
    """The spans cut into lines of at most `width` cells, wherever that falls, as output must be."""
    lines: list[Line] = []
    line: list[Span] = []
    left = width = max(2, width)
    for text, token in spans:
        text = plain(text)
        while text:
            if cell_len(text) <= left:
                line.append((text, token))
                left -= cell_len(text)
                break
            piece = set_cell_size(text, left)
            taken = len(piece) if text.startswith(piece) else max(0, len(piece) - 1)
            if taken:
                line.append((text[:taken], token))
            lines.append(tuple(line))
            line, left, text = [], width, text[taken:]
    return [*lines, tuple(line)] if line or not lines else lines


def shift(spans: Line, by: int) -> Line:
    """The spans without their first `by` cells; half a wide character is a space."""
    if not by:
        return spans
    out: list[Span] = []
    for each, token in spans:
        text = plain(each)
        cells = _cells(text)
        if cells > by:
            out.append((_without(text, by) if by else text, token))
        by = max(0, by - cells)
    return tuple(out)


def _without(text: str, cells: int) -> str:
    if text.isascii():
        return text[cells:]
    at = 0
    while at < len(text) and (cells > 0 or not cell_len(text[at])):
        cells -= cell_len(text[at])
        at += 1
    return " " * -cells + text[at:]
