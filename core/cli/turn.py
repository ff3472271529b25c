"""Waiting for a turn: says what the agent waits for, so that nobody wonders why nothing happens."""

from __future__ import annotations

from core.cli.output import Output
from core.client import Client
from core.values.entities import Approval, Process
from core.values.events import ApprovalChanged, ProcessChanged, Reset
from core.values.states import ApprovalStatus


async def wait_for_turn(out: Output, client: Client, process: Process) -> Process:
    """Returns when the turn has ended; unanswered requests are told on standard error."""
    since = (await client.snapshot()).sequence
    told: set[str] = set()
    for approval in await client.approvals(process.workspace):
        _tell(out, approval, told)
    if not (await client.process(process.id)).status.ended:
        async for event in client.events(since):
            if isinstance(event, ApprovalChanged) and event.approval.process_id == process.id:
                _tell(out, event.approval, told)
            if isinstance(event, ProcessChanged) and event.process.id == process.id:
                if event.process.status.ended:
                    break
            elif isinstance(event, Reset):
                break
    return await client.wait_process(process.id)


def _tell(out: Output, approval: Approval, told: set[str]) -> None:
    if approval.status is ApprovalStatus.PENDING and approval.id not in told:
        told.add(approval.id)
        out.note(f"▲ the agent asks: {approval.title}")
        out.note(f"  answer: boatyard workspace approve {approval.workspace} (or reject)")
