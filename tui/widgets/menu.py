"""A short list of things to choose from, each with a key; also the question before something is destroyed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from rich.cells import cell_len
from textual import events, on
from textual.app import ComposeResult
from textual.widgets import Static

from tui.keys.actions import BY_ID
from tui.keys.menu_actions import NUMBERED
from tui.text.literal import literal
from tui.text.spans import Line
from tui.widgets.rows import RowView
from tui.widgets.sheet import Sheet

if TYPE_CHECKING:
    from tui.looks.look import Look


@dataclass(frozen=True)
class Option:
    """One thing to choose."""

    action: str
    """Id of the action whose key chooses it; empty: it has none."""
    label: str
    value: str
    detail: str = ""
    danger: bool = False


WIDEST = 36
"""Cells up to which labels are filled up, so that what follows stands in a column."""


def numbered(number: int) -> str:
    """The action of a choice that is known by its number, from 1; empty beyond those that have one."""
    return f"choice-{number}" if number <= NUMBERED else ""


def choice(action_id: str, value: str, detail: str = "", *, danger: bool = False) -> Option:
    """What can be chosen, as the table of actions calls it."""
    return Option(action_id, BY_ID[action_id].label, value, detail, danger)


class OptionRows(RowView):
    """The options as rows."""

    chosen_by_clicks = 1

    def __init__(self, options: Sequence[Option]) -> None:
        super().__init__(id="options")
        self.options = options
        widths = [cell_len(each.label) for each in options if each.detail and cell_len(each.label) <= WIDEST]
        self._label = max(widths, default=0)

    def row_count(self) -> int:
        return len(self.options)

    def row(self, index: int, width: int) -> tuple[Line, Line]:
        option = self.options[index]
        label = "error" if option.danger else "text"
        key = self.look.keymap.first(option.action) if option.action else ""
        gap = " " * max(0, self._label - cell_len(option.label)) if option.detail else ""
        return ((f" {key:<2} ", "key"), (option.label, label), (f"{gap}   {option.detail}", "dim")), ()


class Menu(Sheet[str]):
    """Gives the value of what was chosen."""

    def __init__(self, title: str, text: str, options: Sequence[Option], *, at: int = 0) -> None:
        super().__init__(title, "{choose} choose", "{sheet-leave} cancel")
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
        """What can be chosen is another each time, and so are the keys: these are no bindings."""
        keymap = cast("Look", self.app).keymap
        for option in self._options:
            if option.action and event.key in keymap.keys(option.action):
                event.stop()
                event.prevent_default()
                self.dismiss(option.value)
                return


def question(title: str, text: str, label: str) -> Menu:
    """Asks before something is destroyed: what is under the cursor at first changes nothing."""
    return Menu(title, text, [Option("", "Cancel", ""), Option("confirm", label, "yes", danger=True)])
