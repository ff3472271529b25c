"""The client's calls about pull requests."""

from __future__ import annotations

from core.client.connection import Connection
from core.client.parts import part
from core.values import requests as ask
from core.values.answers import SendAnswer
from core.values.pull_requests import ForgeStatus, PullDraft, PullLink, PullView


class PullRequestCalls:
    """A part of `core.client.Client`. A repo is given by its name or id; empty: all of the workspace."""

    _http: Connection

    async def forges(self) -> tuple[ForgeStatus, ...]:
        """The hosts of pull requests that are set up, each asked whose token it is."""
        return await self._http.call("GET", "/forges", tuple[ForgeStatus, ...], patient=True)

    async def pull_requests(self, name: str, *, repo: str = "") -> tuple[PullView, ...]:
        """How a workspace's pull requests are now, with checks and comments: their hosts are asked."""
        query = {"repo": repo} if repo else None
        return await self._http.call("GET", _path(name), tuple[PullView, ...], query=query, patient=True)

    async def draft_pull_requests(
        self, name: str, *, repo: str = "", remote: str = "", base: str = ""
    ) -> tuple[PullDraft, ...]:
        """What opening them would do, with title and text; nothing changes."""
        query = {key: value for key, value in (("repo", repo), ("remote", remote), ("base", base)) if value}
        path = f"{_path(name)}/draft"
        return await self._http.call("GET", path, tuple[PullDraft, ...], query=query or None, patient=True)

    async def open_pull_requests(self, name: str, body: ask.OpenPullRequest) -> tuple[PullLink, ...]:
        """Pushes, and opens one for each repo that has commits; returns when they are open."""
        return await self._http.call("POST", _path(name), tuple[PullLink, ...], body=body, patient=True)

    async def update_pull_requests(self, name: str, body: ask.UpdatePullRequest) -> tuple[PullLink, ...]:
        """Pushes what is new and changes title, text or draft."""
        return await self._http.call("PATCH", _path(name), tuple[PullLink, ...], body=body, patient=True)

    async def send_checks(self, name: str, body: ask.SendChecks) -> SendAnswer:
        """Hands failing checks to the agent as a follow-up."""
        return await self._http.call("POST", f"{_path(name)}/checks", SendAnswer, body=body, patient=True)


def _path(name: str) -> str:
    return f"/workspaces/{part(name)}/pull-requests"
