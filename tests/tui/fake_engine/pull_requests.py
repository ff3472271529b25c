"""The part of the engine in memory that pushes and has pull requests."""

from __future__ import annotations

from typing import Any

import msgspec

from core.errors import ConflictError
from core.values import requests as ask
from core.values.pull_requests import (
    PullDraft,
    PullLink,
    PullRequest,
    PullState,
    PullStatus,
    PullView,
)
from core.values.pushing import PushReport
from tests.tui.fake_engine.state import State
from tests.tui.fake_engine.values import PUSH

DRAFT = PullDraft(
    repo_id="repo-app", repository="github.com/team/app", remote="origin", branch="boatyard/second",
    base="main", title="Cache the [prices]", body="It is faster now.", push=PUSH,
)  # fmt: skip


class PullRequests(State):
    """A part of `tests.tui.fake_engine.FakeEngine`."""

    def put_pull(self, name: str, **more: Any) -> PullLink:
        """The workspace's pull request; of `more` what `PullState` has goes there."""
        inner = {key: more.pop(key) for key in list(more) if key in PullState.__struct_fields__}
        state = PullState(**{"title": "Cache the [prices]", "head": "b" * 40, **inner})
        fields: dict[str, Any] = {
            "id": "pull-12", "repo_id": "repo-app", "repository": "github.com/team/app", "number": 12,
            "url": "https://github.com/team/app/pull/12", "base": "main", "state": state,
        }  # fmt: skip
        link = PullLink(**(fields | more))
        self.set_workspace(self.workspaces_[name], pull_requests=(link,))
        return link

    async def push_preview(self, name: str, *, repo: str = "", remote: str = "") -> PushReport:
        return PushReport(workspace=name, repos=self.pushes)

    async def push(self, name: str, body: ask.PushWorkspace) -> PushReport:
        self._asked("push", name)
        return PushReport(workspace=name, repos=(PUSH,))

    async def draft_pull_requests(
        self, name: str, *, repo: str = "", remote: str = "", base: str = ""
    ) -> tuple[PullDraft, ...]:
        if self.forge_trouble is not None:
            raise self.forge_trouble
        return (DRAFT,)

    async def pull_requests(self, name: str, *, repo: str = "") -> tuple[PullView, ...]:
        if self.forge_trouble is not None:
            raise self.forge_trouble
        return tuple(
            PullView(
                link=link, checks=self.checks, comments=self.remarks,
                pull=PullRequest(
                    number=link.number, url=link.url, title=link.state.title, body="Why.", base=link.base,
                    draft=link.state.draft, status=link.status, branch="boatyard/second", head="b" * 40,
                ),
            )
            for link in self.workspaces_[name].pull_requests
        )  # fmt: skip

    async def open_pull_requests(self, name: str, body: ask.OpenPullRequest) -> tuple[PullLink, ...]:
        self._asked("open_pull_requests", body)
        return (self.put_pull(name, title=body.title, draft=body.draft),)

    async def update_pull_requests(self, name: str, body: ask.UpdatePullRequest) -> tuple[PullLink, ...]:
        self._asked("update_pull_requests", body)
        given = {
            key: value
            for key, value in (("title", body.title), ("draft", body.draft))
            if value is not msgspec.UNSET
        }
        (link,) = self.workspaces_[name].pull_requests
        return (self.put_pull(name, **{"title": link.state.title, **given}),)

    async def send_checks(self, name: str, body: ask.SendChecks) -> None:
        self._asked("send_checks", name)
        if not any(check.status == "failed" for check in self.checks):
            raise ConflictError(f"no check of {name!r} has failed", hint="Look.")

    def merge_pull(self, name: str) -> None:
        """Somebody merges it at the host."""
        self.put_pull(name, status=PullStatus.MERGED)
