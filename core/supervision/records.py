"""What the supervisor reads and writes of a process; each function is one transaction of the store."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from core.agents.driver import NO_VALUES, AskApproval, Choice, UsageReport, approval_id
from core.store import lookup, views
from core.store import models as m
from core.store.models.fields import now
from core.values.conversation import AgentCommand, AgentModes
from core.values.entities import Approval, Process, Workspace
from core.values.states import ApprovalStatus, ProcessStatus, RunReason


def process_row(process_id: str) -> m.ExecutionProcess:
    return lookup.by_id(m.ExecutionProcess, process_id, "process")


def process_and_workspace(process_id: str) -> tuple[Process, Workspace]:
    row = process_row(process_id)
    return views.process(row), views.workspace(row.session.workspace)


def started_at(process_id: str) -> float:
    return float(process_row(process_id).started_at)


def request_stop(process_id: str) -> None:
    m.ExecutionProcess.update(stop_requested=True).where(m.ExecutionProcess.id == process_id).execute()


def stop_was_requested(process_id: str) -> bool:
    return bool(process_row(process_id).stop_requested)


def finish(
    process_id: str, status: ProcessStatus, code: int | None, reason: str, summary: str
) -> list[Approval]:
    """Records the end; returns the approvals that nobody has to answer any more."""
    row = process_row(process_id)
    moment = max(now(), row.started_at)  # also where the clock was set back meanwhile
    row.status, row.exit_code, row.reason, row.completed_at = status.value, code, reason, moment
    row.save()
    if summary:
        m.CodingAgentTurn.update(summary=summary).where(m.CodingAgentTurn.process == row).execute()
    workspace = row.session.workspace_id
    m.Workspace.update(last_activity_at=moment).where(m.Workspace.id == workspace).execute()
    if row.run_reason == RunReason.CODING_AGENT:
        if status is ProcessStatus.COMPLETED:
            m.Workspace.update(rate_limited_until=None, rate_limit=None).where(
                m.Workspace.id == workspace
            ).execute()
        pause_queue(workspace, "" if status is ProcessStatus.COMPLETED else _paused_by(status, reason))
    pending = m.Approval.select().where(
        m.Approval.process == row, m.Approval.status == ApprovalStatus.PENDING
    )
    return [_withdraw(approval) for approval in list(pending)]


def set_rate_limit(process_id: str, reset_at: float | None, text: str) -> None:
    """Notes on the workspace that the provider lets no more through."""
    workspace = process_row(process_id).session.workspace_id
    m.Workspace.update(rate_limited_until=reset_at or 0.0, rate_limit=text).where(
        m.Workspace.id == workspace
    ).execute()


def pause_queue(workspace_id: str, reason: str) -> None:
    """Lets a workspace's queue wait; an empty reason lets it go on. One with nothing in it does not wait."""
    if reason and not m.QueuedPrompt.select().where(m.QueuedPrompt.workspace == workspace_id).exists():
        return
    m.Workspace.update(queue_paused=reason).where(m.Workspace.id == workspace_id).execute()


def _paused_by(status: ProcessStatus, reason: str) -> str:
    words = {ProcessStatus.KILLED: "was stopped", ProcessStatus.LOST: "was lost"}.get(status, "failed")
    return f"the last turn {words}" + (f": {reason}" if reason and status is ProcessStatus.FAILED else "")


def ask_approval(process_id: str, ask: AskApproval) -> Approval:
    """The request's row, made once however often the request is seen."""
    row, _ = m.Approval.get_or_create(
        process=process_row(process_id),
        key=ask.key,
        defaults={
            "id": approval_id(process_id, ask.key),
            "title": ask.title,
            "detail": ask.detail,
            "question": ask.question,
            "tool_kind": ask.tool_kind,
            "options": msgspec.to_builtins(ask.options),
            "form": msgspec.to_builtins(ask.form),
        },
    )
    return views.approval(row)


def answer_approval(approval_id: str, option_id: str, values: Mapping[str, Any] = NO_VALUES) -> Approval:
    row = lookup.by_id(m.Approval, approval_id, "approval")
    row.status, row.chosen, row.given = ApprovalStatus.ANSWERED.value, option_id, dict(values)
    row.save()
    return views.approval(row)


def withdraw_approval(process_id: str, key: str) -> Approval | None:
    row = m.Approval.get_or_none(m.Approval.process == process_id, m.Approval.key == key)
    if row is None or row.status != ApprovalStatus.PENDING:
        return None
    return _withdraw(row)


def _withdraw(row: m.Approval) -> Approval:
    row.status = ApprovalStatus.WITHDRAWN.value
    row.save()
    return views.approval(row)


def set_agent_session(process_id: str, agent_session_id: str) -> None:
    row = process_row(process_id)
    m.CodingAgentTurn.update(agent_session_id=agent_session_id).where(
        m.CodingAgentTurn.process == row
    ).execute()
    m.Session.update(agent_session_id=agent_session_id).where(m.Session.id == row.session_id).execute()


def decision(approval_id: str) -> Choice | None:
    """What the user has decided about a request, if that is so."""
    row = m.Approval.get_by_id(approval_id)
    return Choice(row.chosen, dict(row.given)) if row.chosen else None


def set_commands(process_id: str, commands: tuple[AgentCommand, ...]) -> None:
    session = process_row(process_id).session_id
    m.Session.update(commands=msgspec.to_builtins(commands)).where(m.Session.id == session).execute()


def set_modes(process_id: str, modes: AgentModes) -> None:
    session = process_row(process_id).session_id
    m.Session.update(modes=msgspec.to_builtins(modes)).where(m.Session.id == session).execute()


def set_usage(process_id: str, usage: UsageReport) -> None:
    changes = {key: value for key, value in usage.__dict__.items() if value is not None}
    if changes:
        m.CodingAgentTurn.update(**changes).where(m.CodingAgentTurn.process == process_id).execute()
