"""At the engine's start: what an earlier engine left half-done is finished or taken back, and told.

Only the journal is believed. Each repair can be interrupted and run again.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from core.errors import BoatyardError, ConflictError
from core.lifecycle.closing import Closing
from core.lifecycle.context import Context
from core.lifecycle.create import POINT_OF_KEEPING, Creation, set_state
from core.lifecycle.landing import Landing
from core.lifecycle.operation import Step
from core.lifecycle.removal import Removal
from core.store import models as m
from core.store import views
from core.values.entities import Operation
from core.values.states import OperationStatus, WorkspaceState

log = logging.getLogger(__name__)


class Repair:
    """Goes through the operations that the database shows as running."""

    def __init__(
        self, context: Context, creation: Creation, closing: Closing, removal: Removal, landing: Landing
    ) -> None:
        self._context = context
        self._creation = creation
        self._closing = closing
        self._removal = removal
        self._landing = landing

    async def run(self) -> None:
        """Repairs everything; one operation that cannot be repaired does not stop the others."""
        for operation in await self._context.store.read(_running):
            try:
                await self._repair(operation)
            except BoatyardError as error:
                log.error("%s of %s could not be repaired: %s", operation.kind, operation.workspace, error)
                await self._context.operations.end(operation, OperationStatus.FAILED, error)

    async def _repair(self, operation: Operation) -> None:
        log.info("repairing %s of %s", operation.kind, operation.workspace)
        if operation.kind == "create":
            await self._create(operation)
        elif operation.kind == "merge":
            await self._merge(operation)
        else:
            await self._finish(operation)

    async def _create(self, operation: Operation) -> None:
        interrupted = ConflictError(
            f"the engine ended while {operation.workspace!r} was being made", hint="Start it again."
        )
        begun = [report.name for report in operation.steps if report.started_at is not None]
        if POINT_OF_KEEPING in begun:
            await self._context.store.write(set_state, operation.workspace, WorkspaceState.FAILED)
            kept = ConflictError(
                interrupted.message, hint=f"Go on: boatyard workspace retry {operation.workspace}"
            )
            await self._context.operations.end(operation, OperationStatus.FAILED, kept)
            return
        steps = self._creation.steps(operation.workspace, operation.id, None, "")
        await self._context.operations.undo([step for step in steps if step.name in begun] or steps[:1])
        await self._context.operations.end(operation, OperationStatus.UNDONE, interrupted)

    async def _merge(self, operation: Operation) -> None:
        prepared = operation.result.get("prepared")
        plans = prepared if isinstance(prepared, list) else []
        landed = await self._landing.recover(operation, plans) if plans else []
        if plans and landed:
            await self._landing.record(operation.id, [p for p in plans if p["repo_id"] in landed])
        if plans and len(landed) == len(plans):
            await self._context.operations.end(operation, OperationStatus.DONE)
            return
        error = ConflictError(
            f"the engine ended during the merge of {operation.workspace!r}: "
            f"{len(landed)} of {len(plans)} target branches were moved, the others are as before",
            hint=f"Merge the rest: boatyard workspace merge {operation.workspace}",
        )
        status = OperationStatus.FAILED if landed else OperationStatus.UNDONE
        await self._context.operations.end(operation, status, error)

    async def _finish(self, operation: Operation) -> None:
        """Closing, restoring, removing and recovering are finished: their steps can all be repeated."""
        steps = self._steps(operation)
        done = {report.name for report in operation.steps if report.ended_at is not None and not report.error}
        for step in steps:
            if step.name not in done:
                await step.do()
        await self._context.operations.end(operation, OperationStatus.DONE)

    def _steps(self, operation: Operation) -> Sequence[Step]:
        return {
            "close": self._closing.close_steps,
            "restore": self._closing.restore_steps,
            "remove": self._removal.remove_steps,
            "recover": self._removal.recover_steps,
        }[operation.kind](operation.workspace)


def _running() -> list[Operation]:
    rows = m.Operation.select().where(m.Operation.status == OperationStatus.RUNNING)
    return [views.operation(row) for row in rows.order_by(m.Operation.created_at)]
