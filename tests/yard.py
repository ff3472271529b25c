"""A whole Boatyard for tests: a real home, an engine behind its real socket, a real client, real git.

`Yard` runs the engine in the test's own process; `Daemon` runs it as the background process that it is
for users. Both have the same client calls on top.
"""

from __future__ import annotations

import asyncio
import atexit
import os
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from aiohttp import web

from core.client import Client
from core.client.launch import engine_answers, engine_holds, ensure_engine
from core.engine import Engine
from core.paths import Home, find_home
from core.server.application import make_runner
from core.store.database import open_database
from core.values.entities import Operation, Process, Task, Workspace
from core.values.events import AnyEvent
from core.values.requests import AddProject, AddTask, NewWorkspace, RemoveWorkspace, WantedSettings
from core.values.states import OperationStatus, RunnerKind
from tests.acceptance.user import git, make_repository
from tests.waiting import until
from tests.zygote import zygote

E = TypeVar("E")

HOST = '[workspace]\nrunner = "host"\n'
"""Settings under which workspaces run on the host whatever container engine answers."""

AGENTS = """
[agents.writer]
kind = "command"
command = ["sh", "-c", 'printf "%s\\n" "$1" >> WORK.md; echo "did: $1"', "sh", "{prompt}"]

[agents.failing]
kind = "command"
command = ["sh", "-c", "echo trying; echo because >&2; exit 3"]

[agents.gated]
kind = "command"
command = ["sh", "-c", 'echo begun; read line < "$GATE"; echo "done: $line"']
"""
"""Commands as agents: one that works, one that fails, one that goes on when a line comes through $GATE."""


@cache
def empty_database() -> Path:
    """A database as the first engine of a home makes it: made once, for it takes a quarter of a second."""
    folder = tempfile.TemporaryDirectory(prefix="by-")
    atexit.register(folder.cleanup)
    home = find_home(folder.name)
    home.create()
    open_database(home).close()
    return home.database


