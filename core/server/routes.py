"""Every route of the API in one table: method, path, what it takes, and the engine call behind it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from core.server.call import Call
from core.values import requests as ask
from core.values.states import MergeStyle

Handle = Callable[[Call], Awaitable[Any]]


@dataclass(frozen=True)
class Route:
    """One entry of the table; `body` is the type that the request's JSON must have."""

    method: str
    path: str
    handle: Handle
    body: type[msgspec.Struct] | None = None


def _style(call: Call) -> MergeStyle | None:
    text = call.text("style")
    return MergeStyle(text) if text in set(MergeStyle) else None


_ENGINE = (
    Route("GET", "/engine", lambda c: c.engine.status()),
    Route("POST", "/engine/stop", lambda c: c.engine.request_stop()),
    Route("GET", "/snapshot", lambda c: c.engine.snapshot()),
    Route("GET", "/agents", lambda c: c.engine.agents.list()),
)

_PROJECTS = (
    Route("GET", "/projects", lambda c: c.engine.projects.list()),
    Route("POST", "/projects", lambda c: c.engine.projects.add(c.body), ask.AddProject),
    Route("GET", "/projects/{id}", lambda c: c.engine.projects.get(c.part("id"))),
    Route(
        "PATCH", "/projects/{id}", lambda c: c.engine.projects.update(c.part("id"), c.body), ask.UpdateProject
    ),
    Route("DELETE", "/projects/{id}", lambda c: c.engine.projects.remove(c.part("id"))),
    Route("GET", "/repos", lambda c: c.engine.repos.list()),
    Route("POST", "/repos", lambda c: c.engine.repos.add(c.body), ask.AddRepo),
    Route("GET", "/repos/{id}", lambda c: c.engine.repos.get(c.part("id"))),
    Route("PATCH", "/repos/{id}", lambda c: c.engine.repos.update(c.part("id"), c.body), ask.UpdateRepo),
    Route("DELETE", "/repos/{id}", lambda c: c.engine.repos.remove(c.part("id"))),
)  # fmt: skip

_TASKS = (
    Route("GET", "/tasks", lambda c: c.engine.tasks.list(c.text("project"))),
    Route("POST", "/tasks", lambda c: c.engine.tasks.add(c.body), ask.AddTask),
    Route("GET", "/tasks/{id}", lambda c: c.engine.tasks.get(c.part("id"))),
    Route("PATCH", "/tasks/{id}", lambda c: c.engine.tasks.update(c.part("id"), c.body), ask.UpdateTask),
    Route("DELETE", "/tasks/{id}", lambda c: c.engine.tasks.remove(c.part("id"))),
)

_W = "/workspaces/{name}"
_WORKSPACES = (
    Route("GET", "/workspaces", lambda c: c.engine.workspaces.list()),
    Route("POST", "/workspaces", lambda c: c.engine.workspaces.new(c.body), ask.NewWorkspace),
    Route("POST", "/run", lambda c: c.engine.workspaces.run_task(c.body), ask.RunTask),
    Route("GET", _W, lambda c: c.engine.workspaces.get(c.part("name"))),
    Route("POST", _W + "/retry", lambda c: c.engine.workspaces.retry(c.part("name"))),
    Route("POST", _W + "/close", lambda c: c.engine.workspaces.close(c.part("name"))),
    Route("POST", _W + "/restore", lambda c: c.engine.workspaces.restore(c.part("name"))),
    Route("GET", _W + "/loss", lambda c: c.engine.workspaces.loss(c.part("name"))),
    Route(
        "POST",
        _W + "/remove",
        lambda c: c.engine.workspaces.remove(c.part("name"), c.body),
        ask.RemoveWorkspace,
    ),
    Route("POST", _W + "/recover", lambda c: c.engine.workspaces.recover(c.part("name"))),
    Route("POST", _W + "/shell", lambda c: c.engine.workspaces.shell(c.part("name"), c.body), ask.RunCommand),
    Route("GET", "/operations/{id}", lambda c: c.engine.operations.get(c.part("id"))),
    Route("GET", "/operations/{id}/wait", lambda c: c.engine.operations.wait(c.part("id"))),
)  # fmt: skip

_SESSIONS = (
    Route("POST", _W + "/send", lambda c: c.engine.sessions.send(c.part("name"), c.body), ask.SendPrompt),
    Route("POST", _W + "/stop", lambda c: c.engine.sessions.stop(c.part("name"))),
    Route("GET", _W + "/approvals", lambda c: c.engine.sessions.approvals(c.part("name"))),
    Route(
        "POST", "/approvals/{id}/answer",
        lambda c: c.engine.sessions.answer(c.part("id"), c.body), ask.AnswerApproval,
    ),
    Route(
        "GET", _W + "/conversation",
        lambda c: c.engine.sessions.conversation(c.part("name"), c.number("end", -1), c.number("limit", 200)),
    ),
    Route("GET", _W + "/queue", lambda c: c.engine.sessions.queue(c.part("name"))),
    Route(
        "DELETE", _W + "/queue/{id}",
        lambda c: c.engine.sessions.drop_queued(c.part("name"), c.part("id")),
    ),
    Route("GET", _W + "/sessions", lambda c: c.engine.sessions.list(c.part("name"))),
)  # fmt: skip

_PROCESSES = (
    Route("POST", _W + "/exec", lambda c: c.engine.processes.run(c.part("name"), c.body), ask.RunCommand),
    Route("GET", "/processes", lambda c: c.engine.processes.list(c.text("workspace"))),
    Route("GET", "/processes/{id}", lambda c: c.engine.processes.get(c.part("id"))),
    Route("GET", "/processes/{id}/wait", lambda c: c.engine.processes.wait(c.part("id"))),
    Route("GET", "/processes/{id}/turn", lambda c: c.engine.processes.turn(c.part("id"))),
    Route("POST", "/processes/{id}/stop", lambda c: c.engine.processes.stop(c.part("id"))),
    Route(
        "GET", "/processes/{id}/log",
        lambda c: c.engine.processes.log(
            c.part("id"), c.text("stream", "out"), c.number("offset", -1), c.number("limit", 65536)
        ),
    ),
)  # fmt: skip

_REVIEW = (
    Route("GET", _W + "/files", lambda c: c.engine.review.files(c.part("name"), c.text("path"))),
    Route(
        "GET", _W + "/file",
        lambda c: c.engine.review.file(
            c.part("name"), c.text("path"), c.number("start", 0), c.number("limit", 500)
        ),
    ),
    Route("GET", _W + "/diff", lambda c: c.engine.review.diff(c.part("name"))),
    Route(
        "GET", _W + "/diff/file",
        lambda c: c.engine.review.file_diff(
            c.part("name"), c.text("repo"), c.text("path"),
            c.number("start", 0), c.number("limit", 2000), c.number("context", 3),
        ),
    ),
    Route("GET", _W + "/diff/patch", lambda c: c.engine.review.patch(c.part("name"))),
    Route("GET", _W + "/merge", lambda c: c.engine.review.merge_preview(c.part("name"), _style(c))),
    Route("POST", _W + "/merge", lambda c: c.engine.review.merge(c.part("name"), c.body), ask.MergeWorkspace),
)  # fmt: skip

ROUTES: tuple[Route, ...] = (
    *_ENGINE, *_PROJECTS, *_TASKS, *_WORKSPACES, *_SESSIONS, *_PROCESSES, *_REVIEW,
)  # fmt: skip
