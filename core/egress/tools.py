"""The door through which an agent in a container reaches its tools (the Model Context Protocol).

The engine's own socket is in no container. Each workspace has a socket of its own beside it, in a folder
that only its container sees: whoever comes through is served as that workspace's agent, by a process that
is started for the connection and knows no other workspace, so there is no name to give and no token to
steal. Nothing here reads what passes.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Callable
from pathlib import Path

from core.egress.connections import Connections, copy
from core.egress.listening import bind
from core.egress.open_doors import OpenDoors

log = logging.getLogger(__name__)

SOCKET_NAME = "tools.sock"
CONNECTIONS = 4
"""At once, for one workspace; more wait."""
LEAVING_SECONDS = 5.0
"""How long a server may take to end when nobody asks it any more."""

Serve = Callable[[str], tuple[str, ...]]
"""The command that serves a workspace's agent over its standard input and output."""


class ToolDoor:
    """The door of one workspace."""

    def __init__(self, command: tuple[str, ...]) -> None:
        self._command = command
        self._connections = Connections(CONNECTIONS)
        self._server: asyncio.Server | None = None

    async def open(self, folder: Path) -> None:
        """Listens in a folder that no sandbox can write to.

        Raises:
            OSError: That cannot be done.
        """
        listener = await asyncio.to_thread(bind, folder, SOCKET_NAME)
        self._server = await asyncio.start_unix_server(self._accept, sock=listener)

    async def close(self) -> None:
        """Ends all connections, and the processes that serve them."""
        if self._server is not None:
            self._server.close()
        await self._connections.close()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._connections.serve(self._serve(reader, writer), writer, "a connection to the tools")

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server = await asyncio.create_subprocess_exec(
            *self._command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, cwd="/"
        )
        assert server.stdin is not None and server.stdout is not None
        asking = asyncio.create_task(copy(reader, server.stdin))
        try:
            await copy(server.stdout, writer)
        finally:
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)
            await asyncio.shield(_end(server))


class ToolDoors(OpenDoors[ToolDoor]):
    """The doors to the tools of all workspaces of one engine."""

    def __init__(self, serve: Serve) -> None:
        super().__init__("tools")
        self._serve = serve

    async def open(self, workspace: str, folder: Path) -> None:
        """Opens a workspace's door if it is not open; raises as `add` does."""
        if self.find(workspace) is None:
            await self.add(workspace, ToolDoor(self._serve(workspace)), folder)


async def _end(server: Process) -> None:
    """Waits for a server whose input is closed; one that stays is ended."""
    assert server.stdin is not None
    server.stdin.close()
    try:
        async with asyncio.timeout(LEAVING_SECONDS):
            await server.wait()
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            server.kill()
        await server.wait()
