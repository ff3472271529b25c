"""Closing a workspace, which keeps everything, and opening it again."""

from __future__ import annotations

from core.lifecycle.context import Context
from core.lifecycle.create import set_state
from core.lifecycle.facts import WorkspaceFacts, workspace_facts
from core.lifecycle.operation import Step
from core.lifecycle.place import Place
from core.lifecycle.snapshots import Snapshots
from core.values.events import WorkspaceChanged
from core.values.states import WorkspaceState

CLOSE_STEPS = (
    ("stop", "stop what runs"),
    ("snapshot", "keep the work in the depot"),
    ("environment", "stop the environment"),
    ("state", "mark it closed"),
)
RESTORE_STEPS = (("environment", "start the environment"), ("state", "mark it open"))


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
            Step("state", labels["state"], lambda: self.set_state(name, WorkspaceState.OPEN), keeps=True),
        ]

    async def stop_processes(self, name: str) -> None:
        """Stops everything that runs in a workspace, one after the other."""
        for process_id in self._context.supervisor.in_workspace(name):
            await self._context.supervisor.stop(process_id)

    async def set_state(self, name: str, state: WorkspaceState) -> None:
        workspace = await self._context.store.write(set_state, name, state)
        self._context.hub.publish(WorkspaceChanged(workspace=workspace))

    async def _facts(self, name: str) -> WorkspaceFacts:
        return await self._context.store.read(workspace_facts, name)

    async def _snapshot(self, name: str) -> None:
        await self._snapshots.take(name)

    async def _stop(self, name: str) -> None:
        facts = await self._facts(name)
        environment = Place(self._context.home, name).environment(facts)
        await self._context.runners[facts.runner].stop(environment)

    async def _ensure(self, name: str) -> None:
        facts = await self._facts(name)
        environment = Place(self._context.home, name).environment(facts)
        await self._context.runners[facts.runner].ensure(environment)
