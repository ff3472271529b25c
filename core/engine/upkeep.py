"""Workspaces whose folder, clone or container was taken away: looked at, and repaired."""

from __future__ import annotations

from core.engine.workspaces import Workspaces
from core.lifecycle.context import Context
from core.lifecycle.facts import WorkspaceFacts, workspace_facts
from core.lifecycle.mending import REPAIR_STEPS, Mending
from core.lifecycle.soundness import health_of
from core.store import lookup
from core.values.containers import WorkspaceHealth
from core.values.entities import Operation
from core.values.states import WorkspaceState

REPAIRABLE = (WorkspaceState.OPEN, WorkspaceState.FAILED, WorkspaceState.CLOSED)


class Upkeep:
    """What a user can do about a workspace that is damaged."""

    def __init__(self, context: Context, workspaces: Workspaces, mending: Mending) -> None:
        self._context = context
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

    async def repair(self, name: str) -> Operation:
        """Brings back what is missing, from the last snapshot; a workspace that is whole stays as it is."""
        return await self._workspaces.launch(
            "repair", name, REPAIR_STEPS, REPAIRABLE,
            lambda operation: self._mending.steps(operation.id, name),
        )  # fmt: skip
