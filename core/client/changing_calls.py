"""The client's calls that change a workspace's files at once: updates, conflicts, parts of a diff."""

from __future__ import annotations

from core.client.connection import Connection
from core.client.parts import part
from core.values import requests as ask
from core.values.answers import SendAnswer
from core.values.conflicts import Conflict, ConflictSides, Forecast
from core.values.entities import Operation


class ChangingCalls:
    """A part of `core.client.Client`."""

    _http: Connection

    async def change_file(self, name: str, body: ask.ChangeFile) -> Operation:
        """Begins to make, rename, remove or bring back a file or folder; its result has the number of the
        checkpoint that was taken `before`."""
        return await self._http.call("POST", f"/workspaces/{part(name)}/files", Operation, body=body)

    async def update_from_target(self, name: str, body: ask.UpdateFromTarget) -> Operation:
        """Begins to bring the target branches' new commits in; its result has the `conflicts`."""
        return await self._http.call("POST", f"/workspaces/{part(name)}/update", Operation, body=body)

    async def continue_update(self, name: str) -> Operation:
        """Begins to go on with what was made of the conflicts."""
        return await self._http.call("POST", f"/workspaces/{part(name)}/update/continue", Operation)

    async def abort_update(self, name: str) -> Operation:
        """Begins to bring everything back to how it was before the update."""
        return await self._http.call("POST", f"/workspaces/{part(name)}/update/abort", Operation)

    async def hand_over_conflicts(self, name: str) -> SendAnswer:
        """Asks the agent to resolve the conflicts."""
        return await self._http.call("POST", f"/workspaces/{part(name)}/update/hand-over", SendAnswer)

    async def conflict_sides(self, name: str, path: str, repo: str = "") -> ConflictSides:
        """A file in conflict as each side has it."""
        query: dict[str, str | int] = {"repo": repo, "path": path}
        return await self._http.call("GET", f"/workspaces/{part(name)}/conflict", ConflictSides, query=query)

    async def unresolved(self, name: str) -> tuple[Conflict, ...]:
        """The conflicts of a stopped update that nobody has resolved yet, as the files are now."""
        return await self._http.call("GET", f"/workspaces/{part(name)}/conflicts", tuple[Conflict, ...])

    async def take_side(self, name: str, body: ask.TakeSide) -> Operation:
        """Begins to resolve a file in conflict as one side has it."""
        return await self._http.call("POST", f"/workspaces/{part(name)}/conflict/take", Operation, body=body)

    async def forecast(self, *, fresh: bool = False) -> tuple[Forecast, ...]:
        """What each open workspace's work would be in conflict with; `fresh`: looked at now."""
        query: dict[str, str | int] = {"fresh": 1} if fresh else {}
        return await self._http.call("GET", "/forecast", tuple[Forecast, ...], query=query)

    async def discard_parts(self, name: str, body: ask.DiscardParts) -> Operation:
        """Begins to put parts of the workspace back to how the base has them."""
        return await self._http.call("POST", f"/workspaces/{part(name)}/discard", Operation, body=body)

    async def take_parts(self, name: str, body: ask.TakeParts) -> Operation:
        """Begins to bring parts of the workspace's diff into another one; the operation is that one's."""
        return await self._http.call("POST", f"/workspaces/{part(name)}/take", Operation, body=body)
