"""Steps shown while they happen, with their times: on standard error, so that results stay clean."""

from __future__ import annotations

import asyncio
import time

from core.cli.output import Output, took
from core.client import Client
from core.errors import error_from_document
from core.values.entities import Operation, StepReport
from core.values.events import OperationChanged, Reset
from core.values.states import OperationStatus

TICK_SECONDS = 0.5


class StepPrinter:
    """Prints each step of an operation once, when it has ended; on a terminal also the one that goes on."""

    def __init__(self, out: Output) -> None:
        self._out = out
        self._shown: set[str] = set()
        self._running: StepReport | None = None

    def show(self, operation: Operation) -> None:
        for step in operation.steps:
            if step.ended_at is not None and step.name not in self._shown:
                self._shown.add(step.name)
                mark = "✗" if step.error else "✓"
                if not self._out.json:
                    self._out.note(f"{mark} {step.label:<32} {took(step.started_at, step.ended_at):>9}")
                    for line in step.detail.splitlines():
                        self._out.note(f"    {line}")
        going = (step for step in operation.steps if step.started_at is not None and step.ended_at is None)
        self._running = next(going, None) if operation.status is OperationStatus.RUNNING else None
        self.tick()

    def tick(self) -> None:
        """Draws the running step anew, with the time that it has taken so far and the last it told."""
        step = self._running
        if step is None:
            self._out.passing("")
            return
        last = (step.detail.splitlines() or [""])[-1]
        self._out.passing(f"· {step.label:<32} {took(step.started_at, time.time()):>9}  {last}")

    async def keep_ticking(self) -> None:
        """Until it is cancelled."""
        while True:
            await asyncio.sleep(TICK_SECONDS)
            self.tick()


async def watch_operation(out: Output, client: Client, operation: Operation) -> Operation:
    """Shows the steps as they happen; returns the operation when it has ended.

    Raises:
        BoatyardError: What made it fail.
    """
    printer = StepPrinter(out)
    ticking = asyncio.create_task(printer.keep_ticking())
    try:
        await _follow(printer, client, operation)
    finally:
        ticking.cancel()
        await asyncio.wait([ticking])
        out.passing("")
    current = await client.operation(operation.id)
    if current.status is not OperationStatus.DONE:
        raise error_from_document(dict(current.error or {}))
    return current


async def _follow(printer: StepPrinter, client: Client, operation: Operation) -> None:
    since = (await client.snapshot()).sequence
    current = await client.operation(operation.id)
    printer.show(current)
    if current.status is not OperationStatus.RUNNING:
        return
    async for event in client.events(since):
        if isinstance(event, Reset):
            current = await client.wait_operation(operation.id)
        elif isinstance(event, OperationChanged) and event.operation.id == operation.id:
            current = event.operation
        printer.show(current)
        if current.status is not OperationStatus.RUNNING:
            break


async def follow_operation(out: Output, client: Client, operation: Operation) -> int:
    """Shows an operation to its end and prints it."""
    ended = await watch_operation(out, client, operation)
    out.result(ended, f"{ended.kind}: {ended.workspace}")
    return 0
