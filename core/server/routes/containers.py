"""Routes about containers, health, notices and defaults."""

from __future__ import annotations

from core.server.routes.route import CONTAINER, WORKSPACE, Route
from core.values import entities as v
from core.values import requests as ask
from core.values.configuration import Setting
from core.values.containers import (
    ContainerInfo,
    ContainerLog,
    Defaults,
    NetworkReport,
    Notice,
    PruneReport,
    WorkspaceHealth,
)

ROUTES = (
    Route(
        "GET",
        "/containers",
        lambda c: c.engine.containers.list(stats=c.flag("stats"), disk=c.flag("disk")),
        tuple[ContainerInfo, ...],
        query=("stats", "disk"),
    ),
    Route("GET", CONTAINER, lambda c: c.engine.containers.get(c.part("name")), ContainerInfo),
    Route("POST", CONTAINER + "/start", lambda c: c.engine.containers.start(c.part("name")), ContainerInfo),
    Route("POST", CONTAINER + "/stop", lambda c: c.engine.containers.stop(c.part("name")), ContainerInfo),
    Route(
        "POST", CONTAINER + "/restart", lambda c: c.engine.containers.restart(c.part("name")), ContainerInfo
    ),
    Route("DELETE", CONTAINER, lambda c: c.engine.containers.remove(c.part("name")), ContainerInfo),
    Route(
        "GET",
        CONTAINER + "/log",
        lambda c: c.engine.containers.log(c.part("name"), c.number("lines", 200)),
        ContainerLog,
        query=("lines",),
    ),
    Route(
        "POST",
        "/prune-containers",
        lambda c: c.engine.containers.prune(c.body),
        PruneReport,
        ask.PruneContainers,
    ),
    Route("GET", WORKSPACE + "/health", lambda c: c.engine.upkeep.health(c.part("name")), WorkspaceHealth),
    Route("POST", WORKSPACE + "/repair", lambda c: c.engine.upkeep.repair(c.part("name")), v.Operation),
    Route("GET", WORKSPACE + "/network", lambda c: c.engine.upkeep.network(c.part("name")), NetworkReport),
    Route("GET", "/notices", lambda c: c.engine.reconciliation.notices(), tuple[Notice, ...]),
    Route("GET", "/defaults", lambda c: c.engine.settings.defaults(), Defaults),
    Route(
        "PATCH",
        "/defaults",
        lambda c: c.engine.settings.update_defaults(c.body),
        Defaults,
        ask.UpdateDefaults,
    ),
    Route("GET", "/config", lambda c: c.engine.settings.list(), tuple[Setting, ...]),
    Route("PATCH", "/config", lambda c: c.engine.settings.set(c.body), Defaults, ask.SetConfig),
)
