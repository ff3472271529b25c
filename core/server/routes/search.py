"""Routes about searching."""

from __future__ import annotations

from core.server.routes.route import Route
from core.values.search import SearchAnswer

ROUTES = (
    Route(
        "GET",
        "/search",
        lambda c: c.engine.search.find(
            c.text("q"), c.text("workspace"), c.text("kind"), c.number("limit", 50), c.text("cursor")
        ),
        SearchAnswer,
        query=("q", "workspace", "kind", "limit", "cursor"),
    ),
)
