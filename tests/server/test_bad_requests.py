"""Requests that make no sense: refused by a document that says why, and nothing is changed or left busy."""

from __future__ import annotations

import asyncio
import io
import json
from functools import partial
from typing import Any

import aiohttp
import msgspec
import pytest
from yarl import URL

from core.values.events import FilesChanged, ProjectChanged, Stopping, TaskChanged
from core.values.requests import AddProject
from tests.waiting import until
from tests.yard import Yard

JSON = {"Content-Type": "application/json"}
LONG = b"x" * (2**20 + 1)
DEEP = "[" * 20_000 + "]" * 20_000

BODIES: list[tuple[str, str, bytes, int, str]] = [
    ("truncated", "/projects", b'{"name": "x', 422, "truncated"),
    ("nothing", "/projects", b"", 422, "truncated"),
    ("an array for an object", "/projects", b"[]", 422, "Expected `object`"),
    ("a number for a text", "/projects", b'{"name": 5}', 422, "Expected `str`"),
    ("a text for a list", "/projects", b'{"name": "x", "repos": "y"}', 422, "Expected `array`"),
    ("an unknown field", "/projects", b'{"name": "x", "colour": 1}', 422, "unknown field `colour`"),
    ("a missing field", "/tasks", b'{"title": "x"}', 422, "missing required field `project`"),
    ("20,000 levels", "/projects", b'{"name": ' + DEEP.encode() + b"}", 422, "wrong"),
    ("20,000 levels in an unknown field", "/projects", b'{"x": ' + DEEP.encode() + b"}", 422, "wrong"),
    ("5 MB", "/projects", json.dumps({"name": "x" * 5_000_000}).encode(), 413, "Too Large"),
    ("half of a surrogate pair", "/projects", b'{"name": "\\ud800"}', 422, "wrong"),
    ("bytes that are no UTF-8", "/projects", b'{"name": "\xff\xfe"}', 422, "wrong"),
    ("a NUL in a name", "/projects", b'{"name": "a\\u0000b"}', 422, "cannot be a project's name"),
    ("an empty name", "/projects", b'{"name": "  "}', 422, "cannot be a project's name"),
    ("markup and escapes in a name", "/projects", b'{"name": "\\u001b]52;c;x\\u0007"}', 422, "cannot be"),
    ("a number of 10,000 digits", "/projects", b'{"name": ' + b"9" * 10_000 + b"}", 422, "wrong"),
    ("1e999", "/projects", b'{"name": 1e999}', 422, "wrong"),
    ("a NUL in a title", "/tasks", b'{"project": "p", "title": "a\\u0000b"}', 422, "NUL"),
    ("an empty title", "/tasks", b'{"project": "p", "title": "\\n"}', 422, "1 to 500"),
    ("a long title", "/tasks", json.dumps({"project": "p", "title": "x" * 501}).encode(), 422, "1 to 500"),
    (
        "a long description", "/tasks", b'{"project": "p", "title": "t", "description": "%s"}' % LONG, 422,
        "may have",
    ),
    ("an unknown runner", "/run", b'{"title":"t","repos":["/"],"settings":{"runner":"moon"}}', 422, "moon"),
    ("negative memory", "/run", b'{"title":"t","repos":["/"],"settings":{"memory_mb":-1}}', 422, ">= 1"),
    (
        "memory of 10,000 digits", "/run",
        b'{"title":"t","repos":["/"],"settings":{"memory_mb":' + b"9" * 10_000 + b"}}", 422, "wrong",
    ),
    ("no repository", "/run", b'{"title": "t", "repos": []}', 422, "no repository is named"),
    ("a repository that is an option", "/repos", b'{"path": "--upload-pack=x"}', 404, "--upload-pack=x"),
    ("a repository by way of a program", "/repos", b'{"path": "ext::sh -c x"}', 422, "'ext'"),
    ("a repository that is a device", "/repos", b'{"path": "/dev/zero"}', 422, "/dev/zero"),
    ("a repository with a NUL", "/repos", b'{"path": "/tmp/a\\u0000b"}', 422, ""),
]  # fmt: skip


@pytest.fixture
async def project(yard: Yard) -> str:
    return (await yard.client.add_project(AddProject(name="p"))).id


