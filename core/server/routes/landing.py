"""Routes about attempts at a task, checks, and the landing queue."""

from __future__ import annotations

from core.server.routes.route import WORKSPACE, Route
from core.values import requests as ask
from core.values.attempts import Attempt, CheckAnswer
from core.values.entities import Operation
from core.values.landing import LandingQueue

TASK = "/tasks/{id}"

ROUTES = (
    Route("GET", TASK + "/attempts", lambda c: c.engine.attempts.list(c.part("id")), tuple[Attempt, ...]),
    Route(
        "POST",
        TASK + "/choose",
        lambda c: c.engine.attempts.choose(c.part("id"), c.body),
        tuple[Operation, ...],
        ask.ChooseAttempt,
    ),
    Route("POST", WORKSPACE + "/check", lambda c: c.engine.attempts.check(c.part("name")), CheckAnswer),
    Route("GET", "/landing", lambda c: c.engine.landing_queue.show(), LandingQueue),
    Route("POST", "/landing", lambda c: c.engine.landing_queue.add(c.body), LandingQueue, ask.QueueLanding),
    Route("POST", "/landing/start", lambda c: c.engine.landing_queue.start(), LandingQueue),
    Route("POST", "/landing/stop", lambda c: c.engine.landing_queue.stop(), LandingQueue),
    Route("DELETE", "/landing/{name}", lambda c: c.engine.landing_queue.drop(c.part("name")), LandingQueue),
)
