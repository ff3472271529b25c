"""Rows that may be wider than their pane, and can be scrolled sideways."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import BindingType

from tui.keys.actions import bindings
from tui.text.spans import width_of
from tui.widgets.rows import RowView

STEP = 16
"""Cells of one key."""


class WideRows(RowView):
    """Goes as far to the right as the longest row in sight does."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("wide")]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._across = 0
        """Cells that are scrolled past at the left."""

    def wide_texts(self, rows: range) -> Iterable[str]:
        """What of these rows is scrolled, as it is shown."""
        raise NotImplementedError

    def room(self) -> int:
        """Cells that there are for it."""
        raise NotImplementedError

    def action_sideways(self, direction: int) -> None:
        top = round(self.scroll_y)
        texts = self.wide_texts(range(top, min(top + self.size.height, self.row_count())))
        widest = max((width_of(((text, ""),)) for text in texts), default=0)
        most = max(self._across, widest - self.room())
        self._across = max(0, min(self._across + direction * STEP, most))
        self.rows_changed()
