"""The question whether a repository's own settings may be used: what they say, and what that would do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.widgets import Static

from core.values.text import safe_text
from tui.text.literal import literal
from tui.text.spans import Line
from tui.widgets.choice import Choice
from tui.widgets.rows import RowView
from tui.widgets.sheet import Sheet

if TYPE_CHECKING:
    from core.values.own_files import OwnFile

MOST_ROWS = 14
"""Of the file at a time; the rest is scrolled to."""
OTHER_ROWS = 13
"""What the dialog needs besides."""


WIDTH = 60
"""Characters of a line that a row has; what is longer goes on in the next: nothing of it is hidden."""


def file_rows(text: str) -> list[tuple[str, str]]:
    """Number and text of each row; the number is empty where a line goes on."""
    rows = []
    for number, line in enumerate(text.splitlines(), 1):
        shown = safe_text(line)
        parts = [shown[at : at + WIDTH] for at in range(0, len(shown), WIDTH)] or [""]
        rows += [(str(number) if at == 0 else "", part) for at, part in enumerate(parts)]
    return rows


class FileRows(RowView):
    """The file's lines, as text."""

    shows_blurred_cursor = False

    def __init__(self, text: str) -> None:
        super().__init__(id="own-file")
        self._lines = file_rows(text)

    def row_count(self) -> int:
        return len(self._lines)

    def row(self, index: int, width: int) -> tuple[Line, Line]:
        number, text = self._lines[index]
        return ((f" {number:>4} ", "dim"), (text, "text")), ()


HINTS = ("{option-accept} choose", "{sheet-next} read the file", "{sheet-leave} leave")


class OwnFileSheet(Sheet[bool]):
    """Gives whether the file is to be trusted; what is chosen at first changes nothing."""

    def __init__(self, seen: OwnFile) -> None:
        super().__init__(f".boatyard.toml of {seen.repo}", *HINTS)
        self._seen = seen

    def body(self) -> ComposeResult:
        seen = self._seen
        if seen.problem:
            text = f"{seen.problem}. It is not used."
        else:
            sets = ", ".join(seen.names) or "nothing"
            state = "trusted" if seen.trusted else "not trusted, and not used"
            text = f"The branch {seen.branch} sets: {sets}. It is {state}."
        yield Static(literal(text + "\n", multiline=True))
        yield FileRows(seen.text)
        yield Static(literal(seen.digest, "dim"))
        options: list[tuple[str, str, bool | None]] = [("leave it", "", None)]
        if seen.trusted:
            options.append(("trust it no more", "new workspaces do without it", False))
        elif not seen.problem:
            options.append(("trust it", "new workspaces use it, until a byte of it changes", True))
        yield self.field("Do", Choice(options, id="trust"))

    def on_mount(self) -> None:
        rows = self.query_one(FileRows)
        rows.styles.height = max(1, min(MOST_ROWS, rows.row_count(), self.size.height - OTHER_ROWS))
        self.query_one("#trust").focus()

    @on(RowView.Chosen)
    def _chosen(self, event: RowView.Chosen) -> None:
        event.stop()
        self.query_one("#trust").focus()

    @on(Choice.Submitted)
    def submit(self) -> None:
        self.dismiss(self.query_one("#trust", Choice).value)
