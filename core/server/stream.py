"""The WebSocket that carries events to one client."""

from __future__ import annotations

import asyncio
import contextlib

import msgspec
from aiohttp import web

from core.supervision.hub import EventHub
from core.values.events import Stopping


async def stream_events(request: web.Request, hub: EventHub, since: int) -> web.WebSocketResponse:
    """Sends events after `since` until the client or the engine goes."""
    socket = web.WebSocketResponse(heartbeat=20, compress=False)
    await socket.prepare(request)
    sender = asyncio.create_task(_send(socket, hub, since))
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
