"""Routes about agents: which there are, and what one offers."""

from __future__ import annotations

from core.server.routes.route import WORKSPACE, Route
from core.values import entities as v
from core.values import requests as ask
from core.values.answers import RemovedAnswer, ShellAnswer, TypedAnswer
from core.values.conversation import AgentCommand, AgentModes, Screen

ROUTES = (
    Route(
        "GET",
        "/agents",
        lambda c: c.engine.agents.list(c.text("workspace")),
        tuple[v.AgentInfo, ...],
        query=("workspace",),
    ),
    Route("POST", "/agents", lambda c: c.engine.agents.add(c.body), v.AgentInfo, ask.AddAgent),
    Route("DELETE", "/agents/{name}", lambda c: c.engine.agents.remove(c.part("name")), RemovedAnswer),
    Route(
        "POST",
        "/agents/{name}/test",
        lambda c: c.engine.agents.test(c.part("name"), c.body),
        v.AgentTrial,
        ask.TestAgent,
    ),
    Route("GET", WORKSPACE + "/screen", lambda c: c.engine.screens.look(c.part("name")), Screen),
    Route(
        "POST",
        WORKSPACE + "/screen",
        lambda c: c.engine.screens.type(c.part("name"), c.body),
        TypedAnswer,
        ask.TypeText,
    ),
    Route("POST", WORKSPACE + "/attach", lambda c: c.engine.screens.attach(c.part("name")), ShellAnswer),
    Route("GET", WORKSPACE + "/modes", lambda c: c.engine.sessions.modes(c.part("name")), AgentModes),
    Route(
        "POST",
        WORKSPACE + "/mode",
        lambda c: c.engine.sessions.set_mode(c.part("name"), c.body),
        AgentModes,
        ask.SetMode,
    ),
    Route(
        "GET",
        WORKSPACE + "/commands",
        lambda c: c.engine.sessions.commands(c.part("name")),
        tuple[AgentCommand, ...],
    ),
)
