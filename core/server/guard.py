"""What a request through a network door has to pass, on every route and upgrade, before anything is done:

the name it calls the machine by (against rebinding), its origin, how often its address has failed, its
token, the token's scope, its body's type, size and pace. Nothing is ever answered with CORS headers.
"""

from __future__ import annotations

import asyncio
import math
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager

import msgspec
from aiohttp import web

from core.engine.publishing import ASKING
from core.engine.tokens import Tokens
from core.errors import BoatyardError, ForbiddenError, UsageError
from core.server.failures import Failures
from core.server.peer import WHO
from core.server.scopes import scope_of
from core.values.access import Token

BODY_SECONDS = 30.0
"""How long a body may take to come."""
BEARER = "bearer "
PREFIX = "/api/v1"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Guard:
    """Stands at one door."""

    def __init__(self, tokens: Tokens, hosts: Iterable[str], failures: Failures | None = None) -> None:
        """
        Args:
            tokens: Who may come in.
            hosts: The values that a request's Host header may have, in lower case.
            failures: Counts those who may not.
        """
        self._tokens = tokens
        self.hosts = set(hosts)
        self._failures = failures or Failures()
        self._inside: defaultdict[str, set[asyncio.Transport]] = defaultdict(set)
        tokens.on_removed.append(self._throw_out)

    def close(self) -> None:
        self._tokens.on_removed.remove(self._throw_out)

    @property
    def middleware(self) -> Callable[[web.Request, Handler], Awaitable[web.StreamResponse]]:
        @web.middleware
        async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
            self._check_names(request)
            address = request.remote or ""
            if (seconds := self._failures.wait(address)) > 0:
                return _too_often(seconds)
            token = await self._tokens.find(_bearer(request))
            if token is None:
                self._failures.note(address)
                return _unknown()
            request[WHO] = f"token {token.name} ({token.id[:8]})"
            _check_scope(request, token)
            await _take_body(request)
            ASKING.set(token.name)
            with self._present(request, token):
                return await handler(request)

        return guarded

    def _check_names(self, request: web.Request) -> None:
        host = request.headers.get("Host", "").lower()
        if host not in self.hosts:
            raise ForbiddenError(
                f"this door does not answer to the name {host[:100]!r}",
                hint="Call it as 'boatyard serve' says, or allow the name: boatyard serve --allow-host NAME",
            )
        origins = request.headers.getall("Origin", [])
        if any(origin.lower() not in {f"http://{host}", f"https://{host}"} for origin in origins):
            raise ForbiddenError(
                "requests that web pages of other origins make are refused",
                hint="Call the API from a program.",
            )

    @contextmanager
    def _present(self, request: web.Request, token: Token) -> Iterator[None]:
        """While a request is answered: a token that ends meanwhile cuts it off."""
        transport = request.transport
        if transport is None:
            yield
            return
        inside = self._inside[token.id]
        inside.add(transport)
        expiry = None
        if token.expires_at is not None:
            left = self._tokens.seconds_left(token)
            expiry = asyncio.get_running_loop().call_later(left, transport.abort)
        try:
            yield
        finally:
            inside.discard(transport)
            if not inside:
                self._inside.pop(token.id, None)
            if expiry is not None:
                expiry.cancel()

    def _throw_out(self, token_id: str) -> None:
        for transport in self._inside.pop(token_id, ()):
            transport.abort()


def _bearer(request: web.Request) -> str:
    given = request.headers.getall("Authorization", [])
    if len(given) != 1 or not given[0].lower().startswith(BEARER):
        return ""
    return given[0][len(BEARER) :].strip()


def _check_scope(request: web.Request, token: Token) -> None:
    resource = request.match_info.route.resource
    path = resource.canonical.removeprefix(PREFIX) if resource is not None else request.path
    needed = scope_of(request.method, path)
    if not token.scope.covers(needed):
        raise ForbiddenError(
            f"the token {token.name!r} may {token.scope.value}; this needs {needed.value}",
            hint=f"Make one that may: boatyard token add NAME --scope {needed.value}",
        )


async def _take_body(request: web.Request) -> None:
    """Reads the body, if there is one, before anything is done: it must be JSON and come in time."""
    if not request.can_read_body:
        return
    if request.content_type != "application/json":
        raise UsageError(
            f"the body's type is {request.content_type!r}",
            hint="Send JSON with 'Content-Type: application/json'.",
        )
    try:
        async with asyncio.timeout(BODY_SECONDS):
            await request.read()
    except TimeoutError as error:
        raise web.HTTPRequestTimeout from error


def _unknown() -> web.Response:
    error = ForbiddenError(
        "no valid token came with the request",
        hint="Send 'Authorization: Bearer TOKEN'; make one with 'boatyard token add NAME'.",
    )
    return _refusal(error, 401, {"WWW-Authenticate": 'Bearer realm="boatyard"'})


def _too_often(seconds: float) -> web.Response:
    wait = max(1, math.ceil(seconds))
    error = ForbiddenError(
        "too many requests without a valid token came from this address", hint=f"Wait {wait} seconds."
    )
    return _refusal(error, 429, {"Retry-After": str(wait)})


def _refusal(error: BoatyardError, status: int, headers: dict[str, str]) -> web.Response:
    body = msgspec.json.encode({"error": error.document()})
    return web.Response(body=body, status=status, content_type="application/json", headers=headers)
