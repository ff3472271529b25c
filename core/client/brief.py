"""Requests by the standard library: for a command that asks the engine a few things and ends.

aiohttp takes a quarter of a second to import, which is half of what a command takes; it is loaded here only
for a WebSocket.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket as sockets
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlencode

from core.client.transport import BASE, HOST, Answer, Query, unreachable

if TYPE_CHECKING:
    from core.client.lasting import LastingTransport

T = TypeVar("T")


class BriefTransport:
    """A `Transport` with a connection and a thread for each request, at any number of them at once."""

    def __init__(self, socket: Path) -> None:
        self._socket = socket
        self._lasting: LastingTransport | None = None

    async def request(
        self, method: str, path: str, body: bytes | None, query: Query | None, seconds: float | None
    ) -> Answer:
        connection = _UnixConnection(self._socket, seconds)
        target = f"{BASE}{path}?{urlencode(query)}" if query else BASE + path
        try:
            return await _in_a_thread(lambda: connection.ask(method, target, body))
        except (HTTPException, OSError) as error:
            raise unreachable(self._socket, error) from error
        finally:
            connection.give_up()

    @asynccontextmanager
    async def frames(self, path: str, query: Query | None) -> AsyncIterator[AsyncIterator[str]]:
        if self._lasting is None:
            from core.client.lasting import LastingTransport

            self._lasting = LastingTransport(self._socket)
        async with self._lasting.frames(path, query) as texts:
            yield texts

    async def close(self) -> None:
        if self._lasting is not None:
            await self._lasting.close()


class _UnixConnection(HTTPConnection):
    """`http.client` over a Unix socket; made and given up by the loop, used by one thread."""

    def __init__(self, path: Path, seconds: float | None) -> None:
        super().__init__(HOST, timeout=seconds)
        self._path = path
        self.sock: sockets.socket | None = sockets.socket(sockets.AF_UNIX)
        self.sock.settimeout(seconds)

    def ask(self, method: str, target: str, body: bytes | None) -> Answer:
        assert self.sock is not None
        self.sock.connect(str(self._path))
        headers = {"Content-Type": "application/json"} if body is not None else {}
        self.request(method, target, body, {**headers, "Connection": "close"})
        response = self.getresponse()
        return Answer(response.status, response.read())

    def give_up(self) -> None:
        """Ends the connection also under a thread that waits for an answer: the engine sees it go."""
        if self.sock is not None:
            with contextlib.suppress(OSError):
                self.sock.shutdown(sockets.SHUT_RDWR)
        self.close()


async def _in_a_thread(work: Callable[[], T]) -> T:
    """Does work in a thread of its own, which nobody waits for when the waiting is cancelled."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def tell(take: Callable[[], None]) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended: nobody waits any more
            loop.call_soon_threadsafe(lambda: None if done.done() else take())

    def run() -> None:
        try:
            outcome = work()
        except Exception as error:
            failure = error
            tell(lambda: done.set_exception(failure))
        else:
            tell(lambda: done.set_result(outcome))

    threading.Thread(target=run, name="request", daemon=True).start()
    return await done
