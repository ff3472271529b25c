"""Closing a workspace, which keeps everything, and opening it again."""

from __future__ import annotations

import asyncio

from core.lifecycle.context import Context
from core.lifecycle.create import set_state
from core.lifecycle.facts import WorkspaceFacts, workspace_facts
from core.lifecycle.idleness import without_notice
from core.lifecycle.images import WorkspaceImages
from core.lifecycle.operation import Step
from core.lifecycle.place import Place
from core.lifecycle.ports import Ports
from core.lifecycle.snapshots import Snapshots
from core.store import models as m
from core.values.events import WorkspaceChanged
from core.values.states import WorkspaceState

CLOSE_STEPS = (
    ("stop", "stop what runs"),
    ("snapshot", "keep the work in the depot"),
    ("environment", "stop the environment"),
    ("state", "mark it closed"),
)
RESTORE_STEPS = (("environment", "start the environment"), ("state", "mark it open"))

SETTLE_SECONDS = 0.25
"""How long the end of a turn is waited for before what it has started meanwhile is stopped too."""


class Closing:
    """The steps of closing and of opening again."""

    def __init__(self, context: Context, snapshots: Snapshots) -> None:
        self._context = context
        self._snapshots = snapshots

    def close_steps(self, name: str) -> list[Step]:
        labels = dict(CLOSE_STEPS)
        return [
            Step("stop", labels["stop"], lambda: self.stop_processes(name), keeps=True),
            Step("snapshot", labels["snapshot"], lambda: self._snapshot(name), keeps=True),
            Step("environment", labels["environment"], lambda: self._stop(name), keeps=True),
            Step("state", labels["state"], lambda: self.set_state(name, WorkspaceState.CLOSED), keeps=True),
        ]

    def restore_steps(self, name: str) -> list[Step]:
        labels = dict(RESTORE_STEPS)
        return [
            Step("environment", labels["environment"], lambda: self._ensure(name), keeps=True),
            Step("state", labels["state"], lambda: self.open(name), keeps=True),
        ]

    async def stop_processes(self, name: str) -> None:
        """Stops everything that runs in a workspace, what follows the ends of turns included."""
        supervisor = self._context.supervisor
        settled = False
        while not settled or supervisor.in_workspace(name):
            await asyncio.gather(*(supervisor.stop(each) for each in supervisor.in_workspace(name)))
            settled = await supervisor.settle(name, SETTLE_SECONDS)

    async def set_state(self, name: str, state: WorkspaceState) -> None:
        workspace = await self._context.store.write(set_state, name, state)
        self._context.hub.publish(WorkspaceChanged(workspace=workspace))

    async def open(self, name: str) -> None:
        """Marks a workspace open, or failed when its set-up never succeeded: that can be retried."""
        set_up = await self._context.store.write(_open_again, name)
        await self.set_state(name, WorkspaceState.OPEN if set_up else WorkspaceState.FAILED)

    async def _facts(self, name: str) -> WorkspaceFacts:
        return await self._context.store.read(workspace_facts, name)

    async def _snapshot(self, name: str) -> None:
        await self._snapshots.take(name)

    async def _stop(self, name: str) -> None:
        facts = await self._facts(name)
        environment = Place(self._context.home, name).environment(facts)
        await self._context.runners[facts.runner].stop(environment)

    async def _ensure(self, name: str) -> None:
        await WorkspaceImages(self._context).prepare(name)
        facts = await Ports(self._context).ready(await self._facts(name))
        environment = Place(self._context.home, name).environment(facts)
        await self._context.runners[facts.runner].ensure(environment)


def _open_again(name: str) -> bool:
    """Shows the workspace again, without the notice why it was closed; whether it was ever set up."""
    row = m.Workspace.get(m.Workspace.name == name)
    row.archived, row.notice = False, without_notice(row.notice)
    row.save()
    return row.setup_completed_at is not None
