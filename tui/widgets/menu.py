"""A short list of things to choose from, each with a key; also the question before something is destroyed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events, on
from textual.app import ComposeResult
from textual.widgets import Static

from tui.text.literal import literal
from tui.text.spans import Line
from tui.widgets.rows import RowView
from tui.widgets.sheet import Sheet


@dataclass(frozen=True)
class Option:
    """One thing to choose."""

    key: str
    label: str
    value: str
    detail: str = ""
    danger: bool = False


class OptionRows(RowView):
    """The options as rows."""

    def __init__(self, options: Sequence[Option]) -> None:
        super().__init__(id="options")
        self.options = options

    def row_count(self) -> int:
        return len(self.options)

    def row(self, index: int, width: int) -> tuple[Line, Line]:
        option = self.options[index]
        label = "error" if option.danger else "text"
        key = f" {option.key or ' ':<2} "
        return ((key, "key"), (option.label, label), (f"   {option.detail}", "dim")), ()


class Menu(Sheet[str]):
    """Gives the value of what was chosen."""

    def __init__(self, title: str, text: str, options: Sequence[Option], *, at: int = 0) -> None:
        super().__init__(title, "enter choose   esc cancel")
        self._text = text
        self._options = options
        self._at = at

    def body(self) -> ComposeResult:
        if self._text:
            yield Static(literal(self._text + "\n", multiline=True))
        yield OptionRows(self._options)

    def on_mount(self) -> None:
        rows = self.query_one(OptionRows)
        rows.styles.height = len(self._options)
        rows.focus()
        self.call_after_refresh(rows.move_to, self._at)

    @on(RowView.Chosen)
    def _chosen(self, event: RowView.Chosen) -> None:
        event.stop()
        self.dismiss(self._options[event.index].value)

    def on_key(self, event: events.Key) -> None:
        for option in self._options:
            if option.key and event.character == option.key:
                event.stop()
                event.prevent_default()
                self.dismiss(option.value)
                return


def question(title: str, text: str, key: str, label: str) -> Menu:
    """Asks before something is destroyed: what is under the cursor at first changes nothing."""
    return Menu(title, text, [Option("", "Cancel", ""), Option(key, label, "yes", danger=True)])
