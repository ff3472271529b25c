"""The line to find with: a key that comes right behind its Enter goes where it leads."""

from __future__ import annotations

from tests.tui.driver import driven
from tests.tui.fake_engine import FakeEngine
from tui.widgets.find_bar import FindBar
from tui.widgets.rows import RowView


async def test_the_rows_have_the_focus_before_the_line_is_gone(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        await ui.press("slash")
        bar = ui.app.screen.query_one(FindBar)
        assert bar.shown and not isinstance(ui.app.focused, RowView)
        bar.hide()
        assert isinstance(ui.app.focused, RowView)
