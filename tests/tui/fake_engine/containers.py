"""Containers of the engine in memory, and what new workspaces get."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from core.errors import NotFoundError, UnreachableError
from core.values import events as told
from core.values import requests as ask
from core.values.containers import (
    ContainerInfo,
    ContainerLog,
    Defaults,
    NetworkReport,
    PruneReport,
    Usage,
    WorkspaceHealth,
)
from core.values.entities import (
    Operation,
)
from tests.tui.fake_engine.state import State
from tests.tui.fake_engine.values import NOW, done, id_of


class Containers(State):
    """A part of `tests.tui.fake_engine.FakeEngine`."""

    def put_container(self, workspace: str, state: str = "running", **more: Any) -> ContainerInfo:
        name = f"boatyard-home-{workspace}"
        info = ContainerInfo(
            id=id_of("container", workspace), name=name, workspace=workspace, state=state, started_at=NOW,
            image="python:3.12", **more,
        )  # fmt: skip
        self.containers_[info.id] = info
        self.emit(told.ContainersChanged(workspaces=(workspace,)))
        return info

    async def containers(self, *, stats: bool = False, disk: bool = False) -> tuple[ContainerInfo, ...]:
        if self.docker_gone:
            raise UnreachableError("no container engine answers", hint="Start Docker.")
        return tuple(self.containers_.values())

    async def container_usage(self, container: str) -> AsyncIterator[Usage]:
        self.watched.add(container)
        try:
            yield Usage(cpu_percent=12.4, memory_bytes=300 * 2**20, processes=7)
            await asyncio.Event().wait()
        finally:
            self.watched.discard(container)

    async def start_container(self, container: str) -> ContainerInfo:
        return self._container("start_container", container)

    async def stop_container(self, container: str) -> ContainerInfo:
        return self._container("stop_container", container)

    async def restart_container(self, container: str) -> ContainerInfo:
        return self._container("restart_container", container)

    async def remove_container(self, container: str) -> ContainerInfo:
        return self._container("remove_container", container)

    def _container(self, call: str, container: str) -> ContainerInfo:
        self._asked(call, container)
        if container not in self.containers_:
            raise NotFoundError(f"the container {container} is gone")
        return self.containers_[container]

    async def prune_containers(self, body: ask.PruneContainers) -> PruneReport:
        self._asked("prune_containers", body.dry_run)
        orphans = tuple(each for each in self.containers_.values() if each.orphan)
        return PruneReport(dry_run=body.dry_run, containers=orphans)

    async def container_log(self, container: str, *, lines: int = 200) -> ContainerLog:
        return ContainerLog(name=container, text="first [b]line\nsecond line\n")

    async def workspace_health(self, name: str) -> WorkspaceHealth:
        return WorkspaceHealth(workspace=name, environment="absent", troubles=self.troubles)

    async def repair_workspace(self, name: str) -> Operation:
        self._asked("repair_workspace", name)
        self.operations_["op-" + name] = done("repair", name)
        return done("repair", name)

    async def workspace_network(self, name: str) -> NetworkReport:
        return NetworkReport(
            workspace=name, network="allow", allow_hosts=("example.org",), refused=self.refused_
        )

    async def defaults(self) -> Defaults:
        return Defaults(cpus=2.0, memory_mb=4096, processes=512, network="full")

    async def update_defaults(self, body: ask.UpdateDefaults) -> Defaults:
        self._asked("update_defaults", body)
        return await self.defaults()
