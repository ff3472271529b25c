"""Dev servers: started, stopped, and where they are reached."""

from __future__ import annotations

from core.errors import ConflictError
from core.lifecycle.context import Context
from core.lifecycle.dev_server import DevServers as Servers
from core.store import lookup
from core.values.entities import DevServer
from core.values.requests import DevServerRequest
from core.values.states import WorkspaceState


class DevServers:
    """What a user can do with the dev servers of a workspace."""

    def __init__(self, context: Context, servers: Servers) -> None:
        self._context = context
        self._servers = servers

    async def list(self, name: str) -> tuple[DevServer, ...]:
        """Those that run now."""
        await self._context.store.read(lambda: lookup.live_workspace(name).id)
        return await self._servers.running(name)

    async def start(self, name: str, body: DevServerRequest) -> tuple[DevServer, ...]:
        """Starts those that do not run yet; gives all that run then.

        Raises:
            ConflictError: The workspace is not open.
            UsageError: No repo has a dev-server script.
        """
        state = WorkspaceState(await self._context.store.read(lambda: lookup.live_workspace(name).state))
        if state not in (WorkspaceState.OPEN, WorkspaceState.FAILED):
            raise ConflictError(
                f"the workspace {name!r} is {state.value}",
                hint=f"Open it first: boatyard workspace restore {name}",
            )
        return await self._servers.start(name, body.repo)

    async def stop(self, name: str, body: DevServerRequest) -> tuple[DevServer, ...]:
        """Ends them with everything that they have started; gives those that still run."""
        await self._context.store.read(lambda: lookup.live_workspace(name).id)
        await self._servers.stop(name, body.repo)
        return await self._servers.running(name)
