"""The line at the bottom where one says what to find in a pane."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Label

from tui.rows import RowView


class FindBar(Horizontal):
    """Hidden until something is to be found."""

    class Missed(Message):
        """There is nothing of the kind."""

        def __init__(self, needle: str) -> None:
            super().__init__()
            self.needle = needle

    def compose(self) -> ComposeResult:
        yield Label("find")
        yield Input(id="find", compact=True)

    @property
    def shown(self) -> bool:
        """Whether it is there."""
        return self.has_class("-shown")

    def show(self, rows: Widget) -> None:
        """Asks what to find in these rows."""
        self._rows = rows
        self.add_class("-shown")
        field = self.query_one(Input)
        field.value = ""
        field.focus()

    def hide(self) -> None:
        """Back to the rows.

        They have the focus before the line is gone: a key that comes right after must not be typed into it.
        """
        self.screen.set_focus(self._rows)
        self.remove_class("-shown")

    @on(Input.Submitted)
    def _find(self, event: Input.Submitted) -> None:
        event.stop()
        self.hide()
        if isinstance(self._rows, RowView) and event.value and not self._rows.find(event.value):
            self.post_message(self.Missed(event.value))
