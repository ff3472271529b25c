"""Waiting for a turn: says what the agent waits for, so that nobody wonders why nothing happens."""

from __future__ import annotations

from core.cli.output import Output
from core.client import Client
from core.errors import NotFoundError
from core.values.entities import Approval, Process, QueuedPrompt
from core.values.events import AnyEvent, ApprovalChanged, ProcessChanged, Reset, WorkspaceChanged
from core.values.states import ApprovalStatus, ProcessStatus, RunReason


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


async def wait_for_queued(out: Output, client: Client, queued: QueuedPrompt) -> Process:
    """Returns the turn that a queued prompt becomes, as soon as it has started; it keeps the prompt's id.

    Raises:
        NotFoundError: The prompt was taken out of the queue.
    """
    since = (await client.snapshot()).sequence
    out.note(f"queued behind the turn that runs, at place {queued.position + 1}")
    if not await _waits(client, queued):
        return await _started(client, queued)
    async for event in client.events(since):
        if isinstance(event, ProcessChanged):
            if event.process.id == queued.id:
                return event.process
            _tell_held(out, event.process, queued)
        elif _may_have_left(event, queued) and not await _waits(client, queued):
            break
    return await _started(client, queued)


def _may_have_left(event: AnyEvent, queued: QueuedPrompt) -> bool:
    if isinstance(event, WorkspaceChanged):
        return event.workspace.name == queued.workspace
    return isinstance(event, Reset)


async def _waits(client: Client, queued: QueuedPrompt) -> bool:
    return any(each.id == queued.id for each in await client.queue(queued.workspace))


async def _started(client: Client, queued: QueuedPrompt) -> Process:
    try:
        return await client.process(queued.id)
    except NotFoundError:
        raise NotFoundError(
            "the prompt was taken out of the queue before its turn came",
            hint="Send it again if it is wanted.",
        ) from None


def _tell_held(out: Output, process: Process, queued: QueuedPrompt) -> None:
    """A turn that failed or was stopped leaves the queue waiting: said, so that nobody waits unknowing."""
    agent = process.workspace == queued.workspace and process.run_reason is RunReason.CODING_AGENT
    if agent and process.status.ended and process.status is not ProcessStatus.COMPLETED:
        out.note(f"▲ the turn before it {process.status.value}; it stays queued until a turn completes")


def _tell(out: Output, approval: Approval, told: set[str]) -> None:
    if approval.status is ApprovalStatus.PENDING and approval.id not in told:
        told.add(approval.id)
        out.note(f"▲ the agent asks: {approval.title}")
        out.note(f"  answer: boatyard workspace approve {approval.workspace} (or reject)")
