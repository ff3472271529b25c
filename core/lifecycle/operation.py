"""Operations of several steps: the intent is written first, each step can be repeated, a kill is repaired.

`BOATYARD_CRASH_AT=<operation>:<step>` kills the engine right after that step, which is how the tests find
out whether the repair works.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import msgspec

from core.errors import BoatyardError, ConflictError, disk_trouble
from core.store import Store, lookup, views
from core.store import models as m
from core.store.models.fields import moment_after, now
from core.supervision.crash import crash_point
from core.supervision.hub import EventHub
from core.values.entities import Operation, StepReport
from core.values.events import OperationChanged
from core.values.states import OperationStatus

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Step:
    """One idempotent step; `undo` takes it back, also when it was done only in part."""

    name: str
    label: str
    """What it does, for people: "clone the repositories"."""
    do: Callable[[], Awaitable[None]]
    undo: Callable[[], Awaitable[None]] | None = None
    keeps: bool = False
    """Whether a failure here, or later, leaves what was done before for the user to look at."""
    refuses: tuple[type[BoatyardError], ...] = ()
    """Errors here that show the request itself to be wrong: then everything is taken back all the same."""


class OperationLog:
    """Runs operations and keeps their journal."""

    def __init__(self, store: Store, hub: EventHub) -> None:
        self._store = store
        self._hub = hub
        self._running: dict[str, asyncio.Task[Operation]] = {}

    def launch(self, operation: Operation, steps: Sequence[Step]) -> None:
        """Runs the steps in the background; `wait` gives the end."""
        self._running[operation.id] = asyncio.create_task(self._run(operation, steps))

    @property
    def running(self) -> int:
        return sum(not task.done() for task in self._running.values())

    async def quiet(self) -> None:
        """Returns when nothing is under way."""
        while tasks := [task for task in self._running.values() if not task.done()]:
            await asyncio.wait(tasks)

    async def wait(self, operation_id: str) -> Operation:
        """The operation when it has ended."""
        operation = await self.get(operation_id)
        task = self._running.get(operation.id)
        if task is not None:
            await asyncio.wait([task])
        return await self.get(operation.id)

    async def get(self, operation_id: str) -> Operation:
        def find() -> Operation:
            return views.operation(lookup.by_id(m.Operation, operation_id, "operation"))

        return await self._store.read(find)

    async def close(self) -> None:
        """Leaves what runs to the next engine."""
        tasks = [task for task in self._running.values() if not task.done()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def end(
        self, operation: Operation, status: OperationStatus, error: BoatyardError | None = None
    ) -> Operation:
        """Records and tells how an operation ended."""
        ended = msgspec.structs.replace(
            operation,
            status=status,
            ended_at=now(),
            error=_plain(error.document()) if error else None,
        )
        await self._save(ended)
        return ended

    async def _run(self, operation: Operation, steps: Sequence[Step]) -> Operation:
        try:
            return await self._run_steps(operation, steps)
        finally:
            self._running.pop(operation.id, None)

    async def _run_steps(self, operation: Operation, steps: Sequence[Step]) -> Operation:
        done: list[Step] = []
        for step in steps:
            operation = await self._mark(operation, step, started_at=now())
            try:
                await step.do()
            except BoatyardError as error:
                return await self._fail(operation, [*done, step], step, error)
            except Exception as error:  # the operation boundary: whatever it is, it is told and undone
                if (full := disk_trouble(error)) is not None:
                    return await self._fail(operation, [*done, step], step, full)
                log.exception("%s of %s failed at %s", operation.kind, operation.workspace, step.name)
                told = BoatyardError(
                    f"{step.label}: unexpected {type(error).__name__}: {error}",
                    hint="This is a defect in Boatyard; 'boatyard engine logs' has its trace.",
                )
                return await self._fail(operation, [*done, step], step, told)
            operation = await self._mark(operation, step, ended_at=now())
            crash_point(operation.kind, step.name)
            done.append(step)
        return await self.end(operation, OperationStatus.DONE)

    async def _fail(
        self, operation: Operation, begun: Sequence[Step], step: Step, error: BoatyardError
    ) -> Operation:
        operation = await self._mark(operation, step, ended_at=now(), error=error.message)
        log.warning("%s of %s failed at %s: %s", operation.kind, operation.workspace, step.name, error)
        if any(each.keeps for each in begun) and not isinstance(error, step.refuses):
            return await self.end(operation, OperationStatus.FAILED, error)
        await self.undo(begun)
        return await self.end(operation, OperationStatus.UNDONE, error)

    async def undo(self, begun: Sequence[Step]) -> None:
        """Takes steps back, the last first; one that cannot be taken back does not stop the others."""
        for step in reversed(begun):
            if step.undo is not None:
                try:
                    await step.undo()
                except BoatyardError as error:
                    log.error("step %s could not be taken back: %s", step.name, error)
                except Exception:  # the operation boundary, as in `_run_steps`
                    log.exception("step %s could not be taken back", step.name)

    async def _mark(self, operation: Operation, step: Step, **changes: object) -> Operation:
        return await self.report(operation.id, step.name, **changes)

    async def report(self, operation_id: str, step: str, **changes: object) -> Operation:
        """Tells more about a step while it happens: fields of `StepReport`, such as `detail`."""

        def save() -> Operation:
            row = m.Operation.get_by_id(operation_id)
            steps = tuple(
                msgspec.structs.replace(report, **changes) if report.name == step else report
                for report in views.operation(row).steps
            )
            row.steps = msgspec.to_builtins(steps)
            row.save(only=[m.Operation.steps])
            return views.operation(row)

        operation = await self._store.write(save)
        self._hub.publish(OperationChanged(operation=operation))
        return operation

    async def set_result(self, operation_id: str, **result: object) -> None:
        """Adds to what the operation gives its caller."""

        def save() -> None:
            row = lookup.by_id(m.Operation, operation_id, "operation")
            row.result = {**row.result, **result}
            row.save()

        await self._store.write(save)

    async def _save(self, operation: Operation) -> None:
        def save() -> None:
            m.Operation.update(
                status=operation.status.value,
                steps=msgspec.to_builtins(operation.steps),
                error=operation.error,
                ended_at=operation.ended_at,
            ).where(m.Operation.id == operation.id).execute()

        await self._store.write(save)
        self._hub.publish(OperationChanged(operation=operation))


def begin_operation(
    kind: str, workspace: m.Workspace, steps: Sequence[tuple[str, str]], arguments: dict[str, object]
) -> Operation:
    """Writes an operation's intent; call in the transaction that makes what it is about.

    Raises:
        ConflictError: Another operation on the workspace is under way.
    """
    refuse_busy(workspace)
    latest = m.Operation.select().where(m.Operation.workspace == workspace)
    last = latest.order_by(m.Operation.created_at.desc()).first()
    row = m.Operation.create(
        created_at=moment_after(last.created_at if last else None),
        kind=kind,
        workspace=workspace,
        workspace_name=workspace.name,
        arguments=arguments,
        steps=[msgspec.to_builtins(StepReport(name=name, label=label)) for name, label in steps],
    )
    return views.operation(row)


def refuse_busy(workspace: m.Workspace, kinds: Sequence[str] = ()) -> None:
    """Refuses to go on while an operation on the workspace is under way. Call on the store's thread.

    Args:
        workspace: Whose operations.
        kinds: Only of these kinds; none: of any.

    Raises:
        ConflictError: There is one.
    """
    query = m.Operation.select().where(
        m.Operation.workspace == workspace, m.Operation.status == OperationStatus.RUNNING
    )
    running = (query.where(m.Operation.kind.in_(kinds)) if kinds else query).first()
    if running is not None:
        raise ConflictError(
            f"the workspace {workspace.name!r} is busy: {running.kind} is under way",
            hint="Wait until it has ended.",
        )


def _plain(document: dict[str, object]) -> dict[str, object]:
    plain: dict[str, object] = msgspec.json.decode(msgspec.json.encode(document, enc_hook=str))
    return plain
