"""One step of a file's history: what it changed, or the whole file as it was after it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.message import Message

from core.errors import BoatyardError
from core.values.review import DiffLine, LineKind
from tui.files.preview import MOST_CELLS, PAGE, Preview
from tui.text.spans import Line, shift
from tui.text.visible import visible
from tui.widgets.pages import Pages
from tui.widgets.sheet import Sheet
from tui.widgets.wide_rows import WideRows

if TYPE_CHECKING:
    from core.values.provenance import FileStep
    from core.values.review import FileDiff
    from tui.engine.link import Link

MOST_PAGES = 20
GUTTER = 8
"""Cells before a line's text."""
TOKENS = {
    LineKind.ADDED: "added",
    LineKind.REMOVED: "removed",
    LineKind.HUNK: "hunk",
    LineKind.CONTEXT: "text",
}
UNDER = {LineKind.ADDED: "added-line", LineKind.REMOVED: "removed-line"}


class ChangedLines(WideRows):
    """The lines of a diff, by window."""

    class Wants(Message):
        """A window of the diff is needed."""

        def __init__(self, page: int) -> None:
            super().__init__()
            self.page = page

    def __init__(self) -> None:
        super().__init__(id="changed-lines")
        self._pages: Pages[DiffLine] = Pages(PAGE, MOST_PAGES)
        self.note = "Reading what changed"

    def take(self, page: int, diff: FileDiff) -> None:
        """Takes in a window that was asked for."""
        self.note = "Binary file" if diff.file.binary else "No line differs: its name or its mode did"
        self._pages.put(page, diff.lines, diff.total)
        self.rows_changed()

    def row_count(self) -> int:
        return self._pages.total

    def row(self, index: int, width: int) -> tuple[Line, Line]:
        for page in self._pages.missing(index - 40, index + 80):
            self.post_message(self.Wants(page))
        line = self._pages.get(index)
        if line is None:
            return ((f" {self.glyphs.cut}", "dim"),), ()
        sign = {LineKind.ADDED: "+", LineKind.REMOVED: self.glyphs.minus}.get(line.kind, " ")
        token = TOKENS.get(line.kind, "dim")
        number = line.new if line.new is not None else line.old
        gutter = f"{number:>5} " if number is not None else " " * 6
        text: Line = ((visible(line.text)[:MOST_CELLS], token),)
        return ((gutter, "gutter"), (f"{sign} ", token), *shift(text, self._across)), ()

    def row_under(self, index: int) -> str:
        line = self._pages.get(index)
        return UNDER.get(line.kind, "") if line is not None else ""

    def row_text(self, index: int) -> str:
        line = self._pages.get(index)
        return line.text if line is not None else ""

    def empty_text(self) -> Line:
        return ((f" {self.note}", "dim"),)

    def room(self) -> int:
        return self.scrollable_content_region.width - GUTTER

    def wide_texts(self, rows: range) -> Iterable[str]:
        lines = filter(None, map(self._pages.get, rows))
        return (visible(line.text)[:MOST_CELLS] for line in lines)


class StepSheet(Sheet[None]):
    """What a step changed in the file."""

    def __init__(self, link: Link, workspace: str, step: FileStep, title: str) -> None:
        super().__init__(title, "{sheet-leave} back to the history")
        self._link, self._workspace, self._step = link, workspace, step

    def body(self) -> ComposeResult:
        yield ChangedLines()

    def on_mount(self) -> None:
        self._lines = self.query_one(ChangedLines)
        self._lines.focus()
        self._read(0)

    @on(ChangedLines.Wants)
    def _wanted(self, event: ChangedLines.Wants) -> None:
        event.stop()
        self._read(event.page)

    @work(group="step")
    async def _read(self, page: int) -> None:
        step = self._step
        try:
            found = await self._link.client.file_step(
                self._workspace, step.path, step.before, step.commit, start=page * PAGE, limit=PAGE
            )
        except BoatyardError as error:
            self.problem(f"{error.message}\n{error.hint}".strip())
            return
        self._lines.take(page, found)


class PastFileSheet(Sheet[None]):
    """The whole file as it was."""

    def __init__(self, link: Link, workspace: str, path: str, commit: str, title: str) -> None:
        super().__init__(title, "{sheet-leave} back to the history")
        self._link, self._workspace, self._path, self._commit = link, workspace, path, commit

    def body(self) -> ComposeResult:
        yield Preview(id="past")

    def on_mount(self) -> None:
        self._preview = self.query_one(Preview)
        self._preview.focus()
        self._preview.show(self._path)

    @on(Preview.Wants)
    def _wanted(self, event: Preview.Wants) -> None:
        event.stop()
        self._read(event.page)

    @work(group="past")
    async def _read(self, page: int) -> None:
        try:
            found = await self._link.client.past_file(
                self._workspace, self._path, self._commit, start=page * PAGE, limit=PAGE
            )
        except BoatyardError as error:
            self._preview.fail(error.message)
            return
        self._preview.take(page, found)
