"""One entry of the table of routes, and the paths of the resources that many of them begin with."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from core.server.call import Call

PROJECT, REPO, TASK = "/projects/{id}", "/repos/{id}", "/tasks/{id}"
WORKSPACE, OPERATION = "/workspaces/{name}", "/operations/{id}"
PROCESS, CONTAINER = "/processes/{id}", "/containers/{name}"

Handle = Callable[[Call], Awaitable[Any]]


@dataclass(frozen=True)
class Route:
    """One entry of the table."""

    method: str
    path: str
    handle: Handle
    returns: Any
    """The type of the answer."""
    body: type[msgspec.Struct] | None = None
    """The type that the request's JSON must have; None: it has no body."""
    query: tuple[str, ...] = ()
    """The parameters that it takes behind the path; all may be left out."""
