"""Everything that a front end can ask of the engine, one method per thing a user can do.

A `project`, `repo`, `task` or `process` argument takes a full id, a unique prefix of four characters or
more, or the natural key (project name, repo path or name); a workspace is addressed by its name.
Every method raises the `BoatyardError` that the engine answered, or `UnreachableError`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from types import TracebackType

from core.client.access_calls import AccessCalls
from core.client.agent_calls import AgentCalls
from core.client.changing_calls import ChangingCalls
from core.client.checkpoint_calls import CheckpointCalls
from core.client.comment_calls import CommentCalls
from core.client.connection import Connection
from core.client.container_calls import ContainerCalls
from core.client.keeping_calls import KeepingCalls
from core.client.landing_calls import LandingCalls
from core.client.parts import part as _part
from core.client.preparation_calls import PreparationCalls
from core.client.prompting_calls import PromptingCalls
from core.client.pull_request_calls import PullRequestCalls
from core.client.pushing_calls import PushingCalls
from core.client.review_calls import ReviewCalls
from core.client.steering_calls import SteeringCalls
from core.values import requests as ask
from core.values.answers import LogReport, RemovedAnswer, ShellAnswer, StoppedAnswer
from core.values.conversation import LogChunk, LogLines
from core.values.entities import (
    DevServer,
    EngineStatus,
    Operation,
    Process,
    Project,
    Repo,
    Session,
    Snapshot,
    Task,
    Turn,
    Workspace,
)
from core.values.events import AnyEvent
from core.values.review import (
    LossReport,
)


class Client(
    AccessCalls,
    AgentCalls,
    ChangingCalls,
    CheckpointCalls,
    CommentCalls,
    ContainerCalls,
    KeepingCalls,
    LandingCalls,
    PreparationCalls,
    PromptingCalls,
    PullRequestCalls,
    PushingCalls,
    ReviewCalls,
    SteeringCalls,
):
    """A typed client of one engine; use as an asynchronous context manager."""

    def __init__(self, socket: Path, *, brief: bool = False) -> None:
        """
        Args:
            socket: The engine's.
            brief: Whether only a few things are asked, one after the other: begins sooner.
        """
        self._http = Connection(socket, brief=brief)

    async def __aenter__(self) -> Client:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        await self._http.close()

    # The engine

    async def engine_status(self) -> EngineStatus:
        return await self._http.call("GET", "/engine", EngineStatus)

    async def stop_engine(self) -> None:
        """Tells the engine to stop; processes that run go on without it."""
        await self._http.call("POST", "/engine/stop", StoppedAnswer)

    async def snapshot(self) -> Snapshot:
        return await self._http.call("GET", "/snapshot", Snapshot)

    def events(self, since: int) -> AsyncIterator[AnyEvent]:
        """Events after sequence number `since`; ends when the engine goes away."""
        return self._http.events(since)

    # Projects and repos

    async def projects(self) -> tuple[Project, ...]:
        return await self._http.call("GET", "/projects", tuple[Project, ...])

    async def project(self, project: str) -> Project:
        return await self._http.call("GET", f"/projects/{_part(project)}", Project)

    async def add_project(self, body: ask.AddProject) -> Project:
        return await self._http.call("POST", "/projects", Project, body=body, patient=True)

    async def update_project(self, project: str, body: ask.UpdateProject) -> Project:
        path = f"/projects/{_part(project)}"
        return await self._http.call("PATCH", path, Project, body=body, patient=True)

    async def remove_project(self, project: str, *, force: bool = False) -> None:
        """Removes a project with its tasks; `force` gives up removed workspaces that can be recovered."""
        query = {"force": "true"} if force else None
        await self._http.call("DELETE", f"/projects/{_part(project)}", RemovedAnswer, query=query)

    async def repos(self) -> tuple[Repo, ...]:
        return await self._http.call("GET", "/repos", tuple[Repo, ...])

    async def repo(self, repo: str) -> Repo:
        return await self._http.call("GET", f"/repos/{_part(repo)}", Repo)

    async def add_repo(self, body: ask.AddRepo) -> Repo:
        return await self._http.call("POST", "/repos", Repo, body=body, patient=True)

    async def update_repo(self, repo: str, body: ask.UpdateRepo) -> Repo:
        return await self._http.call("PATCH", f"/repos/{_part(repo)}", Repo, body=body)

    async def remove_repo(self, repo: str) -> None:
        await self._http.call("DELETE", f"/repos/{_part(repo)}", RemovedAnswer)

    # Tasks

    async def tasks(self, project: str = "") -> tuple[Task, ...]:
        query = {"project": project} if project else None
        return await self._http.call("GET", "/tasks", tuple[Task, ...], query=query)

    async def task(self, task: str) -> Task:
        return await self._http.call("GET", f"/tasks/{_part(task)}", Task)

    async def add_task(self, body: ask.AddTask) -> Task:
        return await self._http.call("POST", "/tasks", Task, body=body)

    async def update_task(self, task: str, body: ask.UpdateTask) -> Task:
        return await self._http.call("PATCH", f"/tasks/{_part(task)}", Task, body=body)

    async def move_task(self, task: str, body: ask.MoveTask) -> Task:
        """Puts a task into a column of the board, beside another one or at the end."""
        return await self._http.call("POST", f"/tasks/{_part(task)}/move", Task, body=body)

    async def remove_task(self, task: str, *, force: bool = False) -> None:
        """Removes a task; `force` gives up removed workspaces that can be recovered."""
        query = {"force": "true"} if force else None
        await self._http.call("DELETE", f"/tasks/{_part(task)}", RemovedAnswer, query=query)

    # Workspaces

    async def workspaces(self, *, archived: bool = False) -> tuple[Workspace, ...]:
        """The workspaces, or the archived ones instead."""
        query = {"archived": "true"} if archived else None
        return await self._http.call("GET", "/workspaces", tuple[Workspace, ...], query=query)

    async def workspace(self, name: str) -> Workspace:
        return await self._http.call("GET", f"/workspaces/{_part(name)}", Workspace)

    async def new_workspace(self, body: ask.NewWorkspace) -> Operation:
        """Begins a `create` operation and returns at once; follow it by events or `wait_operation`."""
        return await self._http.call("POST", "/workspaces", Operation, body=body)

    async def run_task(self, body: ask.RunTask) -> Operation:
        """Project, task and workspace in one go; returns the `create` operation at once."""
        return await self._http.call("POST", "/run", Operation, body=body, patient=True)

    async def operation(self, operation: str) -> Operation:
        return await self._http.call("GET", f"/operations/{_part(operation)}", Operation)

    async def wait_operation(self, operation: str) -> Operation:
        """Returns when the operation has ended, well or not."""
        return await self._http.call("GET", f"/operations/{_part(operation)}/wait", Operation, patient=True)

    async def retry_setup(self, name: str) -> Operation:
        """Goes on with a creation that stopped at a failed set-up script."""
        return await self._http.call("POST", f"/workspaces/{_part(name)}/retry", Operation)

    async def close_workspace(self, name: str) -> Operation:
        return await self._http.call("POST", f"/workspaces/{_part(name)}/close", Operation)

    async def restore_workspace(self, name: str) -> Operation:
        return await self._http.call("POST", f"/workspaces/{_part(name)}/restore", Operation)

    async def loss(self, name: str) -> LossReport:
        """What removing the workspace would put into the trash."""
        return await self._http.call("GET", f"/workspaces/{_part(name)}/loss", LossReport)

    async def remove_workspace(self, name: str, body: ask.RemoveWorkspace) -> Operation:
        return await self._http.call("POST", f"/workspaces/{_part(name)}/remove", Operation, body=body)

    async def recover_workspace(self, name: str) -> Operation:
        """Brings a removed workspace back from the trash."""
        return await self._http.call("POST", f"/workspaces/{_part(name)}/recover", Operation)

    async def shell_argv(self, name: str, body: ask.RunCommand) -> tuple[str, ...]:
        """The argument list that the caller runs on its own terminal; an empty command gives a shell."""
        answer = await self._http.call("POST", f"/workspaces/{_part(name)}/shell", ShellAnswer, body=body)
        return answer.argv

    async def run_command(self, name: str, body: ask.RunCommand) -> Process:
        """Starts a command as a process of the workspace, with a log like any other."""
        return await self._http.call("POST", f"/workspaces/{_part(name)}/exec", Process, body=body)

    # Dev servers

    async def dev_servers(self, name: str) -> tuple[DevServer, ...]:
        """Those that run now."""
        return await self._http.call("GET", f"/workspaces/{_part(name)}/dev", tuple[DevServer, ...])

    async def start_dev_servers(self, name: str, body: ask.DevServerRequest) -> tuple[DevServer, ...]:
        """Starts those that do not run yet; gives all that run then, whose addresses come with events."""
        path = f"/workspaces/{_part(name)}/dev/start"
        return await self._http.call("POST", path, tuple[DevServer, ...], body=body)

    async def stop_dev_servers(self, name: str, body: ask.DevServerRequest) -> tuple[DevServer, ...]:
        """Ends them; gives those that still run."""
        path = f"/workspaces/{_part(name)}/dev/stop"
        return await self._http.call("POST", path, tuple[DevServer, ...], body=body)

    # Sessions and processes

    async def sessions(self, name: str) -> tuple[Session, ...]:
        return await self._http.call("GET", f"/workspaces/{_part(name)}/sessions", tuple[Session, ...])

    async def processes(self, name: str = "") -> tuple[Process, ...]:
        query = {"workspace": name} if name else None
        return await self._http.call("GET", "/processes", tuple[Process, ...], query=query)

    async def process(self, process: str) -> Process:
        return await self._http.call("GET", f"/processes/{_part(process)}", Process)

    async def wait_process(self, process: str) -> Process:
        """Returns when the process has ended and the engine has recorded how."""
        return await self._http.call("GET", f"/processes/{_part(process)}/wait", Process, patient=True)

    async def turn(self, process: str) -> Turn:
        return await self._http.call("GET", f"/processes/{_part(process)}/turn", Turn)

    async def stop_process(self, process: str) -> Process:
        return await self._http.call("POST", f"/processes/{_part(process)}/stop", Process)

    async def lines(
        self, process: str, *, stream: str = "out", start: int = -200, limit: int = 200
    ) -> LogLines:
        """Lines of a process's output (`out` or `err`); a negative `start`: so many before the end."""
        query: dict[str, str | int] = {"stream": stream, "start": start, "limit": limit}
        return await self._http.call("GET", f"/processes/{_part(process)}/lines", LogLines, query=query)

    async def prune_logs(self, body: ask.PruneLogs) -> LogReport:
        """Removes the logs that the settings do not keep any longer, or says which."""
        return await self._http.call("POST", "/prune-logs", LogReport, body=body, patient=True)

    async def log(
        self, process: str, *, stream: str = "out", offset: int = -1, limit: int = 65536
    ) -> LogChunk:
        """A window of a process's output (`out` or `err`); offset -1: the last `limit` bytes."""
        query: dict[str, str | int] = {"stream": stream, "offset": offset, "limit": limit}
        return await self._http.call("GET", f"/processes/{_part(process)}/log", LogChunk, query=query)
