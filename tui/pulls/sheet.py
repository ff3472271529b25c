"""A workspace's pull request: pushed, opened, changed; its state, its checks and its comments."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, ClassVar, cast
from uuid import uuid4

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType

from core.errors import BoatyardError
from core.values import requests as ask
from core.values.pull_requests import PullStatus
from tui.engine.store import Store
from tui.keys.actions import bindings
from tui.pulls.rows import PullRow, PullRows, draft_rows, view_rows
from tui.pulls.text_sheet import PullText, PullTextSheet
from tui.terminal.programs import copy as copy_text
from tui.widgets.rows import RowView
from tui.widgets.sheet import Sheet

if TYPE_CHECKING:
    from core.values.pull_requests import PullDraft, PullView
    from core.values.pushing import RepoPush
    from tui.engine.changes import Changes
    from tui.engine.link import Link
    from tui.looks.look import Look

HINTS = (
    "{pull-push} push", "{pull-open} open", "{pull-edit} edit", "{pull-draft} draft",
    "{pull-checks} send checks", "{pull-comments} comments", "{pull-copy} copy", "{pull-again} again",
)  # fmt: skip


class PullSheet(Sheet[str]):
    """Gives `comments` when those are to be shown."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("pull")]

    def __init__(self, link: Link, store: Store, workspace: str) -> None:
        super().__init__(f"Pull request of {workspace}", *HINTS)
        self._link, self._store, self._workspace = link, store, workspace
        self._views: tuple[PullView, ...] = ()
        self._drafts: tuple[PullDraft, ...] = ()
        self._request = uuid4().hex
        """Of the checks that are sent next: trying again repeats nothing."""

    def body(self) -> ComposeResult:
        yield PullRows()

    def on_mount(self) -> None:
        self._rows = self.query_one(PullRows)
        self._rows.focus()
        self._store.watch(self._on_changes)
        self._known = self._links()
        self._load()

    def on_unmount(self) -> None:
        self._store.unwatch(self._on_changes)

    def _links(self) -> tuple[object, ...]:
        workspace = self._store.workspaces.get(self._workspace)
        return (
            tuple((each.id, each.status, each.state.head) for each in workspace.pull_requests)
            if workspace
            else ()
        )

    def _on_changes(self, changes: Changes) -> None:
        """Read anew when somebody else opened or merged one, not for each look at it."""
        if self._links() != self._known:
            self._known = self._links()
            self._load()

    @work(exclusive=True, group="load")
    async def _load(self) -> None:
        await self._try(self._show)

    async def _show(self) -> None:
        self._views = await self._link.client.pull_requests(self._workspace) if self._links() else ()
        if any(view.link.status is PullStatus.OPEN for view in self._views):
            self._drafts = ()
            self._rows.show(self._view_rows())
            return
        report = await self._link.client.push_preview(self._workspace)
        self._rows.show(self._view_rows() + self._push_rows(report.repos))
        self._drafts = await self._link.client.draft_pull_requests(self._workspace)
        self._rows.show(self._view_rows() + self._push_rows(report.repos))

    def _view_rows(self) -> list[PullRow]:
        return [row for view in self._views for row in view_rows(view, self._rows.glyphs)]

    def _push_rows(self, pushes: tuple[RepoPush, ...]) -> list[PullRow]:
        drafts = {draft.repo_id: draft for draft in self._drafts}
        names = self._names()
        return [
            row
            for push in pushes
            for row in draft_rows(
                push, drafts.get(push.repo_id), names.get(push.repo_id, ""), self._rows.glyphs
            )
        ]

    def _names(self) -> dict[str, str]:
        workspace = self._store.workspaces.get(self._workspace)
        return {repo.repo_id: repo.name for repo in workspace.repos} if workspace else {}

    async def _try(self, call: Callable[[], Awaitable[object]]) -> bool:
        try:
            await call()
        except BoatyardError as error:
            self._rows.note = "It cannot be shown"
            self._rows.rows_changed()
            self.problem(f"{error.message}\n{error.hint}".strip())
            return False
        self.problem("")
        return True

    def acts(self) -> Mapping[str, Callable[[], object]]:
        return {
            "pull-push": self._push, "pull-open": self._open, "pull-edit": self._edit,
            "pull-draft": self._toggle, "pull-checks": self._send, "pull-copy": self._copy,
            "pull-comments": lambda: self.dismiss("comments"), "pull-again": self._load,
        }  # fmt: skip

    @property
    def _repo(self) -> str:
        """The repo that the cursor is in; where there is one only, that."""
        row = self._rows.current
        return row.repo_id if row else ""

    def _view(self) -> PullView | None:
        found = [each for each in self._views if each.link.status is PullStatus.OPEN]
        return next((each for each in found if each.link.repo_id == self._repo), found[0] if found else None)

    @work(group="change", exclusive=True)
    async def _push(self) -> None:
        await self._do("Pushing", self._push_now)

    async def _push_now(self) -> None:
        report = await self._link.client.push(self._workspace, ask.PushWorkspace(repo=self._repo))
        pushed = [each for each in report.repos if not each.nothing]
        told = ", ".join(f"{each.branch} at {each.remote} is at {each.new[:8]}" for each in pushed)
        self._say(f"Pushed: {told}" if told else "There was nothing to push")

    @work(group="change", exclusive=True)
    async def _open(self) -> None:
        if self._view() is not None:
            told = "It is open already: {pull-push} pushes what is new, {pull-edit} changes what it says."
            self.problem(self.filled(told))
            return
        draft = next((each for each in self._drafts if each.repo_id == self._repo), None)
        draft = draft or next(iter(self._drafts), None)
        if draft is None:
            told = "Nothing can be opened: look at what is said here, then {pull-again} tries again."
            self.problem(self.filled(told))
            return
        text = await self._written("Open a pull request", PullText(draft.title, draft.body, False))
        if text is not None:
            body = ask.OpenPullRequest(repo=draft.repo_id, title=text.title, body=text.body, draft=text.draft)
            await self._do("Opening it", lambda: self._open_now(body))

    async def _open_now(self, body: ask.OpenPullRequest) -> None:
        links = await self._link.client.open_pull_requests(self._workspace, body)
        self._say("Opened " + ", ".join(f"#{link.number} {link.url}" for link in links))

    @work(group="change", exclusive=True)
    async def _edit(self) -> None:
        view = self._view()
        if view is None:
            self.problem(self.filled("None is open: {pull-open} opens one."))
            return
        now = PullText(view.pull.title, view.pull.body, view.pull.draft)
        text = await self._written(f"Edit #{view.link.number}", now)
        if text is not None and text != now:
            body = ask.UpdatePullRequest(
                repo=view.link.repo_id, title=text.title, body=text.body, draft=text.draft
            )
            await self._do("Changing it", lambda: self._update(body))

    @work(group="change", exclusive=True)
    async def _toggle(self) -> None:
        view = self._view()
        if view is None:
            self.problem(self.filled("None is open: {pull-open} opens one."))
            return
        body = ask.UpdatePullRequest(repo=view.link.repo_id, draft=not view.pull.draft)
        await self._do("Changing it", lambda: self._update(body))

    async def _update(self, body: ask.UpdatePullRequest) -> None:
        await self._link.client.update_pull_requests(self._workspace, body)

    @work(group="change", exclusive=True)
    async def _send(self) -> None:
        body = ask.SendChecks(request_id=self._request)
        if await self._try(lambda: self._link.client.send_checks(self._workspace, body)):
            self._request = uuid4().hex
            self._say("The agent was told of the failing checks")

    @work(group="copy")
    async def _copy(self) -> None:
        row = self._rows.current
        if row is not None and row.url:
            self._say(f"Copied {row.url} by way of {await copy_text(self.app, row.url)}")

    @on(RowView.Chosen)
    def _chosen(self, event: RowView.Chosen) -> None:
        event.stop()
        self._copy()

    async def _written(self, heading: str, text: PullText) -> PullText | None:
        return await self.app.push_screen_wait(PullTextSheet(heading, text))

    async def _do(self, words: str, call: Callable[[], Awaitable[object]]) -> None:
        """Something at the host, which takes a while; then everything is read anew: what failed in the end
        may have pushed before."""
        self.problem(f"{words} …")
        if await self._try(call):
            self._known = self._links()
            self._load()
            return
        with contextlib.suppress(BoatyardError):  # what it failed for is told already
            await self._show()

    def _say(self, text: str) -> None:
        cast("Look", self.app).say(text)
