"""Every route of the API in one table: method, path, what it takes, and the engine call behind it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from core.errors import UsageError
from core.server.call import Call
from core.values import entities as v
from core.values import requests as ask
from core.values.answers import (
    BuildLog,
    ExportAnswer,
    PurgeReport,
    RemovedAnswer,
    SendAnswer,
    ShellAnswer,
    StoppedAnswer,
)
from core.values.containers import (
    ContainerInfo,
    ContainerLog,
    Defaults,
    NetworkReport,
    Notice,
    PruneReport,
    WorkspaceHealth,
)
from core.values.conversation import Conversation, LogChunk
from core.values.review import (
    DiffSummary,
    FileContent,
    FileDiff,
    FileNode,
    LossReport,
    MergePreview,
    MergeResult,
)
from core.values.states import MergeStyle

Handle = Callable[[Call], Awaitable[Any]]


@dataclass(frozen=True)
class Route:
    """One entry of the table."""

    method: str
    path: str
    handle: Handle
    returns: Any
    """The type of the answer."""
    body: type[msgspec.Struct] | None = None
    """The type that the request's JSON must have; None: it has no body."""
    query: tuple[str, ...] = ()
    """The parameters that it takes behind the path; all may be left out."""


def _style(call: Call) -> MergeStyle | None:
    text = call.text("style")
    if text and text not in set(MergeStyle):
        raise UsageError(f"the merge style {text[:40]!r} is unknown", hint="Use merge, squash or rebase.")
    return MergeStyle(text) if text else None


def _between(call: Call) -> tuple[int, int]:
    """The checkpoints that a diff is between; 0 where none is named."""
    return call.number("from", 0), call.number("to", 0)


_ENGINE = (
    Route("GET", "/engine", lambda c: c.engine.status(), v.EngineStatus),
    Route("POST", "/engine/stop", lambda c: c.engine.request_stop(), StoppedAnswer),
    Route("GET", "/snapshot", lambda c: c.engine.snapshot(), v.Snapshot),
    Route("GET", "/agents", lambda c: c.engine.agents.list(), tuple[v.AgentInfo, ...]),
)

_P, _R = "/projects/{id}", "/repos/{id}"
_PROJECTS = (
    Route("GET", "/projects", lambda c: c.engine.projects.list(), tuple[v.Project, ...]),
    Route("POST", "/projects", lambda c: c.engine.projects.add(c.body), v.Project, ask.AddProject),
    Route("GET", _P, lambda c: c.engine.projects.get(c.part("id")), v.Project),
    Route(
        "PATCH", _P, lambda c: c.engine.projects.update(c.part("id"), c.body), v.Project, ask.UpdateProject
    ),
    Route(
        "DELETE", _P, lambda c: c.engine.projects.remove(c.part("id"), c.flag("force")), RemovedAnswer,
        query=("force",),
    ),
    Route("GET", "/repos", lambda c: c.engine.repos.list(), tuple[v.Repo, ...]),
    Route("POST", "/repos", lambda c: c.engine.repos.add(c.body), v.Repo, ask.AddRepo),
    Route("GET", _R, lambda c: c.engine.repos.get(c.part("id")), v.Repo),
    Route("PATCH", _R, lambda c: c.engine.repos.update(c.part("id"), c.body), v.Repo, ask.UpdateRepo),
    Route("DELETE", _R, lambda c: c.engine.repos.remove(c.part("id")), RemovedAnswer),
)  # fmt: skip

_PREPARATION = (
    Route("GET", "/templates", lambda c: c.engine.templates.list(), tuple[v.Template, ...]),
    Route("POST", "/templates", lambda c: c.engine.templates.add(c.body), v.Template, ask.AddTemplate),
    Route("GET", "/templates/{id}", lambda c: c.engine.templates.get(c.part("id")), v.Template),
    Route("DELETE", "/templates/{id}", lambda c: c.engine.templates.remove(c.part("id")), RemovedAnswer),
    Route(
        "GET", _P + "/repos", lambda c: c.engine.overrides.list(c.part("id")), tuple[v.ProjectRepo, ...]
    ),
    Route(
        "PATCH", _P + "/repos/{repo}",
        lambda c: c.engine.overrides.update(c.part("id"), c.part("repo"), c.body), v.ProjectRepo,
        ask.UpdateProjectRepo,
    ),
    Route(
        "GET", "/workspaces/{name}/build-log", lambda c: c.engine.preparation.build_log(c.part("name")),
        BuildLog,
    ),
    Route(
        "GET", "/workspaces/{name}/copied", lambda c: c.engine.preparation.copied(c.part("name")),
        tuple[v.CopiedFiles, ...],
    ),
)  # fmt: skip

