"""What may come through the door, how fast, how often and to which name; and what is written down of it."""

from __future__ import annotations

import asyncio
import io
import json
import stat

import pytest

from core.errors import ConflictError, UsageError
from core.server.failures import ALLOWED, WINDOW_SECONDS, Failures
from core.values.access import Scope
from core.values.requests import AddToken
from tests.server.outside import HELD, Outside, opened, raw, token
from tests.waiting import until, until_async
from tests.yard import Yard


class TestFailures:
    async def test_who_fails_too_often_is_not_listened_to_for_a_while(
        self, yard: Yard, outside: Outside
    ) -> None:
        made = await token(yard)
        for _ in range(ALLOWED):
            assert (await outside.ask("GET", "/api/v1/tasks", "wrong"))[0] == 401
        status, document, headers = await outside.ask("GET", "/api/v1/tasks", made)
        assert (status, document["error"]["code"]) == (429, "forbidden")
        assert 0 < int(headers["Retry-After"]) <= WINDOW_SECONDS

    def test_they_are_forgotten_after_a_while_and_never_grow_without_end(self) -> None:
        now = 0.0
        failures = Failures(lambda: now)
        for _ in range(ALLOWED):
            failures.note("a")
        assert (failures.wait("a"), failures.wait("b")) == (WINDOW_SECONDS, 0.0)
        now = WINDOW_SECONDS
        assert failures.wait("a") == 0.0
        for number in range(10_000):
            failures.note(str(number))
        assert len(failures._at) < 5000


class TestBodies:
    JSON = {"Content-Type": "application/json"}

    @pytest.mark.parametrize(
        "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]
    )
    async def test_only_json_is_taken_also_where_no_body_is_wanted(
        self, yard: Yard, outside: Outside, kind: str
    ) -> None:
        made = await token(yard, Scope.ADMIN)
        for method, path in HELD:
            if method != "GET":
                headers = {"Content-Type": kind}
                status, document, _ = await outside.ask(method, path, made, headers=headers, data=b"{}")
                assert (status, document["error"]["code"]) == (422, "usage"), (method, path)

    async def test_a_large_one_is_refused(self, yard: Yard, outside: Outside) -> None:
        made = await token(yard, Scope.ADMIN)
        body = b'{"name": "' + b"x" * 5_000_000 + b'"}'
        assert (await outside.ask("POST", "/api/v1/tags", made, headers=self.JSON, data=io.BytesIO(body)))[
            0
        ] == 413

    async def test_one_that_does_not_come_is_not_waited_for(
        self, yard: Yard, outside: Outside, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("core.server.guard.BODY_SECONDS", 0.2)
        made = await token(yard, Scope.ADMIN)
        head = (
            f"POST /api/v1/tags HTTP/1.1\r\nHost: localhost:{outside.port}\r\n"
            f"Authorization: Bearer {made}\r\n"
            "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
        )
        assert b" 408 " in (await raw(outside, head.encode())).split(b"\r\n")[0]

    @pytest.mark.parametrize("head", [b"", b"GET /api/v1/tasks HTTP/1.1\r\nHost: localhost\r\nX: "])
    async def test_headers_that_do_not_come_are_not_waited_for(
        self, yard: Yard, monkeypatch: pytest.MonkeyPatch, head: bytes
    ) -> None:
        monkeypatch.setattr("core.server.door.HEADER_SECONDS", 0.2)
        monkeypatch.setattr("core.server.door.IDLE_SECONDS", 3600.0)
        async with opened(yard) as outside:
            assert await raw(outside, head) == b""

    async def test_there_is_room_for_so_many_connections(
        self, yard: Yard, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("core.server.door.CONNECTIONS", 2)
        async with opened(yard) as outside:
            held = [await asyncio.open_connection("127.0.0.1", outside.port) for _ in range(2)]
            assert await raw(outside, b"GET / HTTP/1.1\r\n\r\n") == b""
            for _, writer in held:
                writer.close()

            async def answered() -> bool:
                return b" 403 " in await raw(
                    outside, b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
                )

            await until_async(answered, seconds=60)

    async def test_two_lengths_are_refused(self, yard: Yard, outside: Outside) -> None:
        head = (
            f"POST /api/v1/tags HTTP/1.1\r\nHost: localhost:{outside.port}\r\nContent-Length: 4\r\n"
            "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
        )
        assert b" 400 " in (await raw(outside, head.encode())).split(b"\r\n")[0]


class TestAddresses:
    async def test_an_allowed_name_is_answered_to(self, yard: Yard) -> None:
        made = await token(yard)
        async with opened(yard, hosts=("yard.example",)) as outside:
            for host in ("yard.example", f"Yard.Example:{outside.port}", f"localhost:{outside.port}"):
                assert (await outside.ask("GET", "/api/v1/tasks", made, headers={"Host": host}))[0] == 200

    @pytest.mark.parametrize(
        "address", ["", "9000", "127.0.0.1", "x:99999", "a b:1", "http://x:1", "[::1", "u@h:1"]
    )
    async def test_what_is_no_address_is_refused(self, yard: Yard, address: str) -> None:
        with pytest.raises(UsageError, match="no address to listen at"):
            async with opened(yard, address):
                pass

    async def test_one_that_is_taken_or_elsewhere_is_told(self, yard: Yard, outside: Outside) -> None:
        for address in (f"127.0.0.1:{outside.port}", "192.0.2.1:0", "no-such-host.invalid:0"):
            with pytest.raises(ConflictError, match="nothing can listen"):
                async with opened(yard, address):
                    pass

    async def test_it_shuts_when_its_opener_goes(self, yard: Yard) -> None:
        async with opened(yard) as outside:
            port = outside.port

        def shut() -> bool:
            import socket

            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", port)) != 0

        await until(shut, seconds=60)


async def test_who_did_what_is_written_down_without_what_they_wrote(yard: Yard, outside: Outside) -> None:
    made = await token(yard, Scope.WRITE)
    await yard.client.add_token(AddToken(name="local deed"))
    body = b'{"name": "x", "content": "PLANTED"}'
    headers = {"Content-Type": "application/json"}
    await outside.ask("POST", "/api/v1/tags", made, headers=headers, data=body)
    await outside.ask("GET", "/api/v1/search?text=PLANTED", made)
    await outside.ask("POST", "/api/v1/engine/stop", made)
    await outside.ask("GET", "/api/v1/tasks", "PLANTED")
    text = yard.home.audit.read_text()
    assert stat.S_IMODE(yard.home.audit.stat().st_mode) == 0o600
    assert "PLANTED" not in text and made.split("_", 2)[2] not in text
    lines = [json.loads(line) for line in text.splitlines()]
    assert all(set(line) == {"at", "who", "from", "method", "path", "status"} for line in lines)
    told = [(line["from"], line["method"], line["path"], line["status"]) for line in lines]
    assert told[0] == ("local", "POST", "/api/v1/tokens", 200)
    assert lines[0]["who"].startswith("user ")
    assert told[-4:] == [
        ("127.0.0.1", "POST", "/api/v1/tags", 200),
        ("127.0.0.1", "GET", "/api/v1/search", 200),
        ("127.0.0.1", "POST", "/api/v1/engine/stop", 403),
        ("127.0.0.1", "GET", "/api/v1/tasks", 401),
    ]
    assert lines[-2]["who"].startswith("token t-write-None ") and lines[-1]["who"] == "unknown"
