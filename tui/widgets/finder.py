"""One line to type in and what fits it below: the palette, the help and the choice of a theme."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tui.text.spans import Line
from tui.widgets.find_sheet import FindSheet
from tui.widgets.line_input import LineInput
from tui.widgets.rows import RowView

HINTS = ("type to find", "{found-previous} {found-next} choose", "{accept} do it", "{sheet-leave} leave")
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

    def distance(self, needle: str) -> int:
        """How far what was typed is from its names: its name, its other name, a beginning, or less."""
        names = (self.label.casefold(), self.other_name.casefold())
        if needle in names:
            return names.index(needle)
        return 2 if any(name.startswith(needle) for name in names) else 3


class FoundRows(RowView):
    """What fits."""

    driven = True
    chosen_by_clicks = 1

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


class Finder(FindSheet[str]):
    """Gives the value of what was chosen."""

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
        self._found = FoundRows()
        line = LineInput(placeholder=placeholder, id="needle", compact=True)
        super().__init__(title, self._found, line, *HINTS)
        self._everything = everything
        self._haystacks = [found.haystack for found in everything]
        self._preview = preview
        self._previewed = everything[0].value if everything else ""

    def look(self, typed: str) -> None:
        needle = typed.casefold().strip()
        words = needle.split()
        fits = [
            (found.distance(needle), index)
            for index, found in enumerate(self._everything)
            if all(word in self._haystacks[index] for word in words)
        ]
        if words:
            fits.sort()
        self._found.show([self._everything[index] for _, index in fits[:MOST_SHOWN]])
        self._show_preview()

    def _show_preview(self) -> None:
        rows = self._found
        if self._preview is None or not rows.found:
            return
        value = rows.found[rows.cursor_row].value
        if value != self._previewed:
            self._previewed = value
            self._preview(value)
            rows.rows_changed()

    def action_move(self, step: int) -> None:
        super().action_move(step)
        self._show_preview()

    def submit(self) -> None:
        if not self._found.found:
            return
        found = self._found.found[self._found.cursor_row]
        if found.disabled:
            self.problem(f"Not now: {found.disabled}")
        else:
            self.dismiss(found.value)