_T = "/tasks/{id}"
_TASKS = (
    Route(
        "GET", "/tasks", lambda c: c.engine.tasks.list(c.text("project")), tuple[v.Task, ...],
        query=("project",),
    ),
    Route("POST", "/tasks", lambda c: c.engine.tasks.add(c.body), v.Task, ask.AddTask),
    Route("GET", _T, lambda c: c.engine.tasks.get(c.part("id")), v.Task),
    Route("PATCH", _T, lambda c: c.engine.tasks.update(c.part("id"), c.body), v.Task, ask.UpdateTask),
    Route(
        "DELETE", _T, lambda c: c.engine.tasks.remove(c.part("id"), c.flag("force")), RemovedAnswer,
        query=("force",),
    ),
)  # fmt: skip

_W, _O = "/workspaces/{name}", "/operations/{id}"
_WORKSPACES = (
    Route(
        "GET", "/workspaces", lambda c: c.engine.workspaces.list(c.flag("archived")), tuple[v.Workspace, ...],
        query=("archived",),
    ),
    Route("POST", "/workspaces", lambda c: c.engine.workspaces.new(c.body), v.Operation, ask.NewWorkspace),
    Route("POST", "/run", lambda c: c.engine.workspaces.run_task(c.body), v.Operation, ask.RunTask),
    Route("GET", _W, lambda c: c.engine.workspaces.get(c.part("name")), v.Workspace),
    Route("POST", _W + "/retry", lambda c: c.engine.workspaces.retry(c.part("name")), v.Operation),
    Route("POST", _W + "/close", lambda c: c.engine.workspaces.close(c.part("name")), v.Operation),
    Route("POST", _W + "/restore", lambda c: c.engine.workspaces.restore(c.part("name")), v.Operation),
    Route("GET", _W + "/loss", lambda c: c.engine.workspaces.loss(c.part("name")), LossReport),
    Route(
        "POST", _W + "/remove", lambda c: c.engine.workspaces.remove(c.part("name"), c.body), v.Operation,
        ask.RemoveWorkspace,
    ),
    Route("POST", _W + "/recover", lambda c: c.engine.workspaces.recover(c.part("name")), v.Operation),
    Route(
        "POST", _W + "/shell", lambda c: c.engine.workspaces.shell(c.part("name"), c.body), ShellAnswer,
        ask.RunCommand,
    ),
    Route("GET", _O, lambda c: c.engine.operations.get(c.part("id")), v.Operation),
    Route("GET", _O + "/wait", lambda c: c.engine.operations.wait(c.part("id")), v.Operation),
)  # fmt: skip

_SESSIONS = (
    Route(
        "POST", _W + "/send", lambda c: c.engine.sessions.send(c.part("name"), c.body), SendAnswer,
        ask.SendPrompt,
    ),
    Route("POST", _W + "/stop", lambda c: c.engine.sessions.stop(c.part("name")), StoppedAnswer),
    Route(
        "GET", _W + "/approvals", lambda c: c.engine.sessions.approvals(c.part("name")),
        tuple[v.Approval, ...],
    ),
    Route(
        "POST", "/approvals/{id}/answer",
        lambda c: c.engine.sessions.answer(c.part("id"), c.body), v.Approval, ask.AnswerApproval,
    ),
    Route(
        "GET", _W + "/conversation",
        lambda c: c.engine.conversations.window(c.part("name"), c.number("end", -1), c.number("limit", 200)),
        Conversation, query=("end", "limit"),
    ),
    Route(
        "GET", _W + "/queue", lambda c: c.engine.sessions.queue(c.part("name")), tuple[v.QueuedPrompt, ...]
    ),
    Route(
        "DELETE", _W + "/queue/{id}",
        lambda c: c.engine.sessions.drop_queued(c.part("name"), c.part("id")), RemovedAnswer,
    ),
    Route("GET", _W + "/sessions", lambda c: c.engine.sessions.list(c.part("name")), tuple[v.Session, ...]),
)  # fmt: skip

