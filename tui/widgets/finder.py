"""One line to type in and what fits it below: the palette, the help and the choice of a theme."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from tui.text.spans import Line
from tui.widgets.line_input import LineInput
from tui.widgets.rows import RowView
from tui.widgets.sheet import Sheet

MOST_SHOWN = 500
LABEL = 16
"""Cells to which shorter labels are filled up, so that what follows stands in a column."""


@dataclass(frozen=True)
class Found:
    """One thing that can be found."""

    label: str
    detail: str
    value: str
    keys: str = ""
    group: str = ""
    disabled: str = ""
    """Why it cannot be done now."""
    other_name: str = ""
    """What it is also found by, and not shown."""

    @property
    def haystack(self) -> str:
        return f"{self.label} {self.detail} {self.keys} {self.group} {self.other_name}".casefold()

    def begins(self, needle: str) -> bool:
        """Whether one of its names begins like this."""
        return any(name.casefold().startswith(needle) for name in (self.label, self.other_name))


class FoundRows(RowView):
    """What fits."""

    driven = True

    def __init__(self) -> None:
        super().__init__(id="found")
        self.found: Sequence[Found] = ()
        self._label = 0

    def show(self, found: Sequence[Found]) -> None:
        """Shows these, the cursor on the first."""
        self.found = found
        short = [len(each.label) for each in found if len(each.label) <= LABEL]
        self._label = max(short, default=0)
        self.rows_changed()
        self.move_to(0)

    def row_count(self) -> int:
        return len(self.found)

    def row(self, index: int, width: int) -> tuple[Line, Line]:
        found = self.found[index]
        token = "dim" if found.disabled else "text"
        detail = f"not now: {found.disabled}" if found.disabled else found.detail
        first: Line = (
            (f" {found.group:<9} ", "info"),
            (f"{found.label:<{self._label}}", token),
            (f"  {detail}", "dim"),
        )
        return first, ((f"{found.keys} ", "key"),)

    def empty_text(self) -> Line:
        return ((" Nothing fits", "dim"),)


class Finder(Sheet[str]):
    """Gives the value of what was chosen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", show=False),
        Binding("down,ctrl+n", "move(1)", show=False),
        Binding("up,ctrl+p", "move(-1)", show=False),
        Binding("pagedown", "move(10)", show=False),
        Binding("pageup", "move(-10)", show=False),
        Binding("enter", "choose", show=False),
    ]

    def __init__(
        self,
        title: str,
        everything: Sequence[Found],
        placeholder: str,
        preview: Callable[[str], None] | None = None,
    ) -> None:
        """
        Args:
            title: What is looked for.
            everything: What can be found.
            placeholder: Shown where nothing is typed yet.
            preview: Called with the value under the cursor, whenever that is another one.
        """
        super().__init__(title, "type to find   up down choose   enter do it   esc leave")
        self._everything = everything
        self._haystacks = [found.haystack for found in everything]
        self._placeholder = placeholder
        self._preview = preview
        self._previewed = everything[0].value if everything else ""

    def body(self) -> ComposeResult:
        yield LineInput(placeholder=self._placeholder, id="needle", compact=True)
        yield FoundRows()

    def on_mount(self) -> None:
        self.query_one(Input).focus()
        self.query_one(FoundRows).can_focus = False
        self._filter("")

    def _filter(self, needle: str) -> None:
        words = needle.casefold().split()
        fits = [
            (not found.begins(needle.casefold()), index)
            for index, found in enumerate(self._everything)
            if all(word in self._haystacks[index] for word in words)
        ]
        if words:
            fits.sort()
        self.query_one(FoundRows).show([self._everything[index] for _, index in fits[:MOST_SHOWN]])
        self._show_preview()

    def _show_preview(self) -> None:
        rows = self.query_one(FoundRows)
        if self._preview is None or not rows.found:
            return
        value = rows.found[rows.cursor_row].value
        if value != self._previewed:
            self._previewed = value
            self._preview(value)
            rows.rows_changed()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._filter(event.value)

    def action_move(self, step: int) -> None:
        self.query_one(FoundRows).action_cursor(step)
        self._show_preview()

    def submit(self) -> None:
        self.action_choose()

    def action_choose(self) -> None:
        rows = self.query_one(FoundRows)
        if rows.found:
            found = rows.found[rows.cursor_row]
            if found.disabled:
                self.problem(f"Not now: {found.disabled}")
            else:
                self.dismiss(found.value)

    @on(RowView.Chosen)
    def _clicked(self, event: RowView.Chosen) -> None:
        event.stop()
        self.action_choose()
