"""The client's calls about what becomes of workspaces: pinned, archived, in the trash."""

from __future__ import annotations

from core.client.connection import Connection
from core.client.parts import part
from core.values import requests as ask
from core.values.answers import PurgeReport
from core.values.entities import Operation, Trashed, Workspace


class KeepingCalls:
    """A part of `core.client.Client`."""

    _http: Connection

    async def update_workspace(self, name: str, body: ask.UpdateWorkspace) -> Workspace:
        return await self._http.call("PATCH", f"/workspaces/{part(name)}", Workspace, body=body)

    async def remix_workspace(self, name: str, body: ask.RemixWorkspace) -> Operation:
        """Begins a `create` operation for a workspace that starts with what this one has now."""
        return await self._http.call("POST", f"/workspaces/{part(name)}/remix", Operation, body=body)

    async def archive_workspace(self, name: str, body: ask.ArchiveWorkspace) -> Operation:
        """Begins to archive: archive scripts, closing, hiding."""
        return await self._http.call("POST", f"/workspaces/{part(name)}/archive", Operation, body=body)

    async def unarchive_workspace(self, name: str) -> Workspace:
        """Shows an archived workspace again; it stays closed."""
        return await self._http.call("POST", f"/workspaces/{part(name)}/unarchive", Workspace)

    async def publish_workspace(self, name: str, body: ask.PublishWorkspace) -> Operation:
        """Begins to make a folder public; the operation's result says what was left out."""
        return await self._http.call("POST", f"/workspaces/{part(name)}/publish", Operation, body=body)

    async def unpublish_workspace(self, name: str) -> Operation:
        """Begins to take back what was published."""
        return await self._http.call("POST", f"/workspaces/{part(name)}/unpublish", Operation)

    async def trash(self) -> tuple[Trashed, ...]:
        """What can be recovered, the latest first."""
        return await self._http.call("GET", "/trash", tuple[Trashed, ...])

    async def empty_trash(self, body: ask.EmptyTrash) -> PurgeReport:
        """Deletes removed workspaces for good, or says what that would be."""
        return await self._http.call("POST", "/trash/empty", PurgeReport, body=body, patient=True)
