"""An HTTP proxy on a Unix socket that lets through to listed hosts only.

How a list of hosts is enforced was chosen from four ways:

- *Packet filters on the host* need root, and know addresses, while lists have names.
- *A network of the workspace's own with a proxy in it*: the container engine's address pools end after some
  thirty networks, and services of the host stay reachable through the network's gateway on older engines.
- *A shared internal network with a proxy*: workspaces reach each other and, again, the host.
- *No network at all, and a socket* (this one): the container has nothing but its loopback. A relay in the
  same network namespace, but not in the container, carries connections from a loopback port to this
  proxy's socket. A program that knows proxies gets what is listed; one that does not has no route anywhere,
  no name server, no host and no neighbour. Nothing inside can change that.

A name is resolved once, here, and the address that was checked is the one that is connected to: a name
server that changes its answer in between gains nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import logging
import socket
from pathlib import Path

from core.egress.connections import Connections, copy
from core.egress.listening import bind
from core.egress.open_doors import OpenDoors
from core.egress.refusals import Refusals
from core.egress.request import HEAD_BYTES, ProxyRequest, read_request
from core.egress.rules import Rules
from core.errors import UsageError

log = logging.getLogger(__name__)

SOCKET_NAME = "proxy.sock"
HEAD_SECONDS = 30.0
CONNECT_SECONDS = 30.0
CONNECTIONS = 256
"""At once, for one workspace; more wait."""


class Refused(Exception):
    """A destination that is not let through to; says why."""


class Door:
    """The proxy of one workspace."""

    def __init__(self, workspace: str, rules: Rules, refusals: Refusals) -> None:
        self.rules = rules
        """What is let through from the next connection on."""
        self.refusals = refusals
        self._workspace = workspace
        self._connections = Connections(CONNECTIONS)
        self._server: asyncio.Server | None = None

    async def open(self, folder: Path) -> None:
        """Listens in a folder that no sandbox can write to.

        Raises:
            OSError: That cannot be done.
        """
        listener = await asyncio.to_thread(bind, folder, SOCKET_NAME)
        self._server = await asyncio.start_unix_server(self._accept, sock=listener, limit=HEAD_BYTES)

    async def close(self) -> None:
        """Ends all connections."""
        if self._server is not None:
            self._server.close()
        await self._connections.close()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        work = self._serve(reader, writer)
        await self._connections.serve(work, writer, f"a connection of {self._workspace}")

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with asyncio.timeout(HEAD_SECONDS):
            head = await reader.readuntil(b"\r\n\r\n")
        try:
            request = read_request(head)
            remote = await self._connect(request)
        except UsageError as error:
            await _answer(writer, "400 Bad Request", error.message)
        except Refused as error:
            await _answer(writer, "403 Forbidden", f"Boatyard: {error}")
        except (OSError, TimeoutError) as error:
            await _answer(writer, "502 Bad Gateway", f"Boatyard: it cannot be reached: {error}")
        else:
            await _carry(request, reader, writer, *remote)

    async def _connect(self, request: ProxyRequest) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection to where the request wants to go, if that is allowed."""
        try:
            addresses = await self._allowed(request.host, request.port)
        except Refused as refused:
            self.refusals.note(request.host, request.port, str(refused))
            raise
        failure: OSError | TimeoutError = OSError("it has no address")
        for address in addresses:
            try:
                async with asyncio.timeout(CONNECT_SECONDS):
                    return await asyncio.open_connection(address, request.port)
            except (OSError, TimeoutError) as error:
                failure = error
        raise failure

    def _may_lead_to(self, address: str, port: int) -> bool:
        return self.rules.leads_to(ipaddress.ip_address(address.partition("%")[0]), port)

    async def _allowed(self, host: str, port: int) -> list[str]:
        """The addresses that may be connected to.

        Raises:
            Refused: There is none.
        """
        where = f"{host}:{port}"
        with contextlib.suppress(ValueError):
            if not self.rules.lists(ipaddress.ip_address(host), port):
                raise Refused(f"the address {where} is not on the list of {self._workspace}")
            return [host]
        if not self.rules.names(host, port):
            raise Refused(f"{where} is not on the list of {self._workspace}")
        async with asyncio.timeout(CONNECT_SECONDS):
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        allowed = [each for each in addresses if self._may_lead_to(each, port)]
        if not allowed:
            raise Refused(f"{where} leads to {addresses[0]}, which is not public and not on the list itself")
        return allowed


class Doors(OpenDoors[Door]):
    """The proxies of all workspaces of one engine that have a list of hosts."""

    def __init__(self) -> None:
        super().__init__("proxy")

    async def open(self, workspace: str, folder: Path, hosts: tuple[str, ...], refusals: Refusals) -> None:
        """Opens a workspace's door, or gives the open one another list; raises as `add` does."""
        door = self.find(workspace)
        if door is not None:
            door.rules = Rules(hosts)
        else:
            await self.add(workspace, Door(workspace, Rules(hosts), refusals), folder)


async def _answer(writer: asyncio.StreamWriter, status: str, text: str) -> None:
    body = f"{text}\n".encode()
    head = f"HTTP/1.1 {status}\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n"
    writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
    await writer.drain()


async def _carry(
    request: ProxyRequest,
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    remote_reader: asyncio.StreamReader,
    remote_writer: asyncio.StreamWriter,
) -> None:
    """Carries bytes both ways until both ends have finished."""
    try:
        if request.first:
            remote_writer.write(request.first)
        else:
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await asyncio.gather(copy(reader, remote_writer), copy(remote_reader, writer))
    finally:
        remote_writer.close()