_X = "/processes/{id}"
_PROCESSES = (
    Route(
        "POST", _W + "/exec", lambda c: c.engine.processes.run(c.part("name"), c.body), v.Process,
        ask.RunCommand,
    ),
    Route(
        "GET", "/processes", lambda c: c.engine.processes.list(c.text("workspace")), tuple[v.Process, ...],
        query=("workspace",),
    ),
    Route("GET", _X, lambda c: c.engine.processes.get(c.part("id")), v.Process),
    Route("GET", _X + "/wait", lambda c: c.engine.processes.wait(c.part("id")), v.Process),
    Route("GET", _X + "/turn", lambda c: c.engine.processes.turn(c.part("id")), v.Turn),
    Route("POST", _X + "/stop", lambda c: c.engine.processes.stop(c.part("id")), v.Process),
    Route(
        "GET", _X + "/log",
        lambda c: c.engine.processes.log(
            c.part("id"), c.text("stream", "out"), c.number("offset", -1), c.number("limit", 65536)
        ),
        LogChunk, query=("stream", "offset", "limit"),
    ),
)  # fmt: skip

_DEV_SERVERS = (
    Route("GET", _W + "/dev", lambda c: c.engine.dev_servers.list(c.part("name")), tuple[v.DevServer, ...]),
    Route(
        "POST", _W + "/dev/start", lambda c: c.engine.dev_servers.start(c.part("name"), c.body),
        tuple[v.DevServer, ...], ask.DevServerRequest,
    ),
    Route(
        "POST", _W + "/dev/stop", lambda c: c.engine.dev_servers.stop(c.part("name"), c.body),
        tuple[v.DevServer, ...], ask.DevServerRequest,
    ),
)  # fmt: skip

_REVIEW = (
    Route(
        "GET", _W + "/files", lambda c: c.engine.review.files(c.part("name"), c.text("path")),
        tuple[FileNode, ...], query=("path",),
    ),
    Route(
        "GET", _W + "/file",
        lambda c: c.engine.review.file(
            c.part("name"), c.text("path"), c.number("start", 0), c.number("limit", 500)
        ),
        FileContent, query=("path", "start", "limit"),
    ),
    Route(
        "GET", _W + "/diff", lambda c: c.engine.review.diff(c.part("name"), *_between(c)), DiffSummary,
        query=("from", "to"),
    ),
    Route(
        "GET", _W + "/diff/file",
        lambda c: c.engine.review.file_diff(
            c.part("name"), c.text("repo"), c.text("path"),
            c.number("start", 0), c.number("limit", 2000), c.number("context", 3), *_between(c),
        ),
        FileDiff, query=("repo", "path", "start", "limit", "context", "from", "to"),
    ),
    Route(
        "GET", _W + "/diff/patch", lambda c: c.engine.review.patch(c.part("name"), *_between(c)), str,
        query=("from", "to"),
    ),
    Route(
        "GET", _W + "/merge", lambda c: c.engine.review.merge_preview(c.part("name"), _style(c)),
        MergePreview, query=("style",),
    ),
    Route(
        "POST", _W + "/merge", lambda c: c.engine.review.merge(c.part("name"), c.body), MergeResult,
        ask.MergeWorkspace,
    ),
)  # fmt: skip

