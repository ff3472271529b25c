"""Who is at the other end of the Unix socket: only the engine's own user, or root, whatever the modes say."""

from __future__ import annotations

import os
import socket
import struct
from collections.abc import Awaitable, Callable

from aiohttp import web

from core.errors import ForbiddenError

WHO = web.RequestKey("who", str)
"""Who asks, for the audit log."""
_CREDENTIALS = struct.Struct("3i")

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def peer_of(request: web.Request) -> tuple[int, int] | None:
    """Process id and user id of whoever made the connection; None where the system does not say."""
    option = getattr(socket, "SO_PEERCRED", None)
    transport = request.transport
    own = transport.get_extra_info("socket") if transport is not None else None
    if option is None or own is None or own.family != socket.AF_UNIX:
        return None
    pid, uid, _ = _CREDENTIALS.unpack(own.getsockopt(socket.SOL_SOCKET, option, _CREDENTIALS.size))
    return pid, uid


@web.middleware
async def refuse_strangers(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Lets the engine's own user and root in, and nobody else."""
    peer = peer_of(request)
    if peer is not None:
        request[WHO] = f"user {peer[1]}, process {peer[0]}"
        if peer[1] not in (os.getuid(), 0):
            raise ForbiddenError(
                "this engine belongs to another user", hint="Run 'boatyard' as yourself: it starts your own."
            )
    return await handler(request)
