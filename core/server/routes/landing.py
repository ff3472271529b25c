"""Routes about the landing queue."""

from __future__ import annotations

from core.server.routes.route import Route
from core.values import requests as ask
from core.values.landing import LandingQueue

ROUTES = (
    Route("GET", "/landing", lambda c: c.engine.landing_queue.show(), LandingQueue),
    Route("POST", "/landing", lambda c: c.engine.landing_queue.add(c.body), LandingQueue, ask.QueueLanding),
    Route("POST", "/landing/start", lambda c: c.engine.landing_queue.start(), LandingQueue),
    Route("POST", "/landing/stop", lambda c: c.engine.landing_queue.stop(), LandingQueue),
    Route("DELETE", "/landing/{name}", lambda c: c.engine.landing_queue.drop(c.part("name")), LandingQueue),
)
