"""A workspace's pull requests on a dialog: read when it opens and whenever something is different."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, cast

from msgspec.structs import replace
from textual import work
from textual.app import ComposeResult

from core.errors import BoatyardError
from tui.engine.store import Store
from tui.pulls.reading import PullReading
from tui.pulls.rows import PullRow, PullRows, draft_rows, link_rows, view_rows
from tui.widgets.sheet import Sheet

if TYPE_CHECKING:
    from core.values.entities import Workspace
    from core.values.pull_requests import PullLink
    from tui.engine.changes import Changes
    from tui.engine.form_drafts import FormDrafts
    from tui.engine.link import Link
    from tui.looks.look import Look


SLOW_SECONDS = 1.0
"""After how long it is said that an answer is still to come."""


class ShownPulls(Sheet[str]):
    """The rows and what they are read from; what can be done with them is the subclass's."""

    def __init__(self, link: Link, store: Store, workspace: str, drafts: FormDrafts, *hints: str) -> None:
        """
        Args:
            link: To the engine.
            store: What is known without asking.
            workspace: Its name.
            drafts: What was typed and not sent.
            hints: What can be done.
        """
        super().__init__(f"Pull request of {workspace}", *hints)
        self._link, self._store, self._workspace, self._texts = link, store, workspace, drafts
        self._reading = PullReading(link, workspace)
        self._trouble = ""
        """Why what was last tried came to nothing."""
        self._gone = False
        """Whether the dialog was left."""
        self._read = asyncio.Event()
        """Whether the host has answered, or will not."""

    def body(self) -> ComposeResult:
        yield PullRows()

    def on_mount(self) -> None:
        self._rows = self.query_one(PullRows)
        self._rows.focus()
        self._store.watch(self._on_changes)
        self._known, self._away = self._state(), False
        self._show()
        self._load()

    def on_unmount(self) -> None:
        self._gone = True
        self._read.set()
        self._store.unwatch(self._on_changes)

    @property
    def _there(self) -> Workspace | None:
        return self._store.workspaces.get(self._workspace)

    @property
    def _links(self) -> tuple[PullLink, ...]:
        return self._there.pull_requests if self._there else ()

    def _state(self) -> object:
        """What is shown depends on, whenever that was looked at."""
        links = [replace(each, state=replace(each.state, looked_at=None, trouble="")) for each in self._links]
        return links, [repo.head for repo in self._there.repos] if self._there else []

    def _on_changes(self, changes: Changes) -> None:
        """Read anew when something is different, or host or engine answers again; not for each look at it."""
        known, away = self._state(), any(each.state.trouble for each in self._links)
        back = (self._away and not away) or (changes.everything and self._trouble)
        if known != self._known or back:
            self._load()
        self._known, self._away = known, away

    @work(exclusive=True, group="load")
    async def _load(self) -> None:
        self._read.clear()
        asking = self.set_timer(SLOW_SECONDS, lambda: self.problem("Asking the remote and its host …"))
        try:
            await self._try(lambda: self._reading.read(self._links, self._show))
        finally:
            asking.stop()
        # Known here before a form opens: the keys that follow the one that opens it are for its fields.
        for draft in self._reading.drafts:
            await self._texts.of(self._text_key(draft.repo_id))
        for view in self._reading.views:
            await self._texts.of(self._text_key(view.link.repo_id, view.link.number))
        self._read.set()

    def _show(self) -> None:
        if self._gone:
            return
        glyphs, rows = self._rows.glyphs, list[PullRow]()
        viewed = {view.link.id: view for view in self._reading.views}
        for link in self._links:
            view, push = viewed.get(link.id), self._reading.push_of(link.repo_id)
            rows += view_rows(view, push, glyphs) if view else link_rows(link, glyphs)
        drafts = {draft.repo_id: draft for draft in self._reading.drafts}
        names = {repo.repo_id: repo.name for repo in self._there.repos} if self._there else {}
        for push in self._reading.pushes:
            if self._reading.open_in(push.repo_id) is None:
                name = names.get(push.repo_id, "")
                rows += draft_rows(push, drafts.get(push.repo_id), name, glyphs)
        self._rows.show(rows)

    async def _try(self, call: Callable[[], Awaitable[object]]) -> bool:
        try:
            await call()
        except BoatyardError as error:
            self._trouble = f"{error.message}\n{error.hint}".strip()
            if self._gone:
                self._say(self._trouble, severity="error")
                return False
            self._rows.note = "It cannot be shown"
            self._rows.rows_changed()
            self.problem(self._trouble)
            return False
        self._trouble = ""
        self.problem("")
        return True

    def _text_key(self, repo_id: str, number: int | None = None) -> str:
        """What is typed for a new one in a repo, or for the one of a number, is kept under this."""
        return " ".join(map(str, filter(None, (self._workspace, "pull", repo_id, number))))

    def _say(self, text: str, *, severity: str = "information") -> None:
        cast("Look", self.app).say(text, severity=severity)
