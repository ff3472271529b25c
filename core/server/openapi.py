"""The OpenAPI document, made from the table of routes and the value types themselves.

Nothing in it is written by hand, so it cannot tell anything else than what the engine does.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.metadata import version
from typing import Any

import msgspec

from core.server.routes import ROUTES, Route
from core.values.answers import ErrorAnswer
from core.values.containers import Usage
from core.values.events import AnyEvent

VERSION = "3.1.0"
PREFIX = "/api/v1"
USAGE_PATH = "/containers/{name}/usage"
WHOLE_NUMBERS = frozenset({"end", "limit", "offset", "start", "context", "since", "from", "to", "lines"})
FLAGS = frozenset({"force", "stats", "disk", "archived"})
_REF = "#/components/schemas/{name}"


@cache
def openapi_document() -> dict[str, Any]:
    """The document as plain data."""
    types = [
        ErrorAnswer,
        AnyEvent,
        Usage,
        *(kind for route in ROUTES for kind in (route.returns, route.body) if kind),
    ]
    schemas, components = msgspec.json.schema_components(types, schema_hook=_any_value, ref_template=_REF)
    events = schemas[1]
    bodies = iter(schemas[3:])
    paths: dict[str, dict[str, Any]] = {}
    for route in ROUTES:
        answer = next(bodies)
        body = next(bodies) if route.body else None
        paths.setdefault(PREFIX + route.path, {})[route.method.lower()] = _operation(route, answer, body)
    paths[f"{PREFIX}/events"] = {"get": _event_stream(events)}
    paths[f"{PREFIX}{USAGE_PATH}"] = {"get": _usage_stream(schemas[2])}
    return {
        "openapi": VERSION,
        "info": {"title": "Boatyard", "version": version("boatyard")},
        "paths": paths,
        "components": {"schemas": components},
    }


def _any_value(kind: type) -> dict[str, Any]:
    """The schema of a field whose type is `object`."""
    if kind is not object:
        raise NotImplementedError  # msgspec's own protocol: a hook says so that it does not know a type
    return {"description": "Any JSON value"}


def _operation(route: Route, answer: object, body: object) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": _operation_id(route),
        "parameters": [*_path_parameters(route.path), *map(_query_parameter, route.query)],
        "responses": {
            "200": {"description": "Done", "content": _json(answer)},
            "default": {"description": "Refused or failed", "content": _json(_reference(ErrorAnswer))},
        },
    }
    if body is not None:
        operation["requestBody"] = {"required": True, "content": _json(body)}
    return operation


def _operation_id(route: Route) -> str:
    words = re.sub(r"[{}]", "", route.path).replace("/", "_").strip("_")
    return f"{route.method.lower()}_{words}"


def _event_stream(events: object) -> dict[str, Any]:
    return {
        "operationId": "get_events",
        "description": "A WebSocket; each text frame is one event, numbered. Send nothing.",
        "parameters": [_query_parameter("since")],
        "responses": {"101": {"description": "Events", "content": _json(events)}},
    }


def _usage_stream(usage: object) -> dict[str, Any]:
    return {
        "operationId": "get_container_usage",
        "description": "A WebSocket; each text frame tells what the container uses. Send nothing.",
        "parameters": _path_parameters(USAGE_PATH),
        "responses": {"101": {"description": "Usage", "content": _json(usage)}},
    }


def _path_parameters(path: str) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"{(\w+)}", path)
    ]


def _query_parameter(name: str) -> dict[str, Any]:
    kind = "integer" if name in WHOLE_NUMBERS else "boolean" if name in FLAGS else "string"
    return {"name": name, "in": "query", "required": False, "schema": {"type": kind}}


def _json(schema: object) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def _reference(kind: type[msgspec.Struct]) -> dict[str, str]:
    return {"$ref": _REF.format(name=kind.__name__)}
