"""Routes about pushes."""

from __future__ import annotations

from core.server.routes.route import WORKSPACE, Route
from core.values import requests as ask
from core.values.pushing import PushReport

ROUTES = (
    Route(
        "GET",
        WORKSPACE + "/push",
        lambda c: c.engine.pushing.preview(c.part("name"), c.text("repo"), c.text("remote")),
        PushReport,
        query=("repo", "remote"),
    ),
    Route(
        "POST",
        WORKSPACE + "/push",
        lambda c: c.engine.pushing.push(c.part("name"), c.body),
        PushReport,
        ask.PushWorkspace,
    ),
)
