"""A workspace's pull request: pushed, opened, changed; its state, its checks and its comments."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, ClassVar, cast
from uuid import uuid4

from msgspec import UNSET
from textual import on, work
from textual.binding import BindingType

from core.values import requests as ask
from core.values.pull_requests import PullStatus
from tui.engine.store import Store
from tui.keys.actions import bindings
from tui.pulls.shown import ShownPulls
from tui.pulls.text_sheet import PullText, PullTextSheet
from tui.terminal.programs import copy as copy_text
from tui.widgets.rows import RowView

if TYPE_CHECKING:
    from core.values.pull_requests import PullView
    from tui.engine.form_drafts import FormDrafts
    from tui.engine.link import Link
    from tui.looks.look import Look

HINTS = (
    "{pull-push} push", "{pull-open} open", "{pull-edit} edit", "{pull-draft} draft",
    "{pull-checks} send checks", "{pull-comments} comments", "{pull-copy} copy", "{pull-again} again",
)  # fmt: skip


class PullSheet(ShownPulls):
    """Gives `comments` when those are to be shown. What was begun at the host goes on after it is left."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("pull")]

    def __init__(self, link: Link, store: Store, workspace: str, drafts: FormDrafts) -> None:
        super().__init__(link, store, workspace, drafts, *HINTS)
        self._request = uuid4().hex
        """Of the checks that are sent next: trying again repeats nothing."""
        self._busy = False
        self._asked = ""
        """What the host was asked to do, in words, until it has answered."""

    def acts(self) -> Mapping[str, Callable[[], object]]:
        return {
            "pull-push": partial(self._begin, self._push), "pull-open": partial(self._begin, self._open),
            "pull-edit": partial(self._begin, self._edit), "pull-draft": partial(self._begin, self._toggle),
            "pull-checks": partial(self._begin, self._send), "pull-copy": self._copy,
            "pull-comments": lambda: self.dismiss("comments"), "pull-again": self._load,
        }  # fmt: skip

    def _begin(self, does: Callable[[], Awaitable[None]]) -> None:
        """One thing after the other: a key that is pressed twice does not break off what it began."""
        if not self._busy:
            self._busy = True
            self.app.run_worker(self._to_its_end(does), group="pull-request")
        elif self._asked:
            self._say(f"{self._asked} is still under way: wait for its end", severity="warning")

    async def _to_its_end(self, does: Callable[[], Awaitable[None]]) -> None:
        try:
            await does()
        finally:
            self._busy = False

    @property
    def _repo(self) -> str:
        """The repo that the cursor is in; where there is one only, that."""
        row = self._rows.current
        return row.repo_id if row else ""

    def _tell(self, text: str) -> None:
        """What stands in the way, and why."""
        self.problem("\n".join(filter(None, (self._trouble, self.filled(text)))))

    async def _host_answers(self) -> None:
        """Waits until it is known what a form begins with; what is typed meanwhile is meant for that."""
        with cast("Look", self.app).opening():
            await self._read.wait()

    async def _open_one(self) -> PullView | None:
        """The one that is meant, once it has been read; else says why there is none."""
        await self._host_answers()
        view = self._reading.view_at(self._repo)
        if view is None and any(each.status is PullStatus.OPEN for each in self._links):
            self._tell("It has not been read: {pull-again} tries again.")
        elif view is None:
            self._tell("None is open: {pull-open} opens one.")
        return view

    async def _push(self) -> None:
        await self._do("Pushing", self._push_now)

    async def _push_now(self) -> None:
        report = await self._link.client.push(self._workspace, ask.PushWorkspace(repo=self._repo))
        pushed = [each for each in report.repos if not each.nothing]
        told = ", ".join(f"{each.branch} at {each.remote} is at {each.new[:8]}" for each in pushed)
        self._say(f"Pushed: {told}" if told else "There was nothing to push")

    async def _open(self) -> None:
        await self._host_answers()
        draft = self._reading.draft_at(self._repo)
        if draft is None:
            is_open = self._reading.view_at(self._repo) is not None
            already = "It is open already: {pull-push} pushes what is new, {pull-edit} changes what it says."
            self._tell(already if is_open else "Nothing can be opened now: {pull-again} tries again.")
            return
        key = self._text_key(draft.repo_id)
        now = PullText.of(draft.title, draft.body, draft=False)
        text = await self._written(f"Open a pull request at {draft.repository}", "open it", key, now)
        if text is not None:
            body = ask.OpenPullRequest(repo=draft.repo_id, title=text.title, body=text.body, draft=text.draft)
            await self._do("Opening it", lambda: self._open_now(body), key)

    async def _open_now(self, body: ask.OpenPullRequest) -> None:
        links = await self._link.client.open_pull_requests(self._workspace, body)
        self._say("Opened " + ", ".join(f"#{link.number} {link.url}" for link in links))

    async def _edit(self) -> None:
        view = await self._open_one()
        if view is None:
            return
        key = self._text_key(view.link.repo_id, view.link.number)
        now = PullText.of(view.pull.title, view.pull.body, draft=view.pull.draft)
        text = await self._written(f"Edit #{view.link.number}", "change it", key, now)
        if text is None:
            return
        body = ask.UpdatePullRequest(
            repo=view.link.repo_id, title=UNSET if text.title == now.title else text.title,
            body=UNSET if text.body == now.body else text.body,
            draft=UNSET if text.draft == now.draft else text.draft,
        )  # fmt: skip
        if text != now:
            await self._do("Changing it", lambda: self._update(body), key)

    async def _toggle(self) -> None:
        view = await self._open_one()
        if view is not None:
            body = ask.UpdatePullRequest(repo=view.link.repo_id, draft=not view.pull.draft)
            await self._do("Changing it", lambda: self._update(body))

    async def _update(self, body: ask.UpdatePullRequest) -> None:
        await self._link.client.update_pull_requests(self._workspace, body)

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

    async def _written(self, heading: str, done: str, key: str, text: PullText) -> PullText | None:
        drafted, keep = self._texts.texts_here(key), partial(self._texts.keep, key)
        return await self.app.push_screen_wait(PullTextSheet(heading, done, text, drafted, keep))

    async def _do(self, words: str, call: Callable[[], Awaitable[object]], key: str = "") -> None:
        """Something at the host, which takes a while; then everything is read anew: what failed in the end
        may have pushed before. What was typed for it, under `key`, is forgotten once it is done."""
        self.problem(f"{words} …")
        self._asked = words
        try:
            done = await self._try(call)
        finally:
            self._asked = ""
        if done:
            if key:
                await self._texts.forget(key)
            if not self._gone:
                self._known = self._state()
                self._load()
        elif not self._gone:
            await self._look_again()

    async def _look_again(self) -> None:
        """What failed before is what is told."""
        trouble = self._trouble
        await self._try(lambda: self._reading.read(self._links, self._show))
        self._trouble = trouble
        self.problem(trouble)
