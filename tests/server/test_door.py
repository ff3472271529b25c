"""The door to the network: whoever comes through it has shown a token, on every route."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing

import aiohttp
import pytest

from core.errors import ConflictError, NotFoundError, UsageError
from core.server.routes import ROUTES
from core.server.scopes import ADMIN, scope_of
from core.values.access import NewToken, Scope
from core.values.requests import AddToken
from tests.server.outside import HELD, Outside, headers_for, token
from tests.yard import Yard


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any number of failures is allowed."""
    monkeypatch.setattr("core.server.failures.ALLOWED", 10**6)


@pytest.mark.usefixtures("often")
class TestEveryRoute:
    """One door for all of them, so that the engine is started once: what is wrong is collected."""

    async def test_none_answers_without_a_valid_token(self, yard: Yard, outside: Outside) -> None:
        made = await token(yard)
        wrong = [
            "",
            made[:-1],
            made + "x",
            made.replace("boatyard_", "x_"),
            "boatyard__",
            "é" * 20,
            "x" * 7000,
        ]
        for method, path in [*HELD, ("GET", "/"), ("GET", "/api/v1/door"), ("OPTIONS", "/api/v1/tasks")]:
            for each in wrong if path == "/api/v1/tasks" else wrong[:2]:
                status, document, headers = await outside.ask(method, path, each, headers=headers_for(path))
                assert status == 401, (method, path, status)
                assert headers["WWW-Authenticate"].startswith("Bearer"), (method, path)
                assert document["error"]["code"] == "forbidden"

    async def test_none_answers_to_a_foreign_name_or_page(self, yard: Yard, outside: Outside) -> None:
        made = await token(yard, Scope.ADMIN)
        for method, path in HELD:
            for name, value in [
                ("Host", "evil.example"),
                ("Host", f"evil.example:{outside.port}"),
                ("Host", "127.0.0.1:1"),
                ("Origin", "http://evil.example"),
                ("Origin", "null"),
                ("Origin", f"http://evil.example:{outside.port}"),
            ]:
                headers = {
                    **headers_for(path),
                    name: value,
                    "x-relayed": "1",
                    "X-Forwarded-Host": "localhost",
                }
                status, _, _ = await outside.ask(method, path, made, headers=headers)
                assert status == 403, (method, path, name, value, status)

    async def test_each_wants_its_scope(self, yard: Yard, outside: Outside) -> None:
        reader, writer = await token(yard, Scope.READ), await token(yard, Scope.WRITE)
        for method, path in HELD:
            needed = scope_of(method, path.removeprefix("/api/v1"))
            assert needed is not Scope.READ or method == "GET", "what changes something is open to readers"
            for made, scope in ((reader, Scope.READ), (writer, Scope.WRITE)):
                if not scope.covers(needed):
                    status, document, _ = await outside.ask(method, path, made, headers=headers_for(path))
                    assert (status, document["error"]["code"]) == (403, "forbidden"), (method, path, scope)
                    assert f"--scope {needed}" in document["error"]["hint"]

    async def test_none_says_anything_to_web_pages(self, yard: Yard, outside: Outside) -> None:
        made = await token(yard, Scope.READ)
        for method, path in [*HELD, ("OPTIONS", "/api/v1/tasks")]:
            headers = {"Origin": "http://evil.example", "Access-Control-Request-Method": "POST"}
            await outside.ask(method, path, made, headers=headers)
        await outside.ask("GET", "/api/v1/tasks", made)
        assert not [name for name in outside.headers if name.startswith("access-control")]

    def test_every_exception_is_a_route(self) -> None:
        assert {(route.method, route.path) for route in ROUTES} >= ADMIN


