"""A WebSocket on the engine's own socket that holds a door open: whoever opened it holds on, or it shuts."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import msgspec
from aiohttp import web

from core.engine import Engine
from core.errors import BoatyardError, UsageError
from core.server.call import Call
from core.server.door import names_of, opened, parse_address
from core.server.guard import Guard
from core.server.public import public_application
from core.server.stream import stream
from core.values.access import DoorAnswer, OpenDoor


async def hold_door(
    request: web.Request, call: Call, serve_api: Callable[[Guard], web.Application]
) -> web.StreamResponse:
    """Opens the door that the query describes, tells where, and shuts it when the opener or the engine goes.

    What is wrong with the query, or the address, is told as the first frame: a refused upgrade has no words.
    """
    engine = call.engine
    try:
        with engine.lifetime.used():
            async with _opened(call, serve_api) as door:
                with engine.doors.open(door):
                    return await stream(request, lambda socket: _until_stopped(socket, engine, door))
    except BoatyardError as error:
        answer = DoorAnswer(error=error.document())
        return await stream(request, lambda socket: _say(socket, answer))


def _opened(
    call: Call, serve_api: Callable[[Guard], web.Application]
) -> contextlib.AbstractAsyncContextManager[OpenDoor]:
    """
    Raises:
        UsageError: The query describes no door.
    """
    kind = call.text("kind")
    host, port = parse_address(call.text("address"))
    more = call.text("hosts").split(",")

    def application(bound: int) -> web.Application:
        names = names_of(host, bound, more)
        if kind == "public":
            return public_application(call.engine.home, names)
        return serve_api(Guard(call.engine.tokens, names))

    if kind not in ("api", "public"):
        raise UsageError(f"there is no door {kind[:20]!r}", hint="Use 'api' or 'public'.")
    return opened(kind, (host, port), application)


async def _until_stopped(socket: web.WebSocketResponse, engine: Engine, door: OpenDoor) -> None:
    await socket.send_str(msgspec.json.encode(DoorAnswer(door=door)).decode())
    await engine.lifetime.stop_requested.wait()
    await socket.close()


async def _say(socket: web.WebSocketResponse, answer: DoorAnswer) -> None:
    await socket.send_str(msgspec.json.encode(answer, enc_hook=str).decode())
    await socket.close()
