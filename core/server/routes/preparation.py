"""Routes about how workspaces are prepared: templates, overrides, copied files, built images."""

from __future__ import annotations

from core.server.routes.route import PROJECT, REPO, WORKSPACE, Route
from core.values import entities as v
from core.values import requests as ask
from core.values.answers import BuildLog, RemovedAnswer
from core.values.own_files import OwnFile

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
    Route(
        "GET",
        REPO + "/own-file",
        lambda c: c.engine.own_files.show(c.part("id"), c.text("branch")),
        OwnFile,
        query=("branch",),
    ),
    Route(
        "POST",
        REPO + "/trust",
        lambda c: c.engine.own_files.trust(c.part("id"), c.body),
        OwnFile,
        ask.TrustOwnFile,
    ),
    Route("DELETE", REPO + "/trust", lambda c: c.engine.own_files.untrust(c.part("id")), v.Repo),
)