class Base:
    """A home, its client, and what tests do with both."""

    client: Client

    def __init__(self, config: str = HOST + AGENTS, folder: Path | None = None) -> None:
        self.folder = folder or Path(tempfile.mkdtemp(prefix="by-"))
        """Short, for a socket's path may not be long."""
        self.home: Home = find_home(str(self.folder / "home"))
        self.config = config

    def configure(self) -> None:
        self.home.create()
        shutil.copy(empty_database(), self.home.database)
        (self.home.config / "config.toml").write_text(self.config)

    def delete(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def repository(self, name: str = "repo", files: dict[str, str] | None = None) -> Path:
        """A repository of the user's; the one of this name if it is there already."""
        folder = self.folder / name
        return folder if folder.exists() else make_repository(folder, files or {"README.md": "# Repo\n"})

    async def task(
        self, title: str = "Do it", *repositories: Path, project: str = "harbour", description: str = ""
    ) -> Task:
        """A task in a project, which is made with the repositories if it is not there."""
        if project not in {each.name for each in await self.client.projects()}:
            paths = tuple(map(str, repositories or (self.repository(),)))
            await self.client.add_project(AddProject(name=project, repos=paths))
        return await self.client.add_task(AddTask(project=project, title=title, description=description))

    async def begin(
        self, *repositories: Path, title: str = "Do it", name: str = "", agent: str = "", prompt: str = "",
        settings: WantedSettings | None = None,
    ) -> Operation:  # fmt: skip
        """Begins to make a workspace for a new task."""
        task = await self.task(title, *repositories)
        body = NewWorkspace(
            task=task.id, name=name, agent=agent, prompt=prompt, settings=settings or WantedSettings()
        )
        return await self.client.new_workspace(body)

    async def workspace(
        self, *repositories: Path, title: str = "Do it", name: str = "", agent: str = "", prompt: str = "",
        settings: WantedSettings | None = None,
    ) -> Workspace:  # fmt: skip
        """A workspace that has been made."""
        operation = await self.begin(
            *repositories, title=title, name=name, agent=agent, prompt=prompt, settings=settings
        )
        await self.done(operation)
        return await self.client.workspace(operation.workspace)

    async def done(self, operation: Operation) -> Operation:
        """The operation, which must end well."""
        ended = await self.client.wait_operation(operation.id)
        assert ended.status is OperationStatus.DONE, ended
        return ended

    async def remove(self, name: str) -> None:
        await self.done(await self.client.remove_workspace(name, RemoveWorkspace(force=True)))

    async def clear(self) -> None:
        """Stops what runs in all workspaces, and removes containers."""
        for workspace in await self.client.workspaces():
            await self.client.stop_workspace(workspace.name)
            if workspace.runner is RunnerKind.DOCKER:
                await self.remove(workspace.name)

    async def turn(self, workspace: Workspace | str) -> Process:
        """The workspace's latest turn when it has ended."""
        name = workspace if isinstance(workspace, str) else workspace.name
        process_id = (await self.client.workspace(name)).process_id
        assert process_id is not None
        return await self.client.wait_process(process_id)

    @asynccontextmanager
    async def watch(self) -> AsyncIterator[Watch]:
        """The events from now on, as a second client sees them."""
        since = (await self.client.snapshot()).sequence
        async with Client(self.home.socket) as other:
            watch = Watch(other, since)
            try:
                yield watch
            finally:
                await watch.close()

    def fifo(self, name: str = "gate") -> Path:
        """A FIFO that a command can wait at."""
        path = self.folder / name
        os.mkfifo(path)
        return path


class Watch:
    """Collects a client's events."""

    def __init__(self, client: Client, since: int) -> None:
        self.seen: list[AnyEvent] = []
        self._news = asyncio.Condition()
        self._task = asyncio.create_task(self._collect(client, since))

    async def _collect(self, client: Client, since: int) -> None:
        async for event in client.events(since):
            async with self._news:
                self.seen.append(event)
                self._news.notify_all()

    async def until(
        self, kind: type[E], condition: Callable[[E], object] = lambda event: True, seconds: float = 30.0
    ) -> E:
        """The first event of a kind that meets the condition, as soon as it has come."""
        looked = 0
        async with asyncio.timeout(seconds), self._news:
            while True:
                for event in self.seen[looked:]:
                    if isinstance(event, kind) and condition(event):
                        return event
                looked = len(self.seen)
                await self._news.wait()

    async def close(self) -> None:
        self._task.cancel()
        await asyncio.wait([self._task])


class Yard(Base):
    """The engine in this process; use as an asynchronous context manager."""

    engine: Engine

    async def __aenter__(self) -> Self:
        self.configure()
        await self.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            await self.clear()
        finally:
            await self.close()
            self.delete()

    async def open(self) -> None:
        """Starts an engine on the home, as after another one has ended."""
        self.engine = await Engine.open(self.home)
        self._runner = make_runner(self.engine, shutdown_seconds=1.0)
        await self._runner.setup()
        self.home.socket.unlink(missing_ok=True)
        await web.UnixSite(self._runner, str(self.home.socket)).start()
        self.client = Client(self.home.socket)
        # Only then are events and queries those of the test alone.
        await self.engine.reconciliation.compared.wait()

    async def close(self) -> None:
        """Ends the engine; what runs goes on."""
        await self.client.close()
        await self._runner.cleanup()
        await self.engine.close()

    async def restart(self) -> None:
        await self.close()
        await self.open()


class Daemon(Base):
    """The engine as a background process of its own; use as an asynchronous context manager."""

    def __init__(
        self, config: str = HOST + AGENTS, *, forked: bool = False, folder: Path | None = None
    ) -> None:
        """
        Args:
            config: The settings.
            forked: Whether engines are forked from a process that has loaded everything.
            folder: In which everything is; None for a new one.
        """
        super().__init__(config, folder)
        self.client = Client(self.home.socket)
        self._forked = forked

    async def __aenter__(self) -> Self:
        self.configure()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if await engine_answers(self.home) or self._has_workspaces():
                await self.start()  # a dead one has left processes
                await self.clear()
                await self.stop()
        finally:
            if engine_holds(self.home):  # something of the above failed: it must not outlive its home
                await self.kill()
            await self.client.close()
            self.delete()

    def _has_workspaces(self) -> bool:
        return self.home.workspaces.is_dir() and any(self.home.workspaces.iterdir())

    @property
    def pid(self) -> int:
        """The process id of the engine that holds the lock."""
        return int(self.home.lock.read_text())

    async def start(self) -> bool:
        """Starts the engine if none runs; whether it did."""
        if self._forked and not await engine_answers(self.home):
            self.home.create()
            if await asyncio.to_thread(zygote().start, self.home) == b"ready":
                return True
        return await ensure_engine(self.home)

    async def stop(self) -> None:
        if await engine_answers(self.home):
            await self.client.stop_engine()
            await self.gone()

    async def kill(self) -> None:
        """The engine dies without a word."""
        os.kill(self.pid, signal.SIGKILL)
        await self.gone()

    async def gone(self) -> None:
        """Returns when no engine process is left."""
        await until(lambda: not engine_holds(self.home))

    async def restart(self) -> None:
        await self.kill()
        await self.start()


def docker_settings(image: str) -> WantedSettings:
    return WantedSettings(runner=RunnerKind.DOCKER, image=image, memory_mb=512, cpus=1.0, network="none")


__all__ = ["AGENTS", "HOST", "Daemon", "Watch", "Yard", "docker_settings", "git", "make_repository"]
