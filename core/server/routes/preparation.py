"""Routes about how workspaces are prepared: templates, overrides, copied files, built images."""

from __future__ import annotations

from core.server.routes.route import PROJECT, WORKSPACE, Route
from core.values import entities as v
from core.values import requests as ask
from core.values.answers import BuildLog, RemovedAnswer

ROUTES = (
    Route("GET", "/templates", lambda c: c.engine.templates.list(), tuple[v.Template, ...]),
    Route("POST", "/templates", lambda c: c.engine.templates.add(c.body), v.Template, ask.AddTemplate),
    Route("GET", "/templates/{id}", lambda c: c.engine.templates.get(c.part("id")), v.Template),
    Route("DELETE", "/templates/{id}", lambda c: c.engine.templates.remove(c.part("id")), RemovedAnswer),
    Route(
        "GET", PROJECT + "/repos", lambda c: c.engine.overrides.list(c.part("id")), tuple[v.ProjectRepo, ...]
    ),
    Route(
        "PATCH",
        PROJECT + "/repos/{repo}",
        lambda c: c.engine.overrides.update(c.part("id"), c.part("repo"), c.body),
        v.ProjectRepo,
        ask.UpdateProjectRepo,
    ),
    Route(
        "GET",
        WORKSPACE + "/build-log",
        lambda c: c.engine.preparation.build_log(c.part("name")),
        BuildLog,
    ),
    Route(
        "GET",
        WORKSPACE + "/copied",
        lambda c: c.engine.preparation.copied(c.part("name")),
        tuple[v.CopiedFiles, ...],
    ),
)
