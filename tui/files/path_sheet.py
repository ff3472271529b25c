"""A file of the workspace found by a few characters of its path, while one types."""

from __future__ import annotations

import asyncio
from itertools import groupby
from typing import TYPE_CHECKING

from textual import work

from tui.text.spans import Line
from tui.widgets.find_sheet import FindSheet
from tui.widgets.line_input import LineInput
from tui.widgets.rows import RowView

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


class PathSheet(FindSheet[str]):
    """Gives the path that was chosen."""

    def __init__(self, link: Link, workspace: str) -> None:
        self._paths = PathRows()
        hint = "characters of its path, in their order"
        line = LineInput(placeholder=hint, id="needle", compact=True)
        super().__init__(
            f"Find a file of {workspace}", self._paths, line, "{accept} go there",
            "{found-previous} {found-next} choose", "{sheet-leave} leave",
        )  # fmt: skip
        self._link, self._workspace = link, workspace

    @work(group="paths", exclusive=True)
    async def look(self, typed: str) -> None:  # type: ignore[override]
        """Asks the engine; the next key cancels it."""
        await asyncio.sleep(REST_SECONDS)
        if not await self.attempt(lambda: self._show(typed)):
            self._paths.show((), "Nothing was found")

    async def _show(self, typed: str) -> None:
        found = await self._link.client.find_paths(self._workspace, typed, limit=LIMIT)
        self.problem("")
        self._paths.show(found, "No file fits; those that git ignores are not looked at")

    def submit(self) -> None:
        if self._paths.current is not None:
            self.dismiss(self._paths.current.path)
