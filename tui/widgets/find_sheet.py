"""A line to type in, and below it what fits: the base of whatever is found while one types."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import ClassVar, Generic

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Input

from core.errors import BoatyardError
from tui.keys.actions import bindings
from tui.widgets.line_input import LineInput
from tui.widgets.rows import RowView
from tui.widgets.sheet import Result, Sheet


class FindSheet(Sheet[Result], Generic[Result]):
    """The keys go to the line, and those that move to the rows. Subclasses give `look` and `submit`."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("found")]

    def __init__(self, title: str, rows: RowView, line: LineInput, *hints: str) -> None:
        """
        Args:
            title: What is looked for.
            rows: What shows it.
            line: Where one types.
            hints: As of every dialog.
        """
        super().__init__(title, *hints)
        self._rows_found = rows
        self._line = line

    def body(self) -> ComposeResult:
        yield self._line
        yield self._rows_found

    def on_mount(self) -> None:
        self._rows_found.can_focus = False
        self._line.focus()
        self.look(self._line.value)

    def look(self, typed: str) -> None:
        """Shows what fits."""
        raise NotImplementedError

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self.look(event.value)

    def action_move(self, step: int) -> None:
        self._rows_found.action_cursor(step)

    @on(RowView.Chosen)
    def _clicked(self, event: RowView.Chosen) -> None:
        event.stop()
        self.submit()

    async def attempt(self, ask: Callable[[], Awaitable[object]]) -> bool:
        """Asks the engine; whether it answered, and if not, says why."""
        try:
            await ask()
        except BoatyardError as error:
            if self.is_attached:
                self.problem(f"{error.message}\n{error.hint}".strip())
            return False
        return True
