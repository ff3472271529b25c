"""The queue of a workspace's follow-ups in the database; each function is one transaction of the store.

A prompt and the turn that it becomes have one id. It leaves the queue in the transaction that writes the
turn down, so that it is always in exactly one of the two.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from core.errors import ConflictError, NotFoundError
from core.store import lookup, views
from core.store import models as m
from core.store.models.fields import new_id
from core.supervision.records import pause_queue
from core.values.entities import Process, QueuedPrompt
from core.values.states import OperationStatus, ProcessStatus, RunReason, WorkspaceState


@dataclass(frozen=True)
class Queued:
    """A follow-up that waits."""

    id: str
    executor: str
    prompt: str
    attachments: tuple[str, ...] = ()


def prompt_id(workspace: str, request_id: str) -> str:
    """The id of the prompt that a request sends to a workspace; without a request id a new one."""
    return uuid.uuid5(uuid.NAMESPACE_OID, f"{workspace} {request_id}").hex if request_id else new_id()


def sent_before(name: str, wanted: str) -> Process | QueuedPrompt | None:
    """What has become of a prompt that was sent before; None when it was not.

    Raises:
        ConflictError: It was taken out of the queue.
    """
    process = m.ExecutionProcess.get_or_none(m.ExecutionProcess.id == wanted)
    if process is not None:
        return views.process(process)
    queued = m.QueuedPrompt.get_or_none(m.QueuedPrompt.id == wanted)
    if queued is not None:
        return views.queued_prompt(queued, name)
    if m.DroppedPrompt.get_or_none(m.DroppedPrompt.id == wanted) is not None:
        raise ConflictError(
            "this prompt was sent before and taken out of the queue since",
            hint="Send it as a new one if it is wanted after all.",
        )
    return None


def enqueue(workspace_id: str, prompt: Queued, *, first: bool = False) -> m.QueuedPrompt:
    """Puts a prompt at the end of the queue, or at its beginning."""
    waiting = _in_order(workspace_id)
    row: m.QueuedPrompt = m.QueuedPrompt.create(
        id=prompt.id,
        workspace=workspace_id,
        executor=prompt.executor,
        prompt=prompt.prompt,
        attachments=list(prompt.attachments),
        position=len(waiting),
    )
    if first:
        _number([row, *waiting])
    return row


def queue_of(name: str) -> tuple[QueuedPrompt, ...]:
    """What waits in a workspace, in the order in which it will start."""
    row = lookup.live_workspace(name)
    return tuple(views.queued_prompt(each, name) for each in _in_order(row.id))


def queued_row(name: str, key: str) -> m.QueuedPrompt:
    """
    Raises:
        NotFoundError: There is no such prompt in the workspace's queue.
    """
    row = lookup.by_id(m.QueuedPrompt, key, "queued prompt")
    if row.workspace.name != name:
        raise NotFoundError(
            f"there is no such prompt in the queue of {name!r}",
            hint=f"'boatyard workspace queue {name}' lists what waits.",
        )
    return row


def move_to(row: m.QueuedPrompt, position: int) -> None:
    """Gives a prompt another place; the others keep their order."""
    others = [each for each in _in_order(row.workspace_id) if each.id != row.id]
    place = min(position, len(others))
    _number([*others[:place], row, *others[place:]])


def drop(row: m.QueuedPrompt) -> None:
    """Takes a prompt out for good."""
    workspace_id = row.workspace_id
    m.DroppedPrompt.create(id=row.id, workspace=workspace_id)
    row.delete_instance()
    _number(_in_order(workspace_id))


def forget(prompt: str) -> None:
    """Takes a prompt out that becomes a turn, or whose sender is told that it could not."""
    row = m.QueuedPrompt.get_or_none(m.QueuedPrompt.id == prompt)
    if row is not None:
        workspace_id = row.workspace_id
        row.delete_instance()
        _number(_in_order(workspace_id))


def first_queued(name: str) -> Queued | None:
    """The prompt that starts next; None when nothing waits, or the queue is paused."""
    workspace = m.Workspace.get_or_none(m.Workspace.name == name)
    if workspace is None or workspace.queue_paused or workspace.paused:
        return None
    row = next(iter(_in_order(workspace.id)), None)
    return Queued(row.id, row.executor, row.prompt, tuple(row.attachments or ())) if row else None


def could_not_start(name: str, prompt: str, trouble: str) -> None:
    """Notes why a prompt was not started, and lets the queue wait for the user."""
    workspace = m.Workspace.get(m.Workspace.name == name)
    m.QueuedPrompt.update(trouble=trouble).where(m.QueuedPrompt.id == prompt).execute()
    pause_queue(workspace.id, f"the next prompt could not be started: {trouble}")


def waiting_queues() -> list[str]:
    """Open workspaces in which something waits, nothing keeps it waiting, and no agent works."""
    running = (
        m.Session.select(m.Session.workspace)
        .join(m.ExecutionProcess)
        .where(
            m.ExecutionProcess.status == ProcessStatus.RUNNING,
            m.ExecutionProcess.run_reason == RunReason.CODING_AGENT,
        )
    )
    queued = m.QueuedPrompt.select(m.QueuedPrompt.workspace)
    w = m.Workspace
    query = w.select(w.name).where(
        w.state == WorkspaceState.OPEN, w.id.in_(queued), w.id.not_in(running),
    )  # fmt: skip
    return [name for (name,) in query.tuples() if first_queued(name) is not None]


def put_back(process_id: str) -> bool:
    """Makes a queued prompt again of a turn that was written down and never began; whether it could be.

    The first turn of a workspace that is still being made is forgotten: its making starts it again.
    """
    row = m.ExecutionProcess.get_by_id(process_id)
    turn = m.CodingAgentTurn.get_or_none(m.CodingAgentTurn.process == process_id)
    workspace = row.session.workspace
    if turn is None or workspace.state != WorkspaceState.OPEN:
        return False
    making = m.Operation.select().where(
        m.Operation.workspace == workspace,
        m.Operation.kind == "create",
        m.Operation.status == OperationStatus.RUNNING,
    )
    if making.exists():
        row.delete_instance()
        return True
    prompt = Queued(row.id, str(row.action.get("executor", "")), turn.prompt, tuple(turn.attachments or ()))
    row.delete_instance()
    enqueue(workspace.id, prompt, first=True)
    return True


def _in_order(workspace_id: str) -> list[m.QueuedPrompt]:
    query = m.QueuedPrompt.select().where(m.QueuedPrompt.workspace == workspace_id)
    return list(query.order_by(m.QueuedPrompt.position, m.QueuedPrompt.created_at))


def _number(rows: Iterable[Any]) -> None:
    """Writes down an order, without gaps."""
    for position, row in enumerate(rows):
        if row.position != position:
            m.QueuedPrompt.update(position=position).where(m.QueuedPrompt.id == row.id).execute()
            row.position = position
