"""Loopback ports of this machine that lead to workspaces without a network of their own.

The container engine publishes ports of containers that have a network. Where there is none, the engine
listens itself, and hands each connection to the relay in the workspace's network namespace, over a socket
in a folder that only the two of them see: the number of the port inside on a line, then the bytes.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from functools import partial
from pathlib import Path

from core.egress.connections import Connections, copy
from core.errors import ConflictError
from core.values.entities import PublishedPort

log = logging.getLogger(__name__)

SOCKET_NAME = "ports.sock"
CONNECT_SECONDS = 10.0
CONNECTIONS = 256
"""At once, for one workspace; more wait."""


class Harbour:
    """The listening ports of one workspace."""

    def __init__(self, folder: Path, ports: tuple[PublishedPort, ...]) -> None:
        self.ports = ports
        self._folder = folder
        self._connections = Connections(CONNECTIONS)
        self._servers: list[asyncio.Server] = []

    async def open(self, host: str) -> None:
        """Listens at the outer ports.

        Raises:
            OSError: One of them is taken.
        """
        for port in self.ports:
            accept = partial(self._accept, port.inner)
            self._servers.append(await asyncio.start_server(accept, host, port.outer))

    async def close(self) -> None:
        """Ends all connections."""
        for server in self._servers:
            server.close()
        await self._connections.close()

    async def _accept(self, inner: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        work = self._carry(inner, reader, writer)
        await self._connections.serve(work, writer, f"a connection to port {inner}")

    async def _carry(self, inner: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await self._reach()
        try:
            far_writer.write(b"%d\n" % inner)
            # The answer's end is the connection's: a server that is done does not wait for the asker.
            sending = asyncio.create_task(copy(reader, far_writer))
            try:
                await copy(far_reader, writer)
            finally:
                sending.cancel()
                await asyncio.gather(sending, return_exceptions=True)
        finally:
            far_writer.close()

    async def _reach(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection to the relay; by the folder's descriptor, as an address holds 107 bytes only."""
        descriptor = await asyncio.to_thread(os.open, self._folder, os.O_DIRECTORY | os.O_RDONLY)
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                return await asyncio.open_unix_connection(f"/proc/self/fd/{descriptor}/{SOCKET_NAME}")
        finally:
            os.close(descriptor)


class Harbours:
    """The listening ports of all workspaces of one engine that have no network of their own."""

    def __init__(self, host: str) -> None:
        self._host = host
        self._open: dict[str, Harbour] = {}

    async def open(self, workspace: str, folder: Path, ports: tuple[PublishedPort, ...]) -> None:
        """Listens at a workspace's ports, and at no others of it.

        Raises:
            ConflictError: A port is taken by another program.
        """
        present = self._open.get(workspace)
        if present is not None and present.ports == ports:
            return
        await self.shut(workspace)
        if not ports:
            return
        await asyncio.to_thread(partial(folder.mkdir, 0o700, parents=True, exist_ok=True))
        harbour = Harbour(folder, ports)
        try:
            await harbour.open(self._host)
        except OSError as error:
            await harbour.close()
            taken = ", ".join(str(port.outer) for port in ports)
            raise ConflictError(
                f"the ports of {workspace} cannot be listened at ({taken}): {error.strerror}",
                hint="Close and restore the workspace: ports that others use are then chosen anew.",
            ) from error
        self._open[workspace] = harbour

    async def shut(self, workspace: str) -> None:
        """Stops listening for a workspace, if it does."""
        harbour = self._open.pop(workspace, None)
        if harbour is not None:
            await harbour.close()

    async def close(self) -> None:
        for workspace in list(self._open):
            await self.shut(workspace)


def unlink_socket(folder: Path) -> None:
    """Takes away what an earlier relay listened at, so that another can."""
    with contextlib.suppress(FileNotFoundError):
        (folder / SOCKET_NAME).unlink()