async def test_a_token_opens_what_its_scope_covers(yard: Yard, outside: Outside) -> None:
    reader, writer = await token(yard, Scope.READ), await token(yard, Scope.WRITE)
    assert (await outside.ask("GET", "/api/v1/tasks", reader))[:2] == (200, [])
    status, _, _ = await outside.ask(
        "POST", "/api/v1/tags", writer, data=b'{"name": "x"}', headers={"Content-Type": "application/json"}
    )
    assert status == 200
    assert [tag.name for tag in await yard.client.tags()] == ["x"]
    async with outside.session.ws_connect(
        f"{outside.url}/api/v1/events", headers={"Authorization": f"Bearer {reader}"}
    ) as socket:
        assert not socket.closed
    same = {"Origin": f"http://127.0.0.1:{outside.port}"}
    assert (await outside.ask("GET", "/api/v1/tasks", reader, headers=same))[0] == 200


async def test_an_expired_token_is_none(yard: Yard, outside: Outside) -> None:
    now = yard.engine._context.clock()
    made = await token(yard, seconds=3600)
    yard.engine._context.clock = lambda: now + 3599
    assert (await outside.ask("GET", "/api/v1/tasks", made))[0] == 200
    yard.engine._context.clock = lambda: now + 3601
    assert (await outside.ask("GET", "/api/v1/tasks", made))[0] == 401


@pytest.mark.parametrize("how", ["removed", "expired"])
async def test_a_token_that_ends_cuts_off_who_is_inside(yard: Yard, outside: Outside, how: str) -> None:
    made = await yard.client.add_token(AddToken(name="x", seconds=None if how == "removed" else 2.0))
    headers = {"Authorization": f"Bearer {made.secret}"}
    async with outside.session.ws_connect(f"{outside.url}/api/v1/events", headers=headers) as socket:
        assert (await socket.receive_json(timeout=60))["type"] == "reset"
        if how == "removed":
            await yard.client.remove_token("x")
        assert (await socket.receive(timeout=60)).type in (
            aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.ERROR,
        )  # fmt: skip
    assert (await outside.ask("GET", "/api/v1/tasks", made.secret))[0] == 401


class TestTokens:
    async def test_only_a_hash_is_kept(self, yard: Yard, outside: Outside) -> None:
        made = await yard.client.add_token(AddToken(name="phone", scope=Scope.ADMIN))
        assert (await outside.ask("GET", "/api/v1/tokens", made.secret))[0] == 200
        secret = made.secret.split("_", 2)[2].encode()
        assert len(secret) >= 40
        for path in (yard.home.data, yard.home.state):
            for file in path.rglob("*"):
                assert not file.is_file() or secret not in file.read_bytes(), file
        with closing(sqlite3.connect(yard.home.database)) as database:
            ((kept,),) = database.execute("SELECT sha256 FROM api_token").fetchall()
        assert re.fullmatch(r"[0-9a-f]{64}", kept)

    async def test_it_is_compared_in_constant_time_also_where_there_is_none(
        self, yard: Yard, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        made = await yard.client.add_token(AddToken(name="phone"))
        compared: list[int] = []

        def compare(one: str, other: str) -> bool:
            compared.append(len(one) + len(other))
            return one == other

        monkeypatch.setattr("core.engine.tokens.hmac.compare_digest", compare)
        assert await yard.engine.tokens.find(made.secret) is not None
        assert await yard.engine.tokens.find(made.secret[:-1] + "!") is None
        assert await yard.engine.tokens.find("boatyard_nobody_x") is None
        assert compared == [128, 128, 128]

    async def test_names(self, yard: Yard) -> None:
        made = await yard.client.add_token(AddToken(name="phone"))
        with pytest.raises(ConflictError, match="already"):
            await yard.client.add_token(AddToken(name="phone"))
        for name in ("", " ", "x" * 65, "a\x1b[31mb", "a\nb", "a\u202eb"):
            with pytest.raises(UsageError, match="cannot be a token's name"):
                await yard.client.add_token(AddToken(name=name))
        assert [each.name for each in await yard.client.tokens()] == ["phone"]
        await yard.client.remove_token(made.token.id)
        with pytest.raises(NotFoundError):
            await yard.client.remove_token("phone")
        assert isinstance(await yard.client.add_token(AddToken(name="phone")), NewToken)
