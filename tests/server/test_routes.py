"""The table of routes: each has its client method, its place in the OpenAPI document, and an answer."""

from __future__ import annotations

import inspect
import re
from typing import Any, get_type_hints

import aiohttp
import msgspec
import pytest

from core.client import Client
from core.client.client import Client as Implementation
from core.client.connection import Connection
from core.errors import BoatyardError
from core.server.openapi import openapi_document
from core.server.routes import ROUTES
from core.values import requests
from core.values.review import SixelTerminal
from tests.yard import Yard

PARTS = (requests.Request, requests.WantedSettings, requests.SetBudget, requests.DiffPart)
"""What bodies are made of, and is none itself."""
WITHOUT_REQUEST = {"close", "events"}


class Recorder(Connection):
    """Notes the requests instead of making them."""

    def __init__(self) -> None:
        self.made: list[tuple[str, str, Any, Any, set[str]]] = []

    async def call(
        self,
        method: str,
        path: str,
        returns: Any,
        *,
        body: Any = None,
        query: Any = None,
        patient: bool = False,
    ) -> Any:
        self.made.append((method, path, returns, type(body) if body else None, set(query or {})))
        raise BoatyardError("noted")


SPECIAL = {"force": True, "style": None, "sixel": SixelTerminal(cell_width=10, cell_height=20)}
"""Parameters that take neither a text nor a number."""


def arguments(method: Any) -> dict[str, Any]:
    """Something for every parameter; `body` of its own type."""
    hints = get_type_hints(method, vars(inspect.getmodule(method)))
    given: dict[str, Any] = {}
    for name in inspect.signature(method).parameters:
        if name == "body":
            fields = {
                field.encode_name: ("x",) if "tuple" in str(field.type) else "x"
                for field in msgspec.structs.fields(hints[name])
                if field.required
            }
            given[name] = hints[name](**fields)
        elif name != "self":
            given[name] = SPECIAL.get(name, 1 if "int" in str(hints[name]) else "x")
    return given


async def requests_of_client() -> list[tuple[str, str, Any, Any, set[str]]]:
    client = object.__new__(Implementation)
    recorder = Recorder()
    client._http = recorder
    for name, method in inspect.getmembers(Implementation, inspect.iscoroutinefunction):
        if not name.startswith("_") and name not in WITHOUT_REQUEST:
            before = len(recorder.made)
            with pytest.raises(BoatyardError, match="noted"):
                await method(client, **arguments(method))
            assert len(recorder.made) == before + 1, name
    return recorder.made


def pattern(path: str) -> str:
    return re.sub(r"{\w+}", "x", path)


async def test_every_route_has_a_client_method_and_every_method_a_route() -> None:
    made = {(method, path) for method, path, *_ in await requests_of_client()}
    assert made == {(route.method, pattern(route.path)) for route in ROUTES}


async def test_client_and_route_agree_on_body_answer_and_query() -> None:
    routes = {(route.method, pattern(route.path)): route for route in ROUTES}
    for method, path, returns, body, query in await requests_of_client():
        route = routes[(method, path)]
        assert returns == route.returns, (method, path)
        assert body == route.body, (method, path)
        assert query <= set(route.query), (method, path)


def test_every_body_is_used_by_a_route() -> None:
    bodies = {
        kind
        for _, kind in inspect.getmembers(requests, inspect.isclass)
        if issubclass(kind, requests.Request) and kind not in PARTS
    }
    assert bodies == {route.body for route in ROUTES if route.body}


class TestOpenApi:
    async def test_it_is_served_and_names_every_route(self, http: aiohttp.ClientSession) -> None:
        async with http.get("/api/v1/openapi.json") as response:
            assert response.status == 200
            document = await response.json()
        assert document["openapi"].startswith("3.1")
        named = {(m.upper(), path) for path, methods in document["paths"].items() for m in methods}
        routes = {(route.method, "/api/v1" + route.path) for route in ROUTES}
        assert named == routes | {("GET", "/api/v1/events"), ("GET", "/api/v1/containers/{name}/usage")}

    def test_it_names_every_type_and_every_reference_leads_somewhere(self) -> None:
        document = openapi_document()
        schemas = document["components"]["schemas"]
        text = msgspec.json.encode(document).decode()
        assert set(re.findall(r'"#/components/schemas/([^"]+)"', text)) <= set(schemas)
        structs = {route.body.__name__ for route in ROUTES if route.body} | {"ErrorAnswer", "ErrorDetail"}
        for route in ROUTES:
            structs |= set(re.findall(r"\b([A-Z]\w+)(?=[,\]]|$)", str(route.returns).replace("'>", "")))
        assert structs <= set(schemas)
        assert {"Workspace", "Task", "EntryChanged", "Reset", "Operation", "NewWorkspace"} <= set(schemas)

    def test_operation_ids_are_unique_and_path_parameters_declared(self) -> None:
        operations = [
            (path, operation)
            for path, methods in openapi_document()["paths"].items()
            for operation in methods.values()
        ]
        ids = [operation["operationId"] for _, operation in operations]
        assert len(set(ids)) == len(ids)
        for path, operation in operations:
            declared = {p["name"] for p in operation["parameters"] if p["in"] == "path"}
            assert declared == set(re.findall(r"{(\w+)}", path))


async def test_every_route_answers_or_refuses_in_words(yard: Yard, http: aiohttp.ClientSession) -> None:
    """With names that nothing has, none ends in an unexpected error."""
    for route in ROUTES:
        if route.path in ("/engine/stop",):
            continue
        path = "/api/v1" + route.path.replace("{name}", "no-such").replace("{id}", "f" * 32)
        body = msgspec.json.encode(_empty(route.body)) if route.body else None
        headers = {"Content-Type": "application/json"} if body else {}
        async with http.request(route.method, path, data=body, headers=headers) as response:
            document = await response.json()
            assert response.status in (200, 404, 422), (route.method, path, document)
            if response.status != 200:
                assert set(document["error"]) == {"code", "message", "hint", "details"}
                assert document["error"]["message"]


def _empty(kind: type[msgspec.Struct]) -> dict[str, Any]:
    return {
        field.encode_name: [] if "tuple" in str(field.type) else "x"
        for field in msgspec.structs.fields(kind)
        if field.required
    }


async def test_a_client_of_another_version_gets_a_hint(yard: Yard) -> None:
    async with Client(yard.home.socket) as client:
        with pytest.raises(BoatyardError, match="is not understood") as refusal:
            await client._http.call("GET", "/engine", tuple[int, ...])
        assert "engine restart" in refusal.value.hint
