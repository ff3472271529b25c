"""The WebSocket that carries events to one client."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine
from typing import cast

import msgspec
from aiohttp import web

from core.errors import BoatyardError
from core.supervision.hub import EventHub
from core.values.containers import Usage
from core.values.events import Stopping


async def stream_events(request: web.Request, hub: EventHub, since: int) -> web.WebSocketResponse:
    """Sends events after `since` until the client or the engine goes."""
    return await stream(request, lambda socket: _send(socket, hub, since))


async def stream_usage(request: web.Request, samples: AsyncIterator[Usage]) -> web.WebSocketResponse:
    """Sends what a container uses until it ends or the client goes."""
    return await stream(request, lambda socket: _send_usage(socket, samples))


async def stream(
    request: web.Request, send: Callable[[web.WebSocketResponse], Coroutine[None, None, None]]
) -> web.WebSocketResponse:
    """Upgrades a request and lets `send` send, until it has done or the client goes."""
    socket = web.WebSocketResponse(heartbeat=20, compress=False)
    await socket.prepare(request)
    sender = asyncio.create_task(send(socket))
    try:
        async for _ in socket:  # a client has nothing to say here; reading notices when it goes
            pass
    finally:
        sender.cancel()
        with contextlib.suppress(asyncio.CancelledError, ConnectionError):
            await sender
    return socket


async def _send(socket: web.WebSocketResponse, hub: EventHub, since: int) -> None:
    async for event in hub.subscribe(since):
        await socket.send_str(msgspec.json.encode(event).decode())
        if isinstance(event, Stopping):
            await socket.close()
            return


async def _send_usage(socket: web.WebSocketResponse, samples: AsyncIterator[Usage]) -> None:
    with contextlib.suppress(BoatyardError):  # the container engine went away: the stream ends
        async with contextlib.aclosing(cast("AsyncGenerator[Usage]", samples)) as open_samples:
            async for usage in open_samples:
                await socket.send_str(msgspec.json.encode(usage).decode())
    await socket.close()
