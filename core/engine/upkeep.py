"""Workspaces whose folder, clone or container was taken away: looked at, and repaired."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from core.egress.refusals import Refusal
from core.egress.rules import host_entry
from core.engine.workspaces import Workspaces
from core.errors import BoatyardError
from core.lifecycle.context import Context
from core.lifecycle.facts import WorkspaceFacts, workspace_facts
from core.lifecycle.mending import REPAIR_STEPS, Mending
from core.lifecycle.place import Place
from core.lifecycle.soundness import health_of
from core.runners.docker import DockerRunner
from core.store import lookup
from core.store import models as m
from core.values.containers import NetworkReport, RefusedHost, WorkspaceHealth
from core.values.entities import Operation
from core.values.states import RunnerKind, WorkspaceState

REPAIRABLE = (WorkspaceState.OPEN, WorkspaceState.FAILED, WorkspaceState.CLOSED)


class Upkeep:
    """What a user can do about a workspace that is damaged."""

    def __init__(
        self, context: Context, workspaces: Workspaces, mending: Mending, tell: Callable[[str, str], None]
    ) -> None:
        self._context = context
        self._tell = tell
        self._workspaces = workspaces
        self._mending = mending

    async def health(self, name: str) -> WorkspaceHealth:
        """Whether all that a workspace is made of is there.

        Raises:
            UnreachableError: Its container engine does not answer.
        """

        def read() -> WorkspaceFacts:
            lookup.live_workspace(name)
            return workspace_facts(name)

        return await health_of(self._context, await self._context.store.read(read))

    async def network(self, name: str) -> NetworkReport:
        """What the workspace may reach, and what it was refused."""
        workspace = await self._workspaces.get(name)
        docker = cast(DockerRunner, self._context.runners[RunnerKind.DOCKER])
        door = docker.doors.find(name)
        refused = tuple(
            RefusedHost(
                host=r.host,
                port=r.port,
                reason=r.reason,
                count=r.count,
                last_at=r.last_at,
                entry=host_entry(r.host, r.port),
            )
            for r in (door.refusals.all() if door else ())
        )
        settings = workspace.settings
        return NetworkReport(
            workspace=name, network=settings.network, allow_hosts=settings.allow_hosts, refused=refused
        )

    async def open_doors(self) -> None:
        """At the engine's start: agents in containers reach their tools again, and what runs without a
        network of its own reaches listed hosts, and is reached at its ports."""
        docker = cast(DockerRunner, self._context.runners[RunnerKind.DOCKER])
        docker.on_refused = self._tell_refused
        for facts in await self._context.store.read(_contained):
            environment = Place(self._context.home, facts.name).environment(facts)
            try:
                if environment.root.is_dir():
                    await docker.reopen(environment)
            except BoatyardError as error:  # one without its network must not keep the engine from starting
                self._tell(error.message, facts.name)

    def _tell_refused(self, workspace: str, refusal: Refusal) -> None:
        how = f"boatyard workspace set {workspace} --allow-host {host_entry(refusal.host, refusal.port)}"
        self._tell(f"{workspace}: {refusal.reason}; to allow it: {how}", workspace)

    async def repair(self, name: str) -> Operation:
        """Brings back what is missing, from the last snapshot; a workspace that is whole stays as it is."""
        return await self._workspaces.launch(
            "repair", name, REPAIR_STEPS, REPAIRABLE,
            lambda operation: self._mending.steps(operation.id, name),
        )  # fmt: skip


def _contained() -> list[WorkspaceFacts]:
    """The open workspaces in containers."""
    rows = m.Workspace.select(m.Workspace.name).where(
        m.Workspace.state.in_((WorkspaceState.OPEN, WorkspaceState.FAILED, WorkspaceState.CREATING)),
        m.Workspace.runner == RunnerKind.DOCKER,
    )
    return [workspace_facts(row.name) for row in rows]
