"""Requests by aiohttp: for a front end that stays, with many at once and connections that are kept."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from core.client.transport import BASE, HOST, Answer, Query, unreachable

LONG_BODY = 2**19
"""Bytes of a body that are sent in one piece; a longer one goes piece by piece, so that the loop goes on."""
HEARTBEAT_SECONDS = 20


class LastingTransport:
    """A `Transport` of one client session."""

    def __init__(self, socket: Path) -> None:
        self._socket = socket
        self._session = aiohttp.ClientSession(connector=aiohttp.UnixConnector(path=str(socket)))

    async def request(
        self, method: str, path: str, body: bytes | None, query: Query | None, seconds: float | None
    ) -> Answer:
        headers = {"Content-Type": "application/json"} if body is not None else None
        data = io.BytesIO(body) if body is not None and len(body) > LONG_BODY else body
        try:
            async with self._session.request(
                method, _url(path), data=data, headers=headers, params=query,
                timeout=aiohttp.ClientTimeout(total=seconds),
            ) as response:  # fmt: skip
                return Answer(response.status, await response.read())
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise unreachable(self._socket, error) from error

    @asynccontextmanager
    async def frames(self, path: str, query: Query | None) -> AsyncIterator[AsyncIterator[str]]:
        try:
            async with self._session.ws_connect(
                _url(path), params=query, heartbeat=HEARTBEAT_SECONDS, max_msg_size=0
            ) as socket:
                yield _texts(socket)
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise unreachable(self._socket, error) from error

    async def close(self) -> None:
        await self._session.close()


def _url(path: str) -> str:
    return f"http://{HOST}{BASE}{path}"


async def _texts(socket: aiohttp.ClientWebSocketResponse) -> AsyncIterator[str]:
    async for message in socket:
        if message.type is aiohttp.WSMsgType.TEXT:
            yield message.data
