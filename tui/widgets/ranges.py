"""Rows of which a range can be marked, to be copied."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType

from tui.keys.actions import bindings
from tui.widgets.rows import RowView


class RangeRows(RowView):
    """`v` marks from the cursor on, wherever it goes; `y` copies what is marked."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("range")]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._mark: int | None = None

    def action_range(self) -> None:
        """Begins a range at the cursor, or gives it up."""
        self._mark = self.cursor_row if self._mark is None else None
        self.rows_changed()

    @property
    def marking(self) -> bool:
        """Whether a range is marked."""
        return self._mark is not None

    def end_range(self) -> None:
        """Marks nothing any more."""
        if self._mark is not None:
            self.action_range()

    def shift_mark(self, rows: int) -> None:
        """Rows came in or went before the mark."""
        if self._mark is not None:
            self._mark = max(0, self._mark + rows)

    @property
    def marked(self) -> str:
        """The text of the range."""
        if self._mark is None:
            return ""
        first, last = sorted((self._mark, self.cursor_row))
        rows = range(first, min(last + 1, self.row_count()))
        return "\n".join(self.row_text(index).rstrip() for index in rows)

    def watch_cursor_row(self, old: int, new: int) -> None:
        super().watch_cursor_row(old, new)
        if self._mark is not None:
            for index in range(min(old, new), max(old, new) + 1):
                self.row_changed(index)

    def row_under(self, index: int) -> str:
        marked = self._mark is not None and (
            min(self._mark, self.cursor_row) <= index <= max(self._mark, self.cursor_row)
        )
        return "cursor-blurred" if marked else ""
