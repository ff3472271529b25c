"""Both ways in which a client asks the engine, held to the same: what is sent, comes back and breaks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from aiohttp import web

from core.client.connection import Connection
from core.errors import NotFoundError, UnreachableError, UsageError

Anything = dict[str, Any]


class Note(msgspec.Struct):
    """A body."""

    text: str


class Echo:
    """A server that answers with what it was asked."""

    def __init__(self, socket: Path) -> None:
        self.socket = socket
        self.waits = asyncio.Event()
        self.left = asyncio.Event()

    async def started(self) -> web.AppRunner:
        app = web.Application(client_max_size=2**23)
        app.router.add_get("/api/v1/refused", self.refuse)
        app.router.add_get("/api/v1/odd", self.odd)
        app.router.add_get("/api/v1/never", self.never)
        app.router.add_get("/api/v1/breaks", self.breaks)
        app.router.add_get("/api/v1/stream", self.stream)
        app.router.add_route("*", "/api/v1/{rest:.*}", self.echo)
        runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
        await runner.setup()
        await web.UnixSite(runner, str(self.socket)).start()
        return runner

    async def echo(self, request: web.Request) -> web.Response:
        body = await request.text()
        return web.json_response({
            "method": request.method, "path": request.raw_path.partition("?")[0], "host": request.host,
            "query": dict(request.query), "body": body, "type": request.headers.get("Content-Type", ""),
        })  # fmt: skip

    async def refuse(self, request: web.Request) -> web.Response:
        error = {"code": "not_found", "message": "there is no such thing", "hint": "Look.", "details": {}}
        return web.json_response({"error": error}, status=404)

    async def odd(self, request: web.Request) -> web.Response:
        return web.Response(status=502, text="<html>")

    async def never(self, request: web.Request) -> web.Response:
        self.waits.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.left.set()
        raise AssertionError

    async def breaks(self, request: web.Request) -> web.Response:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    async def stream(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        for number in range(int(request.query["count"])):
            await socket.send_json({"number": number})
        await socket.close()
        return socket


@pytest.fixture
async def echo(tmp_path: Path) -> AsyncIterator[Echo]:
    server = Echo(tmp_path / "socket")
    runner = await server.started()
    yield server
    await runner.cleanup()


@pytest.fixture(params=[False, True], ids=["lasting", "brief"])
async def connection(request: pytest.FixtureRequest, echo: Echo) -> AsyncIterator[Connection]:
    async with Connection(echo.socket, brief=request.param) as made:
        yield made


async def test_a_request_arrives_as_it_was_asked(connection: Connection) -> None:
    query: dict[str, str | int] = {"text": "a b&c=d/é\n", "limit": 5}
    answer = await connection.call("GET", "/files/a%2Fb%20c", Anything, query=query)
    assert answer["method"] == "GET"
    assert answer["path"] == "/api/v1/files/a%2Fb%20c"
    assert answer["query"] == {"text": "a b&c=d/é\n", "limit": "5"}
    assert (answer["host"], answer["body"]) == ("boatyard", "")


@pytest.mark.parametrize("size", [0, 10, 3_000_000])
async def test_a_body_arrives_whole(connection: Connection, size: int) -> None:
    answer = await connection.call("POST", "/notes", Anything, body=Note("é" * size))
    assert answer["type"] == "application/json"
    assert msgspec.json.decode(answer["body"], type=Note) == Note("é" * size)


async def test_many_at_once(connection: Connection) -> None:
    calls = [connection.call("GET", f"/number/{number}", Anything) for number in range(60)]
    answers = await asyncio.gather(*calls)
    assert [answer["path"] for answer in answers] == [f"/api/v1/number/{number}" for number in range(60)]


async def test_a_refusal_is_the_error_that_the_engine_meant(connection: Connection) -> None:
    with pytest.raises(NotFoundError, match="no such thing") as refusal:
        await connection.call("GET", "/refused", Anything)
    assert refusal.value.hint == "Look."
    with pytest.raises(Exception, match="HTTP status 502"):
        await connection.call("GET", "/odd", Anything)


async def test_what_is_no_text_is_not_sent(connection: Connection) -> None:
    with pytest.raises(UsageError, match="not valid Unicode"):
        await connection.call("GET", "/x", Anything, query={"name": "\udcff"})
    with pytest.raises(UsageError, match="not valid Unicode"):
        await connection.call("POST", "/x", Anything, body=Note("\udcff"))


async def test_a_connection_that_breaks_is_told(connection: Connection) -> None:
    with pytest.raises(UnreachableError, match="does not answer"):
        await connection.call("GET", "/breaks", Anything)


async def test_the_engine_sees_that_nobody_waits_any_more(connection: Connection, echo: Echo) -> None:
    asking = asyncio.create_task(connection.call("GET", "/never", Anything, patient=True))
    await asyncio.wait_for(echo.waits.wait(), 10)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    await asyncio.wait_for(echo.left.wait(), 10)


async def test_a_stream_comes_in_order_and_ends(connection: Connection) -> None:
    decoder = msgspec.json.Decoder(dict[str, int])
    numbers = [each["number"] async for each in connection.frames("/stream", decoder, {"count": 100})]
    assert numbers == list(range(100))


@pytest.mark.parametrize("brief", [False, True])
async def test_where_nobody_listens_it_is_told(tmp_path: Path, brief: bool) -> None:
    async with Connection(tmp_path / "nothing", brief=brief) as connection:
        with pytest.raises(UnreachableError, match="does not answer"):
            await connection.call("GET", "/engine", Anything)
        with pytest.raises(UnreachableError):
            [each async for each in connection.frames("/events", msgspec.json.Decoder(Anything))]
