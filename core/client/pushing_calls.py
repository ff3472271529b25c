"""The client's calls about pushes."""

from __future__ import annotations

from core.client.connection import Connection
from core.client.parts import part
from core.values import requests as ask
from core.values.pushing import PushReport


class PushingCalls:
    """A part of `core.client.Client`."""

    _http: Connection

    async def push_preview(self, name: str, *, repo: str = "", remote: str = "") -> PushReport:
        """What a push would do; the remotes are asked, nothing changes."""
        query = {key: value for key, value in (("repo", repo), ("remote", remote)) if value}
        path = f"/workspaces/{part(name)}/push"
        return await self._http.call("GET", path, PushReport, query=query or None, patient=True)

    async def push(self, name: str, body: ask.PushWorkspace) -> PushReport:
        """Pushes a workspace's commits to the branch of its name; returns when they are there."""
        path = f"/workspaces/{part(name)}/push"
        return await self._http.call("POST", path, PushReport, body=body, patient=True)
