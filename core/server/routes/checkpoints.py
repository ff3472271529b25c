"""Routes about checkpoints."""

from __future__ import annotations

from core.server.routes.route import WORKSPACE, Route
from core.values import entities as v
from core.values import requests as ask
from core.values.answers import ExportAnswer

ROUTES = (
    Route(
        "GET",
        WORKSPACE + "/checkpoints",
        lambda c: c.engine.checkpoints.list(c.part("name")),
        tuple[v.Checkpoint, ...],
    ),
    Route(
        "POST",
        WORKSPACE + "/checkpoints",
        lambda c: c.engine.checkpoints.take(c.part("name"), c.body),
        v.Checkpoint,
        ask.TakeCheckpoint,
    ),
    Route(
        "POST",
        WORKSPACE + "/checkpoint-export",
        lambda c: c.engine.checkpoints.export(c.part("name"), c.body),
        ExportAnswer,
        ask.ExportCheckpoint,
    ),
    Route(
        "POST",
        WORKSPACE + "/checkpoint-import",
        lambda c: c.engine.checkpoints.bring_in(c.part("name"), c.body),
        v.Checkpoint,
        ask.ImportCheckpoint,
    ),
    Route(
        "POST",
        WORKSPACE + "/rewind",
        lambda c: c.engine.checkpoints.rewind(c.part("name"), c.body),
        v.Operation,
        ask.RewindWorkspace,
    ),
    Route(
        "POST",
        WORKSPACE + "/restore-to",
        lambda c: c.engine.checkpoints.restore_to(c.part("name"), c.body),
        v.Operation,
        ask.RestoreTo,
    ),
)