@pytest.mark.parametrize(
    ("path", "body", "status", "why"), [case[1:] for case in BODIES], ids=[case[0] for case in BODIES]
)
async def test_a_body_that_makes_no_sense_is_refused_by_a_document(
    yard: Yard, http: aiohttp.ClientSession, project: str, path: str, body: bytes, status: int, why: str
) -> None:
    before = await yard.client.snapshot()
    error = await refused(http, "POST", path, status, body=body)
    assert why in error["message"]
    assert error["code"] in ("usage", "not_found")
    assert len(error["message"]) < 1000
    after = await yard.client.snapshot()
    assert (after.projects, after.tasks, after.repos) == (before.projects, before.tasks, before.repos)


async def test_of_a_key_that_is_there_twice_the_last_counts(http: aiohttp.ClientSession, yard: Yard) -> None:
    body = io.BytesIO(b'{"name": "first", "name": "last"}')
    async with http.post("/api/v1/projects", data=body, headers=JSON) as response:
        assert (await response.json())["name"] == "last"
    assert [project.name for project in await yard.client.projects()] == ["last"]


async def refused(
    http: aiohttp.ClientSession,
    method: str,
    path: str,
    status: int,
    *,
    body: bytes | None = None,
    headers: dict[str, str] | None = None,
) -> dict[str, Any]:
    data = io.BytesIO(body) if body else body
    async with http.request(method, f"/api/v1{path}", data=data, headers=headers or JSON) as response:
        text = await response.read()
        assert response.status == status, text[:500]
        assert response.content_type == "application/json"
        error: dict[str, Any] = json.loads(text)["error"]
    assert set(error) == {"code", "message", "hint", "details"}
    return error


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
async def test_only_json_is_taken(http: aiohttp.ClientSession, kind: str) -> None:
    error = await refused(
        http, "POST", "/projects", 422, body=b'{"name":"x"}', headers={"Content-Type": kind}
    )
    assert "Content-Type: application/json" in error["hint"]


async def test_a_path_that_is_none_and_a_method_that_is_not_allowed_are_told(
    http: aiohttp.ClientSession,
) -> None:
    missing = await refused(http, "GET", "/nothing", 404)
    assert (missing["code"], "/api/v1/nothing" in missing["message"]) == ("not_found", True)
    assert (await refused(http, "PUT", "/projects", 405))["code"] == "usage"


@pytest.mark.parametrize("number", ["x", "1.5", "", "9" * 30, "٣", "--1", "1e3", "0x10", " 1"])
async def test_a_parameter_that_is_no_number_is_refused(http: aiohttp.ClientSession, number: str) -> None:
    async with http.get(
        f"/api/v1/processes/{'f' * 32}/log", params={"offset": number}, headers=JSON
    ) as response:
        assert response.status == 422
        assert "offset" in (await response.json())["error"]["message"]


async def test_a_parameter_that_is_no_choice_is_refused(http: aiohttp.ClientSession, yard: Yard) -> None:
    workspace = await yard.workspace()
    error = await refused(http, "GET", f"/workspaces/{workspace.name}/merge?style=octopus", 422)
    assert "octopus" in error["message"]
    error = await refused(http, "DELETE", f"/tasks/{workspace.task_id}?force=perhaps", 422)
    assert "force" in error["message"]


@pytest.mark.parametrize(
    "name",
    [
        "../../x",
        "%2e%2e%2f",
        "..%2F..%2Fetc",
        "-rf",
        "a%20b",
        "%00",
        "%ff",
        "x" * 5000,
        "[/]",
        "%F0%9F%9A%A4",
    ],
)
async def test_a_name_in_a_path_never_leads_out(http: aiohttp.ClientSession, name: str) -> None:
    for path in (f"/workspaces/{name}", f"/workspaces/{name}/files", f"/processes/{name}", f"/tasks/{name}"):
        url = URL(f"http://boatyard/api/v1{path}", encoded=True)
        async with http.get(url) as response:
            assert response.status in (404, 422), await response.text()
            assert (await response.json())["error"]["message"]


@pytest.mark.parametrize(
    "path", ["../..", "repo/../../../../etc/passwd", "/etc/passwd", "repo/.git/config", "a\0b"]
)
async def test_a_file_outside_of_the_workspace_is_never_shown(
    yard: Yard, http: aiohttp.ClientSession, path: str
) -> None:
    workspace = await yard.workspace()
    for what in ("file", "files"):
        async with http.get(f"/api/v1/workspaces/{workspace.name}/{what}", params={"path": path}) as response:
            text = await response.text()
            assert response.status in (404, 422), text
            assert "root:" not in text and "repositoryformatversion" not in text


