"""A door to the network: off by default, opened by `boatyard serve`, shut when that ends.

A connection has some seconds for its first request's headers; how many there may be is limited.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import logging
import re
import socket
from collections.abc import AsyncIterator, Callable, Iterable

from aiohttp import web

from core.errors import ConflictError, UsageError
from core.values.access import OpenDoor

HEADER_SECONDS = 10.0
"""How long the headers of a connection's first request may take; of the later ones, `IDLE_SECONDS`."""
IDLE_SECONDS = 30.0
LINE_LIMIT = 2**16
"""Bytes of a request's first line: a path of 4,096 bytes takes three times as many when it is quoted."""
CONNECTIONS = 256
_ADDRESS = re.compile(r"(?:\[(?P<six>[0-9A-Fa-f:.%]+)\]|(?P<host>[^\s:\[\]/@]+)):(?P<port>\d{1,5})")
_UNHEARD = logging.getLogger(f"{__name__}.http")
"""What strangers send that is no HTTP must not fill the engine's log."""
_UNHEARD.setLevel(logging.CRITICAL)
LOOPBACK_NAMES = ("localhost", "127.0.0.1", "[::1]")


def parse_address(text: str) -> tuple[str, int]:
    """Host and port of `HOST:PORT` or `[IPv6]:PORT`.

    Raises:
        UsageError: It is neither.
    """
    found = _ADDRESS.fullmatch(text)
    if found is None or int(found["port"]) > 65535:
        raise UsageError(
            f"{text[:100]!r} is no address to listen at", hint="Give HOST:PORT, such as 127.0.0.1:9000."
        )
    return found["six"] or found["host"], int(found["port"])


def names_of(host: str, port: int, more: Iterable[str] = ()) -> set[str]:
    """What requests may call a door by: its own address, on this machine also `localhost`, and `more`."""
    own = f"[{host}]" if ":" in host else host
    names = {own, *(each.strip().lower() for each in more if each.strip())}
    if is_local(host):
        names |= set(LOOPBACK_NAMES)
    return names | {f"{name}:{port}" for name in names if not re.search(r":\d+$", name)}


def is_local(host: str) -> bool:
    """Whether nobody but this machine can come in there."""
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    return host == "localhost"


@contextlib.asynccontextmanager
async def opened(
    kind: str, address: tuple[str, int], application: Callable[[int], web.Application]
) -> AsyncIterator[OpenDoor]:
    """Listens while the context lasts.

    Args:
        kind: `api` or `public`.
        address: Host and port; port 0: any.
        application: Makes what answers, once the port is known.

    Raises:
        ConflictError: The address cannot be listened at: the port is taken, say.
    """
    name, wanted = address
    door = _Door()
    loop = asyncio.get_running_loop()
    try:
        # One address, also of a name that has several: with port 0 each would get another port.
        found = await loop.getaddrinfo(name, wanted, type=socket.SOCK_STREAM)
        host = str(found[0][4][0])
        server = await loop.create_server(door.connection, host, wanted, start_serving=False)
    except OSError as error:
        raise _cannot_listen(name, wanted, error) from error
    port = int(server.sockets[0].getsockname()[1])
    runner = web.AppRunner(
        application(port),
        access_log=None,
        shutdown_timeout=1.0,
        keepalive_timeout=IDLE_SECONDS,
        max_line_size=LINE_LIMIT,
        logger=_UNHEARD,
    )
    try:
        await runner.setup()
        door.runner = runner
        try:
            await server.start_serving()
        except OSError as error:
            raise _cannot_listen(name, wanted, error) from error
        yield OpenDoor(kind=kind, host=host, port=port)
    finally:
        server.close()
        await runner.cleanup()


def _cannot_listen(host: str, port: int, error: OSError) -> ConflictError:
    return ConflictError(
        f"nothing can listen at {host} port {port}: {error.strerror or error}",
        hint="Choose another port, or an address of this machine.",
    )


class _Door:
    """Makes the protocol of each connection, and ends those that say nothing."""

    runner: web.AppRunner

    def __init__(self) -> None:
        self._open = 0

    def connection(self) -> asyncio.Protocol:
        assert self.runner.server is not None
        return _Patient(self.runner.server(), self)

    def came(self) -> bool:
        """Whether there is room for one more."""
        self._open += 1
        return self._open <= CONNECTIONS

    def went(self) -> None:
        self._open -= 1


class _Patient(asyncio.Protocol):
    """Passes everything on to aiohttp's protocol, until the headers have taken too long."""

    def __init__(self, inner: web.RequestHandler, door: _Door) -> None:
        self._inner = inner
        self._door = door
        self._late: asyncio.TimerHandle | None = None
        self._head = b""
        self._made = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        if not self._door.came():
            transport.abort()
            return
        self._late = asyncio.get_running_loop().call_later(HEADER_SECONDS, transport.abort)
        self._made = True
        self._inner.connection_made(transport)

    def data_received(self, data: bytes) -> None:
        if self._late is not None:
            self._head = (self._head + data)[-(len(data) + 3) :]
            if b"\r\n\r\n" in self._head or b"\n\n" in self._head:
                self._done()
        self._inner.data_received(data)

    def eof_received(self) -> None:
        self._inner.eof_received()

    def connection_lost(self, error: Exception | None) -> None:
        self._done()
        self._door.went()
        if self._made:
            self._inner.connection_lost(error)

    def pause_writing(self) -> None:
        self._inner.pause_writing()

    def resume_writing(self) -> None:
        self._inner.resume_writing()

    def _done(self) -> None:
        self._head = b""
        if self._late is not None:
            self._late.cancel()
            self._late = None
