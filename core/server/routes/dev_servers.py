"""Routes about dev servers."""

from __future__ import annotations

from core.server.routes.route import WORKSPACE, Route
from core.values import entities as v
from core.values import requests as ask

ROUTES = (
    Route(
        "GET",
        WORKSPACE + "/dev",
        lambda c: c.engine.dev_servers.list(c.part("name")),
        tuple[v.DevServer, ...],
    ),
    Route(
        "POST",
        WORKSPACE + "/dev/start",
        lambda c: c.engine.dev_servers.start(c.part("name"), c.body),
        tuple[v.DevServer, ...],
        ask.DevServerRequest,
    ),
    Route(
        "POST",
        WORKSPACE + "/dev/stop",
        lambda c: c.engine.dev_servers.stop(c.part("name"), c.body),
        tuple[v.DevServer, ...],
        ask.DevServerRequest,
    ),
)
