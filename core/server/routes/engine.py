"""Routes about the engine itself."""

from __future__ import annotations

from core.server.routes.route import Route
from core.values import entities as v
from core.values.answers import StoppedAnswer

ROUTES = (
    Route("GET", "/engine", lambda c: c.engine.status(), v.EngineStatus),
    Route("POST", "/engine/stop", lambda c: c.engine.lifetime.request_stop(), StoppedAnswer),
    Route("GET", "/snapshot", lambda c: c.engine.snapshot(), v.Snapshot),
)
