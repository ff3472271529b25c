"""Routes about projects and repos."""

from __future__ import annotations

from core.server.routes.route import PROJECT, REPO, Route
from core.values import entities as v
from core.values import requests as ask
from core.values.answers import RemovedAnswer

ROUTES = (
    Route("GET", "/projects", lambda c: c.engine.projects.list(), tuple[v.Project, ...]),
    Route("POST", "/projects", lambda c: c.engine.projects.add(c.body), v.Project, ask.AddProject),
    Route("GET", PROJECT, lambda c: c.engine.projects.get(c.part("id")), v.Project),
    Route(
        "PATCH",
        PROJECT,
        lambda c: c.engine.projects.update(c.part("id"), c.body),
        v.Project,
        ask.UpdateProject,
    ),
    Route(
        "DELETE",
        PROJECT,
        lambda c: c.engine.projects.remove(c.part("id"), c.flag("force")),
        RemovedAnswer,
        query=("force",),
    ),
    Route("GET", "/repos", lambda c: c.engine.repos.list(), tuple[v.Repo, ...]),
    Route("POST", "/repos", lambda c: c.engine.repos.add(c.body), v.Repo, ask.AddRepo),
    Route("GET", REPO, lambda c: c.engine.repos.get(c.part("id")), v.Repo),
    Route("PATCH", REPO, lambda c: c.engine.repos.update(c.part("id"), c.body), v.Repo, ask.UpdateRepo),
    Route("DELETE", REPO, lambda c: c.engine.repos.remove(c.part("id")), RemovedAnswer),
)
