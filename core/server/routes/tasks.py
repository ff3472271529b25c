"""Routes about tasks."""

from __future__ import annotations

from core.server.routes.route import TASK, Route
from core.values import entities as v
from core.values import requests as ask
from core.values.answers import RemovedAnswer

ROUTES = (
    Route(
        "GET",
        "/tasks",
        lambda c: c.engine.tasks.list(c.text("project")),
        tuple[v.Task, ...],
        query=("project",),
    ),
    Route("POST", "/tasks", lambda c: c.engine.tasks.add(c.body), v.Task, ask.AddTask),
    Route("GET", TASK, lambda c: c.engine.tasks.get(c.part("id")), v.Task),
    Route("PATCH", TASK, lambda c: c.engine.tasks.update(c.part("id"), c.body), v.Task, ask.UpdateTask),
    Route("POST", TASK + "/move", lambda c: c.engine.tasks.move(c.part("id"), c.body), v.Task, ask.MoveTask),
    Route("GET", TASK + "/usage", lambda c: c.engine.spending.usage(c.part("id")), v.TaskUsage),
    Route(
        "DELETE",
        TASK,
        lambda c: c.engine.tasks.remove(c.part("id"), c.flag("force")),
        RemovedAnswer,
        query=("force",),
    ),
)
