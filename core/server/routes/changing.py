"""Routes that change a workspace's files at once: updates from target branches, parts of a diff."""

from __future__ import annotations

from core.server.routes.route import WORKSPACE, Route
from core.values import requests as ask
from core.values.answers import SendAnswer
from core.values.conflicts import Conflict, ConflictSides, Forecast
from core.values.entities import Operation

ROUTES = (
    Route(
        "GET",
        "/forecast",
        lambda c: c.engine.forecasting.look() if c.flag("fresh") else c.engine.forecasting.known(),
        tuple[Forecast, ...],
        query=("fresh",),
    ),
    Route(
        "POST",
        WORKSPACE + "/files",
        lambda c: c.engine.file_changes.begin(c.part("name"), c.body),
        Operation,
        ask.ChangeFile,
    ),
    Route(
        "POST",
        WORKSPACE + "/update",
        lambda c: c.engine.updating.begin(c.part("name"), c.body),
        Operation,
        ask.UpdateFromTarget,
    ),
    Route(
        "POST",
        WORKSPACE + "/update/continue",
        lambda c: c.engine.updating.go_on(c.part("name")),
        Operation,
    ),
    Route(
        "POST",
        WORKSPACE + "/update/abort",
        lambda c: c.engine.updating.give_up(c.part("name")),
        Operation,
    ),
    Route(
        "POST",
        WORKSPACE + "/update/hand-over",
        lambda c: c.engine.updating.hand_over(c.part("name")),
        SendAnswer,
    ),
    Route(
        "GET",
        WORKSPACE + "/conflict",
        lambda c: c.engine.updating.sides(c.part("name"), c.text("repo"), c.text("path")),
        ConflictSides,
        query=("repo", "path"),
    ),
    Route(
        "GET",
        WORKSPACE + "/conflicts",
        lambda c: c.engine.updating.unresolved(c.part("name")),
        tuple[Conflict, ...],
    ),
    Route(
        "POST",
        WORKSPACE + "/conflict/take",
        lambda c: c.engine.updating.take_side(c.part("name"), c.body),
        Operation,
        ask.TakeSide,
    ),
    Route(
        "POST",
        WORKSPACE + "/discard",
        lambda c: c.engine.parts.discard(c.part("name"), c.body),
        Operation,
        ask.DiscardParts,
    ),
    Route(
        "POST",
        WORKSPACE + "/take",
        lambda c: c.engine.parts.take(c.part("name"), c.body),
        Operation,
        ask.TakeParts,
    ),
)
