"""Routes about what becomes of workspaces: pinned, archived, published, in the trash."""

from __future__ import annotations

from core.server.routes.route import WORKSPACE, Route
from core.values import entities as v
from core.values import requests as ask
from core.values.answers import PurgeReport

ROUTES = (
    Route(
        "POST",
        WORKSPACE + "/remix",
        lambda c: c.engine.remixing.remix(c.part("name"), c.body),
        v.Operation,
        ask.RemixWorkspace,
    ),
    Route(
        "PATCH",
        WORKSPACE,
        lambda c: c.engine.keeping.update(c.part("name"), c.body),
        v.Workspace,
        ask.UpdateWorkspace,
    ),
    Route(
        "POST",
        WORKSPACE + "/archive",
        lambda c: c.engine.keeping.archive(c.part("name"), c.body),
        v.Operation,
        ask.ArchiveWorkspace,
    ),
    Route(
        "POST", WORKSPACE + "/unarchive", lambda c: c.engine.keeping.unarchive(c.part("name")), v.Workspace
    ),
    Route(
        "POST",
        WORKSPACE + "/publish",
        lambda c: c.engine.publications.publish(c.part("name"), c.body),
        v.Operation,
        ask.PublishWorkspace,
    ),
    Route(
        "POST",
        WORKSPACE + "/unpublish",
        lambda c: c.engine.publications.unpublish(c.part("name")),
        v.Operation,
    ),
    Route("GET", "/trash", lambda c: c.engine.keeping.trash(), tuple[v.Trashed, ...]),
    Route(
        "POST", "/trash/empty", lambda c: c.engine.keeping.empty_trash(c.body), PurgeReport, ask.EmptyTrash
    ),
)