_KEEPING = (
    Route(
        "POST", _W + "/remix", lambda c: c.engine.remixing.remix(c.part("name"), c.body), v.Operation,
        ask.RemixWorkspace,
    ),
    Route(
        "PATCH", _W, lambda c: c.engine.keeping.update(c.part("name"), c.body), v.Workspace,
        ask.UpdateWorkspace,
    ),
    Route(
        "POST", _W + "/archive", lambda c: c.engine.keeping.archive(c.part("name"), c.body), v.Operation,
        ask.ArchiveWorkspace,
    ),
    Route("POST", _W + "/unarchive", lambda c: c.engine.keeping.unarchive(c.part("name")), v.Workspace),
    Route("GET", "/trash", lambda c: c.engine.keeping.trash(), tuple[v.Trashed, ...]),
    Route(
        "POST", "/trash/empty", lambda c: c.engine.keeping.empty_trash(c.body), PurgeReport, ask.EmptyTrash
    ),
)  # fmt: skip

_CHECKPOINTS = (
    Route(
        "GET", _W + "/checkpoints", lambda c: c.engine.checkpoints.list(c.part("name")),
        tuple[v.Checkpoint, ...],
    ),
    Route(
        "POST", _W + "/checkpoints", lambda c: c.engine.checkpoints.take(c.part("name"), c.body),
        v.Checkpoint, ask.TakeCheckpoint,
    ),
    Route(
        "POST", _W + "/checkpoint-export", lambda c: c.engine.checkpoints.export(c.part("name"), c.body),
        ExportAnswer, ask.ExportCheckpoint,
    ),
    Route(
        "POST", _W + "/checkpoint-import", lambda c: c.engine.checkpoints.bring_in(c.part("name"), c.body),
        v.Checkpoint, ask.ImportCheckpoint,
    ),
    Route(
        "POST", _W + "/restore-to", lambda c: c.engine.checkpoints.restore_to(c.part("name"), c.body),
        v.Operation, ask.RestoreTo,
    ),
)  # fmt: skip

_N = "/containers/{name}"
_CONTAINERS = (
    Route(
        "GET", "/containers",
        lambda c: c.engine.containers.list(stats=c.flag("stats"), disk=c.flag("disk")),
        tuple[ContainerInfo, ...], query=("stats", "disk"),
    ),
    Route("GET", _N, lambda c: c.engine.containers.get(c.part("name")), ContainerInfo),
    Route("POST", _N + "/start", lambda c: c.engine.containers.start(c.part("name")), ContainerInfo),
    Route("POST", _N + "/stop", lambda c: c.engine.containers.stop(c.part("name")), ContainerInfo),
    Route("POST", _N + "/restart", lambda c: c.engine.containers.restart(c.part("name")), ContainerInfo),
    Route("DELETE", _N, lambda c: c.engine.containers.remove(c.part("name")), ContainerInfo),
    Route(
        "GET", _N + "/log", lambda c: c.engine.containers.log(c.part("name"), c.number("lines", 200)),
        ContainerLog, query=("lines",),
    ),
    Route(
        "POST", "/prune-containers", lambda c: c.engine.containers.prune(c.body), PruneReport,
        ask.PruneContainers,
    ),
    Route("GET", _W + "/health", lambda c: c.engine.upkeep.health(c.part("name")), WorkspaceHealth),
    Route("POST", _W + "/repair", lambda c: c.engine.upkeep.repair(c.part("name")), v.Operation),
    Route("GET", _W + "/network", lambda c: c.engine.upkeep.network(c.part("name")), NetworkReport),
    Route("GET", "/notices", lambda c: c.engine.reconciliation.notices(), tuple[Notice, ...]),
    Route("GET", "/defaults", lambda c: c.engine.settings.defaults(), Defaults),
    Route(
        "PATCH", "/defaults", lambda c: c.engine.settings.update_defaults(c.body), Defaults,
        ask.UpdateDefaults,
    ),
    Route("PATCH", "/config", lambda c: c.engine.settings.set(c.body), Defaults, ask.SetConfig),
)  # fmt: skip

ROUTES: tuple[Route, ...] = (
    *_ENGINE, *_PROJECTS, *_PREPARATION, *_TASKS, *_WORKSPACES, *_SESSIONS, *_PROCESSES,
    *_DEV_SERVERS, *_REVIEW, *_CHECKPOINTS, *_CONTAINERS, *_KEEPING,
)  # fmt: skip
