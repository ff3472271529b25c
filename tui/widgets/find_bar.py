"""The line at the bottom where one says what to find in a pane."""

from __future__ import annotations

from collections.abc import Callable

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Label

from tui.widgets.line_input import LineInput
from tui.widgets.rows import RowView


class FindBar(Horizontal):
    """Hidden until something is to be found."""

    class Missed(Message):
        """There is nothing of the kind."""

        def __init__(self, needle: str) -> None:
            super().__init__()
            self.needle = needle

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._narrow: Callable[[str], None] | None = None

    def compose(self) -> ComposeResult:
        yield Label("find")
        yield LineInput(id="find", compact=True)

    @property
    def shown(self) -> bool:
        """Whether it is there."""
        return self.has_class("-shown")

    def show(self, rows: Widget) -> None:
        """Asks what to find in these rows."""
        self._rows = rows
        self.add_class("-shown")
        self._narrow = None
        self._begin("find", "", "")

    def show_filter(self, rows: Widget, text: str, syntax: str, narrow: Callable[[str], None]) -> None:
        """Asks what these rows are to show, in this syntax; `narrow` is told with every key that is typed."""
        self._rows = rows
        self.add_class("-shown")
        self._narrow = narrow
        self._begin("filter", text, syntax)

    def _begin(self, label: str, text: str, placeholder: str) -> None:
        self.query_one(Label).update(label)
        field = self.query_one(Input)
        field.placeholder = placeholder
        with field.prevent(Input.Changed):
            field.value = text
        field.focus()

    def leave(self) -> None:
        """Back without what was typed; of a filter, nothing is left."""
        if self._narrow is not None:
            self._narrow("")
        self.hide()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if self._narrow is not None and self.shown:
            self._narrow(event.value)

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
