"""A file of the workspace found by a few characters of its path, while one types."""

from __future__ import annotations

import asyncio
from itertools import groupby
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from core.errors import BoatyardError
from tui.text.spans import Line
from tui.widgets.rows import RowView
from tui.widgets.sheet import Sheet

if TYPE_CHECKING:
    from core.values.prompting import PathMatch
    from tui.engine.link import Link

REST_SECONDS = 0.05
"""How long nothing is typed before the engine is asked."""
LIMIT = 200


class PathRows(RowView):
    """One row per file, the best fit first."""

    driven = True

    def __init__(self) -> None:
        super().__init__(id="paths")
        self.paths: tuple[PathMatch, ...] = ()
        self.note = "Reading the paths"

    def show(self, paths: tuple[PathMatch, ...], note: str) -> None:
        """Shows these, the cursor on the first."""
        self.paths, self.note = paths, note
        self.rows_changed()
        self.move_to(0)

    @property
    def current(self) -> PathMatch | None:
        """The file at the cursor."""
        return self.paths[self.cursor_row] if self.cursor_row < len(self.paths) else None

    def row_count(self) -> int:
        return len(self.paths)

    def row(self, index: int, width: int) -> tuple[Line, Line]:
        return ((" ", "text"), *marked(self.paths[index])), ()

    def empty_text(self) -> Line:
        return ((f" {self.note}", "dim"),)


def marked(match: PathMatch) -> Line:
    """The path with the characters that were asked for standing out."""
    places = frozenset(match.matched)
    runs = groupby(enumerate(match.path), key=lambda each: each[0] in places)
    return tuple(("".join(char for _, char in run), "strong" if hit else "text") for hit, run in runs)


class PathSheet(Sheet[str]):
    """Gives the path that was chosen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", show=False),
        Binding("down,ctrl+n", "move(1)", show=False),
        Binding("up,ctrl+p", "move(-1)", show=False),
        Binding("pagedown", "move(10)", show=False),
        Binding("pageup", "move(-10)", show=False),
    ]

    def __init__(self, link: Link, workspace: str) -> None:
        super().__init__(f"Find a file of {workspace}", "enter go there   up down choose   esc leave")
        self._link, self._workspace = link, workspace

    def body(self) -> ComposeResult:
        yield Input(placeholder="characters of its path, in their order", id="needle", compact=True)
        yield PathRows()

    def on_mount(self) -> None:
        self._rows = self.query_one(PathRows)
        self._rows.can_focus = False
        self.query_one(Input).focus()
        self._look("")

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._look(event.value)

    @work(group="paths", exclusive=True)
    async def _look(self, query: str) -> None:
        """Asks the engine; the next key cancels it."""
        await asyncio.sleep(REST_SECONDS)
        try:
            found = await self._link.client.find_paths(self._workspace, query, limit=LIMIT)
        except BoatyardError as error:
            self._rows.show((), "Nothing was found")
            self.problem(f"{error.message}\n{error.hint}".strip())
            return
        self.problem("")
        self._rows.show(found, "No file fits; those that git ignores are not looked at")

    def action_move(self, step: int) -> None:
        self._rows.action_cursor(step)

    @on(RowView.Chosen)
    def _clicked(self, event: RowView.Chosen) -> None:
        event.stop()
        self.submit()

    def submit(self) -> None:
        if self._rows.current is not None:
            self.dismiss(self._rows.current.path)
