"""A program somewhere on the network, and doors that it can come through."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any, cast

import aiohttp

from core.server.openapi import openapi_document
from core.values.access import OpenDoor, Scope
from core.values.requests import AddToken
from tests.yard import Yard

HELD = [(method.upper(), path) for path, methods in openapi_document()["paths"].items() for method in methods]
"""Every route that the document names."""
UPGRADE = {
    "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
}  # fmt: skip
STREAMS = ("/api/v1/events", "/api/v1/containers/{name}/usage")


class Outside:
    """A program somewhere on the network."""

    def __init__(self, door: OpenDoor, session: aiohttp.ClientSession) -> None:
        self.url = f"http://{door.host}:{door.port}"
        self.port = door.port
        self.session = session
        self.headers: list[str] = []
        """Names of all headers that ever came."""

    async def ask(
        self,
        method: str,
        path: str,
        token: str = "",
        *,
        headers: dict[str, str] | None = None,
        data: Any = None,
    ) -> tuple[int, Any, dict[str, str]]:
        sent = dict(headers or {})
        if token:
            sent["Authorization"] = f"Bearer {token}"
        url = self.url + re.sub(r"{\w+}", "no-such", path)
        async with self.session.request(method, url, headers=sent, data=data) as response:
            body = await response.read()
            self.headers += [name.lower() for name in response.headers]
            document = json.loads(body) if response.content_type == "application/json" and body else None
            return response.status, document, dict(response.headers)


@asynccontextmanager
async def opened(
    yard: Yard, address: str = "127.0.0.1:0", hosts: tuple[str, ...] = ()
) -> AsyncIterator[Outside]:
    doors = cast("Any", yard.client.open_door("api", address, hosts))
    async with aclosing(doors), aiohttp.ClientSession() as session:
        yield Outside(await anext(doors), session)


async def token(yard: Yard, scope: Scope = Scope.READ, seconds: float | None = None) -> str:
    made = await yard.client.add_token(AddToken(name=f"t-{scope}-{seconds}", scope=scope, seconds=seconds))
    return made.secret


def headers_for(path: str) -> dict[str, str]:
    return UPGRADE if path in STREAMS else {"Content-Type": "application/json"}


async def raw(outside: Outside, data: bytes) -> bytes:
    """What comes back until the connection is cut."""
    reader, writer = await asyncio.open_connection("127.0.0.1", outside.port)
    try:
        writer.write(data)
        async with asyncio.timeout(60):
            try:
                return await reader.read()
            except ConnectionError:
                return b""
    finally:
        writer.close()
