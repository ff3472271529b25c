"""Rows take a shorter way to the screen than Textual's widgets do: what is seen is the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.segment import Segment
from rich.style import Style
from textual.scrollbar import ScrollBar
from textual.strip import Strip

from tests.tui.driver import driven
from tests.tui.fake_engine import FakeEngine
from tui.logs.view import LogView
from tui.text.row_strip import RowStrip

STYLES = st.sampled_from([Style(), Style(bold=True), Style(bgcolor="red")])
SEGMENTS = st.lists(
    st.builds(Segment, st.text("ab 漢", min_size=1, max_size=4), STYLES, st.none()), max_size=5
)


@given(SEGMENTS, st.sets(st.integers(1, 30), max_size=4))
def test_a_row_is_cut_as_any_strip_is(segments: list[Segment], cuts: set[int]) -> None:
    strip = Strip(segments)
    row = RowStrip(segments, strip.cell_length)
    for _ in range(2):
        assert [[*piece] for piece in row.divide(sorted(cuts))] == [
            [*piece] for piece in strip.divide(sorted(cuts))
        ]
    assert [piece.cell_length for piece in row.divide(sorted(cuts))] == [
        piece.cell_length for piece in strip.divide(sorted(cuts))
    ]


def cells(strips: list[Strip]) -> list[tuple[str, str, object]]:
    """What stands on each line, how it looks, and what a click on it does."""
    found: list[tuple[str, str, object]] = []
    for strip in strips:
        style = next(iter(strip)).style or Style()
        found.append((strip.text, str(style), style.meta))
    return found


@pytest.mark.parametrize("theme", ["boatyard-dark", "ansi"])
async def test_the_scroll_bar_looks_as_any_scroll_bar_does(engine: FakeEngine, theme: str) -> None:
    engine.write("process-first", "a line\n" * 2000)
    async with driven(engine, theme=theme) as ui:
        await ui.open_workspace("first")
        await ui.press("right_square_bracket")
        await ui.sees("a line")
        bar = ui.app.home.session.query_one("#out", LogView).vertical_scrollbar
        seen = []
        for position in (0.0, 90.0, 300.25, 970.0):
            bar.position = position
            await ui.pilot.pause()
            crop = bar.size.region
            assert cells(bar.render_lines(crop)) == cells(ScrollBar.render_lines(bar, crop))
            seen.append(cells(bar.render_lines(crop)))
        assert len({str(each) for each in seen}) == len(seen)
