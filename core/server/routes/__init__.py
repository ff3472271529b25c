"""Every route of the API in one table, by resource: what it takes, and the engine call behind it."""

from __future__ import annotations

from core.server.routes import (
    access,
    agents,
    changing,
    checkpoints,
    comments,
    containers,
    dev_servers,
    engine,
    keeping,
    landing,
    preparation,
    processes,
    projects,
    prompting,
    pull_requests,
    pushing,
    review,
    search,
    sessions,
    tasks,
    workspaces,
)
from core.server.routes.route import Route

ROUTES: tuple[Route, ...] = (
    *engine.ROUTES,
    *access.ROUTES,
    *agents.ROUTES,
    *projects.ROUTES,
    *preparation.ROUTES,
    *tasks.ROUTES,
    *workspaces.ROUTES,
    *sessions.ROUTES,
    *prompting.ROUTES,
    *processes.ROUTES,
    *search.ROUTES,
    *dev_servers.ROUTES,
    *review.ROUTES,
    *changing.ROUTES,
    *comments.ROUTES,
    *landing.ROUTES,
    *pushing.ROUTES,
    *pull_requests.ROUTES,
    *checkpoints.ROUTES,
    *containers.ROUTES,
    *keeping.ROUTES,
)

__all__ = ["ROUTES", "Route"]
