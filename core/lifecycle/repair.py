"""At the engine's start: what an earlier engine left half-done is finished or taken back, and told.

Only the journal is believed. Each repair can be interrupted and run again. It comes after the processes of
the earlier engine have been taken over, so that a step which stops or waits for them finds them.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from core.errors import BoatyardError, ConflictError, disk_trouble
from core.lifecycle.applying import Applying
from core.lifecycle.archiving import Archiving
from core.lifecycle.closing import Closing
from core.lifecycle.context import Context
from core.lifecycle.create import POINT_OF_KEEPING, Creation, is_kept
from core.lifecycle.landing import Landing
from core.lifecycle.mending import Mending
from core.lifecycle.operation import Step
from core.lifecycle.publishing import Publishing
from core.lifecycle.pull_requests import PullRequests
from core.lifecycle.pushing import Pushing, PushWanted
from core.lifecycle.removal import Removal
from core.lifecycle.restoring import Restoring
from core.lifecycle.taking import Taking
from core.lifecycle.trash import Trash
from core.lifecycle.unmerging import Unmerging
from core.store import models as m
from core.store import views
from core.values.entities import Operation
from core.values.states import OperationStatus

log = logging.getLogger(__name__)


class Repair:
    """Goes through the operations that the database shows as running."""

    def __init__(
        self, context: Context, creation: Creation, closing: Closing, removal: Removal, landing: Landing,
        restoring: Restoring, archiving: Archiving, trash: Trash, mending: Mending, applying: Applying,
        taking: Taking, pushing: Pushing, pulls: PullRequests, publishing: Publishing, unmerging: Unmerging,
    ) -> None:  # fmt: skip
        self._context = context
        self._creation = creation
        self._closing = closing
        self._removal = removal
        self._landing = landing
        self._restoring = restoring
        self._archiving = archiving
        self._trash = trash
        self._mending = mending
        self._applying = applying
        self._taking = taking
        self._pushing = pushing
        self._pulls = pulls
        self._publishing = publishing
        self._unmerging = unmerging

    async def run(self) -> None:
        """Repairs everything; one operation that cannot be repaired does not stop the others."""
        for operation, arguments in await self._context.store.read(_running):
            try:
                await self._repair(operation, arguments)
            except BoatyardError as error:
                await self._fail(operation, error)
            except Exception as error:  # the operation boundary: told, and the others go on
                if (full := disk_trouble(error)) is not None:
                    await self._fail(operation, full)
                    continue
                log.exception("repairing %s of %s", operation.kind, operation.workspace)
                hint = "This is a defect in Boatyard; 'boatyard engine logs' has its trace."
                await self._fail(operation, BoatyardError(f"unexpected {error!r}", hint=hint))

    async def _fail(self, operation: Operation, error: BoatyardError) -> None:
        log.error("%s of %s could not be repaired: %s", operation.kind, operation.workspace, error)
        await self._context.operations.end(operation, OperationStatus.FAILED, error)

    async def _repair(self, operation: Operation, arguments: dict[str, object]) -> None:
        log.info("repairing %s of %s", operation.kind, operation.workspace)
        if operation.kind == "create":
            await self._create(operation, arguments)
        elif operation.kind == "merge":
            await self._merge(operation, push=bool(arguments.get("push")))
        elif operation.kind == "unmerge":
            await self._finish(operation, self._unmerging.steps_again(operation, arguments))
        elif operation.kind in ("push", "pull-request"):
            await self._push(operation, arguments)
        elif operation.kind == "restore-to":
            steps = self._restoring.steps(operation, int(str(arguments["number"])))
            await self._finish(operation, steps)
        elif operation.kind in ("apply", "update"):
            await self._finish(operation, self._applying.steps_again(operation, arguments))
        elif operation.kind == "take":
            await self._finish(operation, self._taking.steps_again(operation, arguments))
        elif operation.kind == "rewind":
            number, turn = int(str(arguments["number"])), str(arguments["process"])
            await self._finish(operation, self._restoring.rewind_steps(operation, number, turn))
        elif operation.kind == "repair":
            await self._finish(operation, self._mending.steps(operation.id, operation.workspace))
        elif operation.kind == "publish":
            folder, by = str(arguments["folder"]), str(arguments["by"])
            await self._finish(operation, self._publishing.publish_steps(operation, folder, by))
        elif operation.kind == "archive":
            scripts = bool(arguments.get("scripts", True))
            await self._finish(operation, self._archiving.steps(operation, scripts=scripts))
        else:
            await self._finish(operation, self._steps(operation))

    async def _create(self, operation: Operation, arguments: dict[str, object]) -> None:
        """Goes on where nothing is taken back any more, in the background; else takes everything back."""
        begun = [report.name for report in operation.steps if report.started_at is not None]
        if any(map(is_kept, (*begun, operation.steps[0].name))):
            await self._go_on(operation, str(arguments.get("agent", "")), str(arguments.get("prompt", "")))
            return
        steps = self._creation.steps(operation.workspace, operation.id, None, "")
        await self._context.operations.undo([step for step in steps if step.name in begun] or steps[:1])
        interrupted = ConflictError(
            f"the engine ended while {operation.workspace!r} was being made, and what there was of it "
            "was taken back",
            hint="Start it again.",
        )
        await self._context.operations.end(operation, OperationStatus.UNDONE, interrupted)

    async def _go_on(self, operation: Operation, agent: str, prompt: str) -> None:
        executor = self._context.executors.get(agent) if agent else None
        steps = self._creation.steps(
            operation.workspace, operation.id, executor, prompt, first=POINT_OF_KEEPING, remix=True
        )
        due = {report.name for report in operation.steps} - _done(operation)
        left = [step for step in steps if step.name in due]
        self._context.operations.launch(operation, left)

    async def _merge(self, operation: Operation, *, push: bool) -> None:
        prepared = operation.result.get("prepared")
        plans = prepared if isinstance(prepared, list) else []
        landed = await self._landing.recover(operation, plans) if plans else []
        if plans and landed:
            await self._landing.record(operation.id, [p for p in plans if p["repo_id"] in landed])
        if plans and len(landed) == len(plans):
            await self._context.operations.end(operation, OperationStatus.DONE)
            if push:
                await self._push_after(operation.workspace)
            return
        await self._landing.let_go(operation.workspace)
        moved = f"{len(landed)} of {len(plans)} target branches were moved" if landed else "nothing was moved"
        error = ConflictError(
            f"the engine ended during the merge of {operation.workspace!r}: {moved}",
            hint=f"Merge again: boatyard workspace merge {operation.workspace}",
        )
        status = OperationStatus.FAILED if landed else OperationStatus.UNDONE
        await self._context.operations.end(operation, status, error)

    async def _push_after(self, name: str) -> None:
        """What was asked for with the merge; that is done, whatever becomes of this."""
        try:
            await self._pushing.begin(name, PushWanted(target=True))
        except BoatyardError as error:
            log.error("%s is merged, but not pushed: %s", name, error)

    async def _push(self, operation: Operation, arguments: dict[str, object]) -> None:
        """In the background: a remote that does not answer must not keep the engine from starting."""
        pull = operation.kind == "pull-request"
        resumed = self._pulls.resume if pull else self._pushing.resume
        if await resumed(operation, arguments):
            return
        verb = "pr open" if pull else "push"
        error = ConflictError(
            f"the engine ended before anything of {operation.workspace!r} was pushed",
            hint=f"Do it again: boatyard workspace {verb} {operation.workspace}",
        )
        await self._context.operations.end(operation, OperationStatus.UNDONE, error)

    async def _finish(self, operation: Operation, steps: Sequence[Step]) -> None:
        """Closing, restoring, removing and recovering are finished: their steps can all be repeated."""
        for step in steps:
            if step.name not in _done(operation):
                await step.do()
        await self._context.operations.end(operation, OperationStatus.DONE)

    def _steps(self, operation: Operation) -> Sequence[Step]:
        return {
            "close": self._closing.close_steps,
            "restore": self._closing.restore_steps,
            "remove": self._removal.remove_steps,
            "recover": self._removal.recover_steps,
            "purge": self._trash.purge_steps,
            "unpublish": self._publishing.unpublish_steps,
        }[operation.kind](operation.workspace)


def _done(operation: Operation) -> set[str]:
    """The names of the steps that were done to their end."""
    return {report.name for report in operation.steps if report.ended_at is not None and not report.error}


def _running() -> list[tuple[Operation, dict[str, object]]]:
    rows = m.Operation.select().where(m.Operation.status == OperationStatus.RUNNING)
    return [(views.operation(row), row.arguments) for row in rows.order_by(m.Operation.created_at)]
