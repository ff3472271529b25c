"""Routes about processes and their logs."""

from __future__ import annotations

from core.server.routes.route import PROCESS, WORKSPACE, Route
from core.values import entities as v
from core.values import requests as ask
from core.values.answers import LogReport
from core.values.conversation import LogChunk, LogLines

ROUTES = (
    Route(
        "POST",
        WORKSPACE + "/exec",
        lambda c: c.engine.processes.run(c.part("name"), c.body),
        v.Process,
        ask.RunCommand,
    ),
    Route(
        "GET",
        "/processes",
        lambda c: c.engine.processes.list(c.text("workspace")),
        tuple[v.Process, ...],
        query=("workspace",),
    ),
    Route("GET", PROCESS, lambda c: c.engine.processes.get(c.part("id")), v.Process),
    Route("GET", PROCESS + "/wait", lambda c: c.engine.processes.wait(c.part("id")), v.Process),
    Route("GET", PROCESS + "/turn", lambda c: c.engine.processes.turn(c.part("id")), v.Turn),
    Route("POST", PROCESS + "/stop", lambda c: c.engine.processes.stop(c.part("id")), v.Process),
    Route(
        "GET",
        PROCESS + "/lines",
        lambda c: c.engine.processes.lines(
            c.part("id"), c.text("stream", "out"), c.number("start", -200), c.number("limit", 200)
        ),
        LogLines,
        query=("stream", "start", "limit"),
    ),
    Route("POST", "/prune-logs", lambda c: c.engine.log_keeping.prune(c.body), LogReport, ask.PruneLogs),
    Route(
        "GET",
        PROCESS + "/log",
        lambda c: c.engine.processes.log(
            c.part("id"), c.text("stream", "out"), c.number("offset", -1), c.number("limit", 65536)
        ),
        LogChunk,
        query=("stream", "offset", "limit"),
    ),
)
