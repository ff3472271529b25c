"""The client's calls about agents."""

from __future__ import annotations

from core.client.connection import Connection
from core.client.parts import part
from core.values.conversation import AgentCommand


class AgentCalls:
    """A part of `core.client.Client`."""

    _http: Connection

    async def commands(self, workspace: str) -> tuple[AgentCommand, ...]:
        """The commands of its own that the agent of the latest session offers."""
        path = f"/workspaces/{part(workspace)}/commands"
        return await self._http.call("GET", path, tuple[AgentCommand, ...])
