"""The line to find with: a key that comes right behind its Enter goes where it leads."""

from __future__ import annotations

from tests.tui.harbour import Harbour
from tests.tui.steering import at_the_helm
from tui.widgets.find_bar import FindBar
from tui.widgets.rows import RowView


async def test_the_rows_have_the_focus_before_the_line_is_gone(fleet: Harbour) -> None:
    async with at_the_helm(fleet) as helm:
        await helm.press("slash")
        bar = helm.app.screen.query_one(FindBar)
        assert bar.shown and not isinstance(helm.app.focused, RowView)
        bar.hide()
        assert isinstance(helm.app.focused, RowView)
