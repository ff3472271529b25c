"""Rows of a diff: every line has its place, whatever pages are there and however they are laid out."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from core.values.review import DiffLine, LineKind
from tui.diff.layout import Layout, Shape, lay_out

KINDS = st.sampled_from(
    [LineKind.HUNK, LineKind.CONTEXT, LineKind.ADDED, LineKind.REMOVED, LineKind.NOTE, LineKind.META]
)
LINES = st.lists(KINDS, max_size=60).map(
    lambda kinds: [DiffLine(kind=kind, text="x" * n) for n, kind in enumerate(kinds)]
)


@given(LINES, st.booleans(), st.integers(1, 9))
def test_every_line_but_headers_has_a_row_and_keeps_its_order(
    lines: list[DiffLine], split: bool, width: int
) -> None:
    rows = lay_out(lines, Shape(split=split, pieces=lambda text: 1 + len(text) // width))
    shown = {at for row in rows for at in (row.left, row.right) if at is not None}
    assert shown == {at for at, line in enumerate(lines) if line.kind is not LineKind.META}
    for side in ("left", "right"):
        order = [at for row in rows if (at := getattr(row, side)) is not None]
        assert order == sorted(order)


@given(LINES, st.booleans(), st.integers(1, 7), st.sets(st.integers(0, 59)))
def test_lines_are_found_again_whichever_pages_are_here(
    lines: list[DiffLine], split: bool, length: int, here: set[int]
) -> None:
    layout = Layout(length)
    layout.tell_lines(len(lines))
    for page in range(-(-len(lines) // length)):
        if page in here:
            piece = lines[page * length : (page + 1) * length]
            layout.put(page, lay_out(piece, Shape(split=split)))
    rows = [layout.at(index) for index in range(layout.total)]
    assert [page for page, _ in rows] == sorted(page for page, _ in rows)
    for index, (page, row) in enumerate(rows):
        assert (row is not None) == (page in here)
        line = layout.line_at(index)
        found, again = layout.at(layout.row_of(line))
        assert found == page
        assert again is None or line % length in (again.left, again.right)
