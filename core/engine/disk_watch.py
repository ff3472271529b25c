"""Disk limits: kept by watching, because container engines cannot enforce one on most file systems.

The free space of the home's file system is looked at every second, which costs nothing. Only when it has
shrunk, or after a while, are the folders of workspaces with a limit measured in which something runs.
"""

from __future__ import annotations

import asyncio
import logging
import shutil
from typing import cast

from core.engine.reconciliation import Reconciliation
from core.errors import BoatyardError
from core.lifecycle.context import Context
from core.lifecycle.disk_use import bytes_below
from core.lifecycle.facts import WorkspaceFacts, workspace_facts
from core.lifecycle.place import Place
from core.runners.docker import DockerRunner
from core.store import models as m
from core.values.states import RunnerKind, WorkspaceState

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
REST_LOOKS = 30
"""After so many looks all are measured, even where nothing has shrunk."""
SHRUNK_PART = 16
"""Measured when this part of the smallest limit has been taken from the free space since the last time."""
GROWN = 1.02
"""A workspace that was stopped is stopped again when it has grown: what makes room in it may run."""
MEGABYTE = 2**20


class DiskWatch:
    """Ends what runs in a workspace that has passed its disk limit."""

    def __init__(self, context: Context, reconciliation: Reconciliation) -> None:
        self._context = context
        self._reconciliation = reconciliation
        self._over: dict[str, int] = {}
        """Bytes at which each workspace was last stopped."""

    async def run(self) -> None:
        """Watches until cancelled."""
        looks, free = REST_LOOKS, 0
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            looks += 1
            try:
                limited = await self._context.store.read(_limited) if self._context.supervisor.running else []
                if not limited:
                    continue
                now = shutil.disk_usage(self._context.home.data).free
                smallest = min(facts.settings.disk_mb for facts in limited) * MEGABYTE
                if looks >= REST_LOOKS or free - now > smallest // SHRUNK_PART:
                    looks, free = 0, now
                    await self._measure(limited)
                free = max(free, now)
            except (BoatyardError, OSError) as error:
                log.warning("disk limits: %s", error)
            except Exception:  # the process boundary: a defect here must not end the watch
                log.exception("watching disk limits")

    async def _measure(self, limited: list[WorkspaceFacts]) -> None:
        busy = [facts for facts in limited if self._context.supervisor.in_workspace(facts.name)]
        written = await self._written(busy)
        for facts in busy:
            root = Place(self._context.home, facts.name).root
            used = await asyncio.to_thread(bytes_below, root) + written.get(facts.name, 0)
            if used <= facts.settings.disk_mb * MEGABYTE:
                self._over.pop(facts.name, None)
            elif used > self._over.get(facts.name, 0) * GROWN:
                self._over[facts.name] = used
                await self._stop(facts, used)

    async def _written(self, busy: list[WorkspaceFacts]) -> dict[str, int]:
        """Bytes that containers have written over their images, by workspace."""
        if not any(facts.runner is RunnerKind.DOCKER for facts in busy):
            return {}
        administration = cast(DockerRunner, self._context.runners[RunnerKind.DOCKER]).administration
        instance = self._context.home.instance
        sizes, found = await asyncio.gather(administration.disk(instance), administration.list(instance))
        return {each.workspace: sizes.get(each.id, 0) for each in found if not each.helper}

    async def _stop(self, facts: WorkspaceFacts, used: int) -> None:
        """Ends every process with the reason, then the environment: a shell may go on writing in it."""
        reason = (
            f"stopped: the workspace takes {used // MEGABYTE} MB of disk, more than its limit of "
            f"{facts.settings.disk_mb} MB"
        )
        supervisor = self._context.supervisor
        ids = supervisor.in_workspace(facts.name)
        await asyncio.gather(*(supervisor.stop(each, reason) for each in ids))
        environment = Place(self._context.home, facts.name).environment(facts)
        await self._context.runners[facts.runner].stop(environment)
        self._reconciliation.tell(
            f"{facts.name} was {reason}; make room in it, or raise the limit: "
            f"boatyard workspace set {facts.name} --disk MB",
            facts.name,
        )


def _limited() -> list[WorkspaceFacts]:
    """The open workspaces that have a disk limit."""
    states = (WorkspaceState.OPEN, WorkspaceState.FAILED, WorkspaceState.CREATING)
    rows = m.Workspace.select(m.Workspace.name, m.Workspace.settings).where(m.Workspace.state.in_(states))
    return [workspace_facts(row.name) for row in rows if row.settings.get("disk_mb")]