async def test_an_unexpected_error_is_told_without_its_trace_and_logged_with_it(
    yard: Yard, http: aiohttp.ClientSession, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise ZeroDivisionError("on purpose")

    monkeypatch.setattr(yard.engine.projects, "list", broken)
    error = await refused(http, "GET", "/projects", 500)
    assert "unexpected ZeroDivisionError" in error["message"]
    assert "engine logs" in error["hint"]
    assert "Traceback" not in str(error)
    assert "Traceback" in caplog.text


class TestEvents:
    async def test_an_event_reaches_a_second_client_at_once(self, yard: Yard) -> None:
        loop = asyncio.get_running_loop()
        async with yard.watch() as watch:
            delays = []
            for number in range(10):
                name = f"p{number}"
                await yard.client.add_project(AddProject(name=name))
                answered = loop.time()
                await watch.until(ProjectChanged, partial(_is_named, name))
                delays.append(loop.time() - answered)
        assert sorted(delays)[len(delays) // 2] < 0.1

    async def test_two_clients_see_the_same_events_in_the_same_order(self, yard: Yard) -> None:
        async with yard.watch() as one, yard.watch() as two:
            for number in range(5):
                await yard.task(f"task {number}")
            for watch in (one, two):
                await watch.until(TaskChanged, lambda e: e.task.title == "task 4")
            assert one.seen == two.seen[: len(one.seen)] or two.seen == one.seen[: len(two.seen)]

    async def test_since_gives_what_was_missed_and_an_unknown_number_a_reset(
        self, yard: Yard, http: aiohttp.ClientSession
    ) -> None:
        since = (await yard.client.snapshot()).sequence
        await yard.task("x")
        async with http.ws_connect(f"/api/v1/events?since={since}") as socket:
            missed = await socket.receive_json(timeout=10)
        assert missed["sequence"] == since + 1
        for unknown in ("", "?since=0", "?since=-1", f"?since={since + 10**6}"):
            async with http.ws_connect(f"/api/v1/events{unknown}") as socket:
                assert (await socket.receive_json(timeout=10))["type"] == "reset"

    async def test_what_a_client_says_on_it_is_ignored(self, yard: Yard, http: aiohttp.ClientSession) -> None:
        since = (await yard.client.snapshot()).sequence
        async with http.ws_connect(f"/api/v1/events?since={since}") as socket:
            await socket.send_str("x" * 1000)
            await socket.send_bytes(b"\xff" * 1000)
            yard.engine.hub.publish(FilesChanged(workspace="ws"))
            assert (await socket.receive_json(timeout=10))["type"] == "files"

    async def test_a_stopping_engine_says_so_and_hangs_up(self, yard: Yard) -> None:
        stopping = asyncio.create_task(yard.engine.lifetime.run_until_stopped())
        since = (await yard.client.snapshot()).sequence
        seen = []

        async def listen() -> None:
            async for event in yard.client.events(since):
                seen.append(event)

        listening = asyncio.create_task(listen())
        await until(lambda: yard.engine.hub.subscribers)
        await yard.client.stop_engine()
        async with asyncio.timeout(10):
            await stopping
            await listening
        assert isinstance(seen[-1], Stopping)

    async def test_a_client_that_goes_away_is_forgotten(
        self, yard: Yard, http: aiohttp.ClientSession
    ) -> None:
        for _ in range(20):
            async with http.ws_connect("/api/v1/events?since=0") as socket:
                await socket.receive_json(timeout=10)
        async with asyncio.timeout(10):
            while yard.engine.hub.subscribers:
                yard.engine.hub.publish(FilesChanged(workspace="ws"))
                await asyncio.sleep(0.01)


def _is_named(name: str, event: ProjectChanged) -> bool:
    return event.project.name == name


async def test_answers_are_what_the_entities_say(yard: Yard, http: aiohttp.ClientSession) -> None:
    task = await yard.task("Größe 😀 [/] \x1b[31m")
    async with http.get(f"/api/v1/tasks/{task.id[:8]}") as response:
        assert await response.read() == msgspec.json.encode(task)
