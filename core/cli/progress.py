"""Steps shown while they happen, with their times: on standard error, so that results stay clean."""

from __future__ import annotations

from core.cli.output import Output, took
from core.client import Client
from core.errors import error_from_document
from core.values.entities import Operation
from core.values.events import OperationChanged, Reset
from core.values.states import OperationStatus


class StepPrinter:
    """Prints each step of an operation once, when it has ended."""

    def __init__(self, out: Output) -> None:
        self._out = out
        self._shown: set[str] = set()

    def show(self, operation: Operation) -> None:
        for step in operation.steps:
            if step.ended_at is not None and step.name not in self._shown:
                self._shown.add(step.name)
                mark = "✗" if step.error else "✓"
                if not self._out.json:
                    self._out.note(f"{mark} {step.label:<32} {took(step.started_at, step.ended_at):>9}")
                    for line in step.detail.splitlines():
                        self._out.note(f"    {line}")


async def watch_operation(out: Output, client: Client, operation: Operation) -> Operation:
    """Shows the steps as they happen; returns the operation when it has ended.

    Raises:
        BoatyardError: What made it fail.
    """
    printer = StepPrinter(out)
    since = (await client.snapshot()).sequence
    current = await client.operation(operation.id)
    printer.show(current)
    if current.status is OperationStatus.RUNNING:
        async for event in client.events(since):
            if isinstance(event, Reset):
                current = await client.wait_operation(operation.id)
            elif isinstance(event, OperationChanged) and event.operation.id == operation.id:
                current = event.operation
            printer.show(current)
            if current.status is not OperationStatus.RUNNING:
                break
    current = await client.operation(operation.id)
    if current.status is not OperationStatus.DONE:
        raise error_from_document(dict(current.error or {}))
    return current


async def follow_operation(out: Output, client: Client, operation: Operation) -> int:
    """Shows an operation to its end and prints it."""
    ended = await watch_operation(out, client, operation)
    out.result(ended, f"{ended.kind}: {ended.workspace}")
    return 0
