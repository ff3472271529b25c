"""Checkpoints: taken, listed, restored, written as zips and read again."""

from __future__ import annotations

import asyncio

from core.engine.texts import check_text
from core.errors import ConflictError
from core.lifecycle.checkpoint_records import checkpoint_states, list_checkpoints
from core.lifecycle.context import Context
from core.lifecycle.exchange import Exchange
from core.lifecycle.operation import begin_operation
from core.lifecycle.restoring import RESTORE_TO_STEPS, REWIND_STEPS, Restoring
from core.lifecycle.rewinding import rewind_target
from core.lifecycle.snapshots import Snapshots
from core.lifecycle.turn_records import turn_runs
from core.store import lookup
from core.store import models as m
from core.values.answers import ExportAnswer
from core.values.entities import Checkpoint, Operation
from core.values.events import OperationChanged
from core.values.requests import (
    ExportCheckpoint,
    ImportCheckpoint,
    RestoreTo,
    RewindWorkspace,
    TakeCheckpoint,
)
from core.values.states import CheckpointKind, WorkspaceState

MESSAGE_LIMIT = 500
"""Characters of a checkpoint's message."""
RESTORABLE = (WorkspaceState.OPEN, WorkspaceState.FAILED, WorkspaceState.CLOSED)


class Checkpoints:
    """What a user can do with the checkpoints of a workspace."""

    def __init__(self, context: Context, snapshots: Snapshots, restoring: Restoring) -> None:
        self._exchange = Exchange(context, snapshots)
        self._context = context
        self._snapshots = snapshots
        self._restoring = restoring

    async def list(self, name: str) -> tuple[Checkpoint, ...]:
        """All of them, the first at the beginning."""
        return await self._context.store.read(list_checkpoints, name)

    async def take(self, name: str, body: TakeCheckpoint) -> Checkpoint:
        """Keeps everything that is in the workspace now under the next number.

        Raises:
            UsageError: The message is too long.
            ConflictError: The workspace is still being made.
        """
        message = check_text("the message", body.message, MESSAGE_LIMIT).strip()
        await self._context.store.read(lambda: lookup.live_workspace(name).id)
        return await self._snapshots.checkpoint(name, CheckpointKind.MANUAL, message)

    async def export(self, name: str, body: ExportCheckpoint) -> ExportAnswer:
        """Writes a checkpoint as a zip into the exchange folder.

        Raises:
            NotFoundError: There is no such checkpoint.
        """
        await self._context.store.read(lambda: lookup.live_workspace(name).id)
        path = await self._exchange.export(name, body.number)
        return ExportAnswer(path=str(path), size=(await asyncio.to_thread(path.stat)).st_size)

    async def bring_in(self, name: str, body: ImportCheckpoint) -> Checkpoint:
        """Makes a new checkpoint of a zip in the exchange folder, which is deleted; restores nothing.

        Raises:
            UsageError: It is no such zip, of other repositories, or holds what it must not; nothing changed.
            NotFoundError: There is no such file.
        """
        await self._context.store.read(lambda: lookup.live_workspace(name).id)
        return await self._exchange.bring_in(name, body.file)

    async def restore_to(self, name: str, body: RestoreTo) -> Operation:
        """Brings all repos back to a checkpoint, after keeping the present as another one.

        Raises:
            NotFoundError: There is no such checkpoint.
            ConflictError: An agent works in the workspace, or it is not ready.
        """
        number = body.number

        def write() -> Operation:
            row = lookup.live_workspace(name)
            checkpoint_states(name, number)
            _check_restorable(row)
            return begin_operation("restore-to", row, RESTORE_TO_STEPS, {"number": number})

        operation = await self._context.store.write(write)
        self._context.hub.publish(OperationChanged(operation=operation))
        self._context.operations.launch(operation, self._restoring.steps(operation, number))
        return operation

    async def rewind(self, name: str, body: RewindWorkspace) -> Operation:
        """Brings all repos back to before a turn, and takes the turn and all later ones back.

        The agent begins a new conversation with the next prompt, and is told what happened in the turns
        that are left. Going back to the checkpoint that this keeps first undoes it.

        Raises:
            NotFoundError: There is no such turn, or nothing was kept before it.
            ConflictError: An agent works in the workspace, or it is not ready.
        """

        def write() -> tuple[Operation, str, int]:
            row = lookup.live_workspace(name)
            process_id, number = rewind_target(row, body.process)
            checkpoint_states(name, number)
            _check_restorable(row)
            arguments: dict[str, object] = {"number": number, "process": process_id}
            return begin_operation("rewind", row, REWIND_STEPS, arguments), process_id, number

        operation, process_id, number = await self._context.store.write(write)
        self._context.hub.publish(OperationChanged(operation=operation))
        steps = self._restoring.rewind_steps(operation, number, process_id)
        self._context.operations.launch(operation, steps)
        return operation


def _check_restorable(row: m.Workspace) -> None:
    if row.state not in RESTORABLE:
        raise ConflictError(f"the workspace {row.name!r} is {row.state}", hint="Wait until it has been made.")
    if turn_runs(row.id):
        raise ConflictError(
            f"an agent works in {row.name!r}",
            hint=f"Wait for it, or stop it: boatyard workspace stop {row.name}",
        )
