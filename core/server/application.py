"""The aiohttp application: decodes requests, calls the engine, encodes answers and errors."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import msgspec
from aiohttp import web

from core.engine import Engine
from core.errors import BoatyardError, NotFoundError, UsageError, disk_trouble
from core.server.audit import Audit
from core.server.call import ENGINE, Call
from core.server.door import LINE_LIMIT
from core.server.guard import PREFIX, Guard
from core.server.holding import hold_door
from core.server.peer import refuse_strangers
from core.server.routes import ROUTES, Route
from core.server.stream import stream_events, stream_usage

log = logging.getLogger(__name__)

B = TypeVar("B", bound=msgspec.Struct)
BODY_LIMIT = 4 * 2**20
"""Bytes that a request's body may have."""


def make_runner(engine: Engine, *, shutdown_seconds: float) -> web.AppRunner:
    """What serves `engine` on the sites that are given to it."""
    return web.AppRunner(
        make_application(engine),
        access_log=None,
        shutdown_timeout=shutdown_seconds,
        max_line_size=LINE_LIMIT,
    )


def make_application(engine: Engine) -> web.Application:
    """The application that serves `engine` to its own user, over the Unix socket."""
    audit = Audit(engine.home.audit)
    application = _application(engine, [audit.middleware(reads=False), _answer_errors, refuse_strangers])

    async def door(request: web.Request) -> web.StreamResponse:
        call = Call(request, None)
        return await hold_door(request, call, lambda guard: guarded_application(engine, guard, audit))

    async def close(_: web.Application) -> None:
        audit.close()

    application.router.add_get(PREFIX + "/door", door, allow_head=False)
    application.on_cleanup.append(close)
    return application


def guarded_application(engine: Engine, guard: Guard, audit: Audit) -> web.Application:
    """The application that serves `engine` to whoever passes the guard."""

    async def close(_: web.Application) -> None:
        guard.close()

    application = _application(engine, [audit.middleware(reads=True), _answer_errors, guard.middleware])
    application.on_cleanup.append(close)
    return application


def _application(engine: Engine, middlewares: list[Any]) -> web.Application:
    application = web.Application(middlewares=middlewares, client_max_size=BODY_LIMIT)
    application[ENGINE] = engine
    for route in ROUTES:
        application.router.add_route(route.method, PREFIX + route.path, _handler(route))
    application.router.add_get(PREFIX + "/events", _events)
    application.router.add_get(PREFIX + "/containers/{name}/usage", _usage)
    application.router.add_get(PREFIX + "/openapi.json", _openapi)
    return application


async def _openapi(request: web.Request) -> web.Response:
    from core.server.openapi import openapi_document

    return web.Response(body=msgspec.json.encode(openapi_document()), content_type="application/json")


async def _events(request: web.Request) -> web.StreamResponse:
    since = Call(request, None).number("since", -1)
    return await stream_events(request, request.app[ENGINE].hub, since)


async def _usage(request: web.Request) -> web.StreamResponse:
    containers = request.app[ENGINE].containers
    container = await containers.get(request.match_info["name"])
    return await stream_usage(request, containers.follow(container))


def _handler(route: Route) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def handle(request: web.Request) -> web.StreamResponse:
        body = await _decode(request, route.body) if route.body else None
        with request.app[ENGINE].lifetime.used():
            answer = await route.handle(Call(request, body))
        return web.Response(body=msgspec.json.encode(answer), content_type="application/json")

    return handle


async def _decode(request: web.Request, kind: type[B]) -> B:
    if request.content_type != "application/json":
        raise UsageError(
            f"the body's type is {request.content_type!r}",
            hint="Send JSON with 'Content-Type: application/json'.",
        )
    try:
        return msgspec.json.decode(await request.read(), type=kind)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise UsageError(
            f"the request's body is wrong: {error}", hint="GET /api/v1/openapi.json says what it must be."
        ) from error


@web.middleware
async def _answer_errors(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    try:
        return await handler(request)
    except BoatyardError as error:
        return _error(error, error.http_status)
    except web.HTTPException as error:
        return _error(_http_error(request, error), error.status)
    except Exception as error:  # the request boundary: told to the caller, and logged with its trace
        if (full := disk_trouble(error)) is not None:
            log.warning("%s %s: %s", request.method, request.path, full)
            return _error(full, full.http_status)
        log.exception("%s %s failed", request.method, request.path)
        hint = "This is a defect in Boatyard; 'boatyard engine logs' has its trace."
        return _error(BoatyardError(f"unexpected {type(error).__name__}: {error}", hint=hint), 500)


def _http_error(request: web.Request, error: web.HTTPException) -> BoatyardError:
    message = f"{request.method} {request.path[:200]}: {error.reason}"
    if error.status == web.HTTPNotFound.status_code:
        return NotFoundError(message, hint="GET /api/v1/openapi.json lists what there is.")
    if error.status < web.HTTPInternalServerError.status_code:
        return UsageError(message, hint="GET /api/v1/openapi.json says how it is asked.")
    return BoatyardError(message)


def _error(error: BoatyardError, status: int) -> web.Response:
    document = {"error": error.document()}
    return web.Response(
        body=msgspec.json.encode(document, enc_hook=str), status=status, content_type="application/json"
    )
