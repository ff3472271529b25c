"""The tools that an agent gets over the Model Context Protocol: its task, other tasks, notes, workspaces.

Built on the official SDK, which is loaded only here: it takes most of a second, and is an extra
(`pip install boatyard[mcp]`).
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from core.client import Client
from core.errors import BoatyardError, ConflictError, NotFoundError, UsageError
from core.values.entities import Task, Workspace
from core.values.requests import AddTask, NewWorkspace, PutScratch, WantedSettings
from core.values.states import RunnerKind

if TYPE_CHECKING:
    from mcp.server.fastmcp import FastMCP

NOTE_LIMIT = 64 * 1024
"""Characters of all notes of a workspace."""
INSTRUCTIONS = (
    "You work in a Boatyard workspace: one attempt at one task. Read your task first. Make subtasks of what "
    "is worth doing apart, and keep notes of what the user has to know."
)


def make_server(client: Client, workspace: str, *, may_start: bool) -> FastMCP[Any]:
    """A server for the agent that works in `workspace`.

    Args:
        client: Of the engine.
        workspace: Its name.
        may_start: Whether the agent may start other workspaces.

    Raises:
        UsageError: The SDK is not installed.
    """
    try:
        from mcp.server.fastmcp import FastMCP
    except ImportError as error:
        raise UsageError(
            "the Model Context Protocol's SDK is not installed", hint="Run: pip install 'boatyard[mcp]'"
        ) from error
    server: FastMCP[Any] = FastMCP("boatyard", instructions=INSTRUCTIONS, log_level="ERROR")
    tools = Tools(client, workspace, may_start=may_start)
    for tool in (
        tools.read_task, tools.list_tasks, tools.create_task, tools.create_subtask, tools.add_note,
        tools.start_workspace,
    ):  # fmt: skip
        server.add_tool(tool)
    return server


class Tools:
    """What an agent can do; the descriptions are what it reads of them."""

    def __init__(self, client: Client, workspace: str, *, may_start: bool) -> None:
        self._client = client
        self._workspace = workspace
        self._may_start = may_start

    async def read_task(self) -> dict[str, Any]:
        """The task that you work on: title, description, status, its subtasks, and the notes kept so far."""
        with _told():
            task = await self._task()
            subtasks = [t for t in await self._tasks() if t.parent_workspace == self._workspace]
            notes = await self._client.scratch("workspace_notes", self._workspace)
            return {
                **_words(task),
                "workspace": self._workspace,
                "subtasks": [_words(each) for each in subtasks],
                "notes": notes.payload.get("text", ""),
            }

    async def list_tasks(self) -> list[dict[str, Any]]:
        """All tasks of your task's project, in the order of its board."""
        with _told():
            return [_words(task) for task in await self._tasks()]

    async def create_task(self, title: str, description: str = "") -> dict[str, Any]:
        """Adds a task to your project's board; nobody starts on it by itself. The description is Markdown."""
        with _told():
            project = (await self._task()).project_id
            return _words(
                await self._client.add_task(AddTask(project=project, title=title, description=description))
            )

    async def create_subtask(self, title: str, description: str = "") -> dict[str, Any]:
        """Adds a task that is a part of yours; nobody starts on it by itself. The description is Markdown."""
        with _told():
            project = (await self._task()).project_id
            body = AddTask(
                project=project, title=title, description=description, parent_workspace=self._workspace
            )
            return _words(await self._client.add_task(body))

    async def add_note(self, text: str) -> str:
        """Adds a note for the user to your workspace, in Markdown. Notes that are there stay."""
        with _told():
            kept = await self._client.scratch("workspace_notes", self._workspace)
            before = str(kept.payload.get("text", ""))
            after = f"{before}\n\n{text}".strip()
            if len(after) > NOTE_LIMIT:
                raise UsageError(
                    f"the notes would have more than {NOTE_LIMIT} characters", hint="Write a file instead."
                )
            payload = {**kept.payload, "text": after}
            await self._client.put_scratch("workspace_notes", self._workspace, PutScratch(payload=payload))
            return "kept"

    async def start_workspace(self, task: str, agent: str = "", prompt: str = "") -> dict[str, Any]:
        """Starts a workspace with an agent on a task, if the user allows that.

        Args:
            task: Id of the task.
            agent: Who works; empty: the same as you.
            prompt: What it is told; empty: the task.
        """
        with _told():
            if not self._may_start:
                raise ConflictError(
                    "the user does not allow agents to start workspaces",
                    hint="It is allowed by may_start_workspaces = true in [mcp] of config.toml.",
                )
            own = await self._client.workspace(self._workspace)
            wanted = await self._client.task(task)
            if wanted.project_id != (await self._task()).project_id:
                raise NotFoundError(f"there is no task {task[:80]!r} in your project", hint="See list_tasks.")
            body = NewWorkspace(
                task=wanted.id, agent=agent or own.agent, prompt=prompt, settings=_confined_like(own)
            )
            operation = await self._client.new_workspace(body)
            return {"workspace": operation.workspace, "status": operation.status.value}

    async def _task(self) -> Task:
        return await self._client.task((await self._client.workspace(self._workspace)).task_id)

    async def _tasks(self) -> tuple[Task, ...]:
        return await self._client.tasks((await self._task()).project_id)


def _confined_like(own: Workspace) -> WantedSettings:
    """Where an agent's workspace may run: whoever is in a sandbox gets out of it by no other one."""
    if own.runner is RunnerKind.HOST:
        return WantedSettings(runner=own.runner)
    hosts = own.settings.allow_hosts if own.settings.network == "allow" else None
    return WantedSettings(runner=own.runner, network=own.settings.network, allow_hosts=hosts)


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """Errors as the agent reads them: what failed, and what to do."""
    try:
        yield
    except BoatyardError as error:
        raise ValueError(f"{error.message}. {error.hint}".strip()) from error


def _words(task: Task) -> dict[str, Any]:
    return {
        "id": task.id,
        "title": task.title,
        "description": task.description,
        "status": task.status.value,
        "part_of": task.parent_workspace or "",
    }
