"""A host of pull requests for tests: what all kinds have in common, on a real socket.

It answers as the published APIs say, checks the token, pages lists, knows ETags, and misbehaves on demand.
Each kind has its own routes and words in a module beside this one.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from core.config import ForgeKind

TOKEN = "tok-3n-of-the-test"
REPOSITORY = "team/boat"
FORK = "ada/boat"
START = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)


def iso(seconds: float = 0.0) -> str:
    """A time of the test, as JSON has it."""
    return datetime.fromtimestamp(START.timestamp() + seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass
class Pull:
    number: int
    title: str
    body: str
    branch: str
    base: str
    draft: bool = False
    state: str = "open"
    merged_at: str | None = None
    merge_commit: str = ""
    fork: str = ""
    """The repository with the branch, if it is another one."""


@dataclass
class Remark:
    """A comment; with a path it is on a line."""

    id: int
    body: str
    author: str = "ann"
    path: str = ""
    line: int = 0
    start: int = 0
    old: bool = False
    resolved: bool = False
    answers: int = 0
    """Id of the comment that it answers."""


@dataclass
class Run:
    """A check: its status in the words of `passed`, `failed`, `pending`, `skipped`."""

    id: int
    name: str
    status: str
    summary: str = ""
    log: str = ""


@dataclass
class Fault:
    """An answer in place of the right one."""

    status: int = 500
    headers: dict[str, str] = field(default_factory=dict)
    body: str = "{}"
    hangs: bool = False
    method: str = ""
    """Only for this method; empty: for any."""
    after: bool = False
    """Whether it happens after the request was done."""


@dataclass
class Asked:
    method: str
    path: str
    status: int
    headers: dict[str, str]


class Refused(Exception):
    def __init__(self, status: int, document: Any) -> None:
        super().__init__(status)
        self.status, self.document = status, document


Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Host(ABC):
    """One server with one repository; use as an asynchronous context manager."""

    kind: ForgeKind
    prefix: str
    """Of the API's paths."""
    size_parameter = "per_page"
    most = 100
    unknown: Any = {"message": "Not Found"}
    nobody: Any = {"message": "Bad credentials"}

    def __init__(self) -> None:
        self.branches = {"main": "0" * 40}
        self.pulls: list[Pull] = []
        self.remarks: list[Remark] = []
        self.runs: list[Run] = []
        self.faults: list[Fault] = []
        self.asked: list[Asked] = []
        self.page_size = 0
        """Entries on a page, whatever is asked for; 0: as asked."""
        self.url = ""
        self.before: Callable[[], None] = lambda: None
        """Called before each request is answered."""

    @property
    def api(self) -> str:
        return self.url + self.prefix

    @abstractmethod
    def routes(self) -> list[web.RouteDef]:
        """The API below `prefix`."""

    async def __aenter__(self) -> Self:
        application = web.Application(middlewares=[self._middleware])
        application.add_routes(self.routes())
        self._runner = web.AppRunner(application, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._runner.cleanup()

    def merge(self, number: int, commit: str = "c" * 40) -> None:
        pull = self.pull(number)
        pull.state, pull.merged_at, pull.merge_commit = "merged", iso(60), commit

    def pull(self, number: int) -> Pull:
        for each in self.pulls:
            if each.number == number:
                return each
        raise Refused(404, self.unknown)

    def open_pull(
        self, title: str, body: str, branch: str, base: str, draft: bool = False, fork: str = ""
    ) -> Pull:
        """Made by a request; raises `KeyError` when a branch is missing, `LookupError` when there is one."""
        if any(p.state == "open" and (p.fork, p.branch, p.base) == (fork, branch, base) for p in self.pulls):
            raise FileExistsError
        pull = Pull(len(self.pulls) + 1, title, body, branch, base, draft, fork=fork)
        self.pulls.append(pull)
        return pull

    def page(self, request: web.Request, entries: Sequence[Any]) -> web.Response:
        """One page, with the address of the next one in `Link`."""
        return self.wrapped(request, entries, lambda each: each)

    def wrapped(
        self, request: web.Request, entries: Sequence[Any], wrap: Callable[[list[Any]], Any]
    ) -> web.Response:
        size = self.page_size or min(self.most, int(request.query.get(self.size_parameter, "30")))
        number = int(request.query.get("page", "1"))
        headers = {}
        if number * size < len(entries):
            following = request.url.update_query(page=number + 1)
            first = request.url.update_query(page=1)
            headers["Link"] = f'<{first}>; rel="first", <{following}>; rel="next"'
        chosen = list(entries[(number - 1) * size : number * size])
        return web.json_response(wrap(chosen), headers=headers)

    def _authorized(self, request: web.Request) -> bool:
        return request.headers.get("Authorization") == f"Bearer {TOKEN}"

    @web.middleware
    async def _middleware(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        response = await self._answer(request, handler)
        self.asked.append(Asked(request.method, request.path, response.status, dict(request.headers)))
        return response

    async def _answer(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        fault = next((each for each in self.faults if each.method in ("", request.method)), None)
        if fault is not None:
            self.faults.remove(fault)
            if fault.after:
                await handler(request)
            if fault.hangs:
                await asyncio.sleep(3600)
            return web.Response(status=fault.status, headers=fault.headers, text=fault.body)
        if not request.path.startswith("/elsewhere") and not self._authorized(request):
            return web.json_response(self.nobody, status=401)
        self.before()
        try:
            response = await handler(request)
        except Refused as error:
            return web.json_response(error.document, status=error.status)
        except web.HTTPNotFound:
            return web.json_response(self.unknown, status=404)
        return self._tagged(request, response)

    def _tagged(self, request: web.Request, response: web.StreamResponse) -> web.StreamResponse:
        if request.method != "GET" or response.status != 200 or not isinstance(response, web.Response):
            return response
        body = response.body if isinstance(response.body, bytes) else b""
        tag = f'W/"{hashlib.sha256(body).hexdigest()}"'
        if request.headers.get("If-None-Match") == tag:
            return web.Response(status=304, headers={"ETag": tag})
        response.headers["ETag"] = tag
        return response


async def body_of(request: web.Request) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(await request.text())
    return document
