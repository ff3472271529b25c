"""Turns taken back by a rewind, and given back when it is undone; each function is one transaction.

A turn that was taken back is kept with its log and its checkpoint, and is left out of conversations.
"""

from __future__ import annotations

from typing import Any

from core.errors import ConflictError, NotFoundError
from core.store import lookup
from core.store import models as m
from core.values.states import OperationStatus, RunReason

REWIND = "rewind"


def rewind_target(workspace: m.Workspace, process_key: str) -> tuple[str, int]:
    """The turn that a rewind takes back, with all later ones, and the checkpoint from before it.

    Raises:
        NotFoundError: The workspace has no such turn, or nothing was kept before it.
        ConflictError: It was taken back already.
    """
    row = lookup.by_id(m.ExecutionProcess, process_key, "process")
    if row.session.workspace_id != workspace.id or row.run_reason != RunReason.CODING_AGENT:
        raise NotFoundError(
            f"{process_key[:40]!r} is no turn of {workspace.name!r}",
            hint=f"'boatyard process list --workspace {workspace.name}' lists them.",
        )
    if row.dropped:
        raise ConflictError("this turn was taken back already", hint="Choose an earlier one.")
    number = checkpoint_before(row)
    if not number:
        raise NotFoundError("nothing was kept before this turn", hint="Choose a later one.")
    return str(row.id), number


def take_back(operation_id: str, process_id: str) -> None:
    """Takes back a turn and all later ones; the agent begins a new conversation with the next."""
    operation = m.Operation.get_by_id(operation_id)
    if "dropped" in operation.result:
        return
    first = m.ExecutionProcess.get_by_id(process_id)
    workspace = first.session.workspace
    turns = [row for row in _turns(workspace) if row.started_at >= first.started_at and not row.dropped]
    kept = {row.session_id for row in _turns(workspace) if row not in turns and not row.dropped}
    sessions = {row.session_id: row.session for row in turns}
    result = {
        **operation.result,
        "dropped": [row.id for row in turns],
        "sessions": {key: session.agent_session_id for key, session in sessions.items()},
    }
    m.Operation.update(result=result).where(m.Operation.id == operation_id).execute()
    m.ExecutionProcess.update(dropped=True).where(m.ExecutionProcess.id.in_(result["dropped"])).execute()
    for key in sessions:
        gone = key not in kept and key != first.session_id
        m.Session.update(agent_session_id="", handover=True, dropped=gone).where(
            m.Session.id == key
        ).execute()


def went_back(workspace_id: str) -> dict[int, int]:
    """Which checkpoint the workspace went back to, by the number of the one that was taken right before."""
    rows = m.Operation.select(m.Operation.arguments, m.Operation.result).where(
        m.Operation.workspace == workspace_id,
        m.Operation.kind.in_(("restore-to", "rewind")),
        m.Operation.status == OperationStatus.DONE,
    )
    return {int(row.result["before"]): int(row.arguments["number"]) for row in rows if "before" in row.result}


def give_back(name: str, number: int) -> None:
    """Undoes the rewind before which checkpoint `number` was kept, if there is one."""
    query = m.Operation.select().where(
        m.Operation.workspace_name == name,
        m.Operation.kind == REWIND,
        m.Operation.status == OperationStatus.DONE,
    )
    for operation in query:
        if operation.result.get("before") == number:
            dropped = operation.result.get("dropped", [])
            m.ExecutionProcess.update(dropped=False).where(m.ExecutionProcess.id.in_(dropped)).execute()
            for key, agent_session in operation.result.get("sessions", {}).items():
                m.Session.update(agent_session_id=agent_session, handover=None, dropped=None).where(
                    m.Session.id == key
                ).execute()


def _turns(workspace: m.Workspace) -> list[Any]:
    e = m.ExecutionProcess
    query = e.select(e, m.Session).join(m.Session)
    ours = query.where(m.Session.workspace == workspace, e.run_reason == RunReason.CODING_AGENT)
    return list(ours.order_by(e.started_at))


def checkpoint_before(row: m.ExecutionProcess) -> int:
    """Number of the checkpoint that was taken before a turn; 0: none was."""
    return int(row.action.get("checkpoint") or 0) or _last_before(row)


def _last_before(row: m.ExecutionProcess) -> int:
    """The last checkpoint from before the turn began, of a turn that does not know its own."""
    c = m.Checkpoint
    query = c.select(c.number).where(
        c.workspace == row.session.workspace, c.kind == "before_turn", c.created_at <= row.started_at
    )
    return int(query.order_by(c.number.desc()).limit(1).scalar() or 0)
