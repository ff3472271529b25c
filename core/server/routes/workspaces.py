"""Routes about workspaces and the operations on them."""

from __future__ import annotations

from core.server.routes.route import OPERATION, WORKSPACE, Route
from core.values import entities as v
from core.values import requests as ask
from core.values.answers import ShellAnswer
from core.values.review import LossReport

ROUTES = (
    Route(
        "GET",
        "/workspaces",
        lambda c: c.engine.workspaces.list(c.flag("archived")),
        tuple[v.Workspace, ...],
        query=("archived",),
    ),
    Route("POST", "/workspaces", lambda c: c.engine.workspaces.new(c.body), v.Operation, ask.NewWorkspace),
    Route("POST", "/run", lambda c: c.engine.workspaces.run_task(c.body), v.Operation, ask.RunTask),
    Route("GET", WORKSPACE, lambda c: c.engine.workspaces.get(c.part("name")), v.Workspace),
    Route("POST", WORKSPACE + "/retry", lambda c: c.engine.workspaces.retry(c.part("name")), v.Operation),
    Route("POST", WORKSPACE + "/close", lambda c: c.engine.workspaces.close(c.part("name")), v.Operation),
    Route("POST", WORKSPACE + "/restore", lambda c: c.engine.workspaces.restore(c.part("name")), v.Operation),
    Route("GET", WORKSPACE + "/loss", lambda c: c.engine.workspaces.loss(c.part("name")), LossReport),
    Route(
        "POST",
        WORKSPACE + "/remove",
        lambda c: c.engine.workspaces.remove(c.part("name"), c.body),
        v.Operation,
        ask.RemoveWorkspace,
    ),
    Route("POST", WORKSPACE + "/recover", lambda c: c.engine.workspaces.recover(c.part("name")), v.Operation),
    Route(
        "POST",
        WORKSPACE + "/shell",
        lambda c: c.engine.workspaces.shell(c.part("name"), c.body),
        ShellAnswer,
        ask.RunCommand,
    ),
    Route("GET", OPERATION, lambda c: c.engine.operations.get(c.part("id")), v.Operation),
    Route("GET", OPERATION + "/wait", lambda c: c.engine.operations.wait(c.part("id")), v.Operation),
)
