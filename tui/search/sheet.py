"""Search over everything that was asked, said, run and written, as one types."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal

from core.errors import BoatyardError
from core.values.search import SearchHit
from tui.looks.durations import size
from tui.search.found import Search
from tui.search.rows import AroundRows, FacetRows, HitRows, words_of
from tui.widgets.find_sheet import FindSheet
from tui.widgets.line_input import LineInput
from tui.widgets.rows import RowView

if TYPE_CHECKING:
    from tui.engine.link import Link

REST_SECONDS = 0.12
"""How long after a key the engine is asked."""
PAGE = 100
HINTS = (
    "{found-previous} {found-next} choose", "{accept} go there", "{sheet-next} filters",
    "{sheet-leave} leave",
)  # fmt: skip
HELP = 'Words find lines with all of them; "a phrase", begin*, -without'


class SearchSheet(FindSheet[SearchHit]):
    """Gives the hit that was chosen; `search` is kept up to date for the next time."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-medium"), (160, "-wide")]

    def __init__(self, link: Link, search: Search) -> None:
        line = LineInput(
            search.query, placeholder="in prompts, answers, commands, output", id="query", compact=True
        )
        self._hits = HitRows()
        super().__init__("Search everything", self._hits, line, *HINTS)
        self._link = link
        self.search = search

    def body(self) -> ComposeResult:
        yield self._line
        with Horizontal(id="found-box"):
            yield self._hits
            yield FacetRows()
        yield AroundRows()

    def on_mount(self) -> None:
        self._hits.can_focus = False
        self._facets = self.query_one(FacetRows)
        self._facets.kind, self._facets.workspace = self.search.kind, self.search.workspace
        self._around = self.query_one(AroundRows)
        self._line.focus()
        self._show()
        self._hits.call_after_refresh(self._hits.move_to, self.search.at)

    def _show(self, note: str = "") -> None:
        words = words_of(self.search.query)
        self._hits.show(list(self.search.hits), words, note or (HELP if not words else "Nothing fits"))
        self._facets.show(self.search.hits)
        self._around.show(self._hits.current, words)

    def look(self, typed: str) -> None:
        if typed != self.search.query:
            self._ask(typed)

    def _ask(self, query: str) -> None:
        self.search = self._new(query)
        self._look(self.search)

    def _new(self, query: str) -> Search:
        search = self.search
        search.query, search.kind, search.workspace = query, self._facets.kind, self._facets.workspace
        search.more, search.at = "", 0
        return search

    @work(group="search", exclusive=True)
    async def _look(self, search: Search) -> None:
        """Asks the engine; the next key cancels it."""
        query = search.query.strip()
        if not query:
            search.hits = []
            self._show()
            return
        if not search.hits:
            self._show(f"Searching{self._hits.glyphs.cut}")
        await asyncio.sleep(REST_SECONDS)
        try:
            answer = await self._link.client.search(
                query, workspace=search.workspace, kind=search.kind, limit=PAGE
            )
        except BoatyardError as error:
            self._tell(error)
            return
        if not self.is_attached:
            return  # It was left meanwhile.
        self.problem("")
        search.hits, search.more = list(answer.hits), answer.cursor
        behind = f"; {size(answer.behind)} are not indexed yet" if answer.behind else ""
        self._show(f"Nothing fits{behind}")

    @work(group="more", exclusive=True)
    async def _more(self, search: Search) -> None:
        cursor, search.more = search.more, ""
        try:
            answer = await self._link.client.search(
                search.query.strip(), workspace=search.workspace, kind=search.kind, limit=PAGE, cursor=cursor
            )
        except BoatyardError as error:
            self._tell(error)
            return
        if not self.is_attached:
            return
        search.hits, search.more = [*search.hits, *answer.hits], answer.cursor
        self._show()

    def _tell(self, error: BoatyardError) -> None:
        if self.is_attached:
            self.problem(f"{error.message}\n{error.hint}".strip())

    def action_move(self, step: int) -> None:
        rows = self._facets if self._facets.has_focus else self._hits
        rows.action_cursor(step)

    @on(RowView.Highlighted, "#hits")
    def _moved(self, event: RowView.Highlighted) -> None:
        event.stop()
        self.search.at = event.index
        self._around.show(self._hits.current, self._hits.words)
        if self.search.more and event.index >= len(self.search.hits) - 1:
            self._more(self.search)

    @on(RowView.Chosen, "#facets")
    def _kept(self, event: RowView.Chosen) -> None:
        event.stop()
        event.prevent_default()
        self._facets.choose()
        self._ask(self.search.query)

    def submit(self) -> None:
        if self._hits.current is not None:
            self.dismiss(self._hits.current)
