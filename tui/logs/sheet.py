"""The end of a container's own log; sessions have logs of their own, which are followed elsewhere."""

from __future__ import annotations

from textual.app import ComposeResult

from tui.text.spans import Line
from tui.widgets.rows import RowView
from tui.widgets.sheet import Sheet


class LogRows(RowView):
    """Lines of a container's log."""

    def __init__(self, text: str) -> None:
        super().__init__(id="log-lines")
        self._lines = text.splitlines()

    def on_mount(self) -> None:
        self.call_after_refresh(self.action_bottom)

    def row_count(self) -> int:
        return len(self._lines)

    def row(self, index: int, width: int) -> tuple[Line, Line]:
        return ((self._lines[index], "text"),), ()

    def empty_text(self) -> Line:
        return ((" Its first process has written nothing; sessions have logs of their own", "dim"),)


class LogSheet(Sheet[None]):
    """The end of a container's own log."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__(f"Log of {name}", "{sheet-leave} back")
        self._text = text

    def body(self) -> ComposeResult:
        yield LogRows(self._text)

    def on_mount(self) -> None:
        self.query_one(LogRows).focus()
