"""Routes about agents: which there are, and what one offers."""

from __future__ import annotations

from core.server.routes.route import WORKSPACE, Route
from core.values import entities as v
from core.values.conversation import AgentCommand

ROUTES = (
    Route("GET", "/agents", lambda c: c.engine.agents.list(), tuple[v.AgentInfo, ...]),
    Route(
        "GET",
        WORKSPACE + "/commands",
        lambda c: c.engine.sessions.commands(c.part("name")),
        tuple[AgentCommand, ...],
    ),
)
