"""What is read and written around turns; each function is one transaction of the store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.lifecycle.facts import WorkspaceFacts
from core.store import models as m
from core.store import views
from core.store.models.fields import new_id, now
from core.values.entities import Process, Task
from core.values.states import ProcessStatus, RunReason, TaskStatus, WorkspaceState


@dataclass(frozen=True)
class SessionFor:
    """The session that a turn belongs to."""

    id: str
    resume: str
    """The agent's own id of the conversation to go on with; empty: a new one."""
    handover: bool
    """Whether the agent has to be told what happened before."""
    mode: str = ""
    """The mode that the user has chosen for it."""


@dataclass(frozen=True)
class EarlierTurn:
    prompt: str
    summary: str
    status: ProcessStatus


def move_task(task_id: str, status: TaskStatus, only_from: tuple[TaskStatus, ...]) -> Task | None:
    """Sets a task's status if it has one of the given ones now; None when it stays."""
    row = m.Task.get_by_id(task_id)
    if row.status not in only_from:
        return None
    row.status, row.updated_at = status.value, now()
    row.save()
    return views.task(row)


def session_for(facts: WorkspaceFacts, executor: str) -> SessionFor:
    """The latest session, if it is the same executor's or nobody's, else a new one.

    A new session has an id already; its row is made together with its first turn.
    """
    if facts.session_id and facts.executor in ("", executor):
        return SessionFor(facts.session_id, facts.agent_session_id, facts.handover, facts.mode)
    return SessionFor(new_id(), "", True)


def last_summary(workspace_id: str) -> str:
    """What the agent said at the end of the last turn that has an end; empty: nothing."""
    query = (
        m.CodingAgentTurn.select(m.CodingAgentTurn.summary)
        .join(m.ExecutionProcess)
        .join(m.Session)
        .where(
            m.Session.workspace == workspace_id,
            m.CodingAgentTurn.summary != "",
            ~m.ExecutionProcess.dropped,
        )
        .order_by(m.ExecutionProcess.started_at.desc())
    )
    row = query.first()
    return str(row.summary) if row is not None else ""


def earlier_turns(workspace_id: str) -> list[EarlierTurn]:
    """What agents have been told in a workspace and what they answered, the first turn first."""
    e, t = m.ExecutionProcess, m.CodingAgentTurn
    query = (
        t.select(t.prompt, t.summary, e.status)
        .join(e)
        .join(m.Session)
        .where(m.Session.workspace == workspace_id, ~e.dropped, e.status != ProcessStatus.RUNNING)
        .order_by(e.started_at)
    )
    return [EarlierTurn(prompt, summary, ProcessStatus(status)) for prompt, summary, status in query.tuples()]


def turn_runs(workspace_id: str) -> bool:
    """Whether an agent works in the workspace."""
    return bool(_running_agents().where(m.Session.workspace == workspace_id).exists())


def running_turn(workspace_id: str) -> str | None:
    """The agent's process that runs in the workspace."""
    row = _running_agents().where(m.Session.workspace == workspace_id).first()
    return str(row.id) if row else None


def settle(process_id: str, facts: WorkspaceFacts) -> Task | None:
    """Records the heads after a turn, which says that it has been seen to; the task goes on if it can.

    Returns:
        The task, if it has changed: it is in review when no agent works on it any more.
    """
    for repo in facts.repos:
        m.ProcessRepoState.update(head_after=repo.head).where(
            m.ProcessRepoState.process == process_id, m.ProcessRepoState.repo == repo.repo_id
        ).execute()
    if _running_agents().join(m.Workspace).where(m.Workspace.task == facts.task_id).exists():
        return None
    return move_task(facts.task_id, TaskStatus.IN_REVIEW, (TaskStatus.IN_PROGRESS,))


def unsettled() -> list[Process]:
    """Last turns of open workspaces whose ends have not been seen to."""
    found = []
    for workspace in m.Workspace.select().where(m.Workspace.state == WorkspaceState.OPEN):
        last = (
            m.ExecutionProcess.select()
            .join(m.Session)
            .where(
                m.Session.workspace == workspace,
                m.ExecutionProcess.run_reason == RunReason.CODING_AGENT,
            )
            .order_by(m.ExecutionProcess.started_at.desc())
            .first()
        )
        if last is not None and last.status != ProcessStatus.RUNNING and not is_settled(last.id):
            found.append(views.process(last))
    return found


def is_settled(process_id: str) -> bool:
    """Whether the end of a turn has been seen to."""
    rows = m.ProcessRepoState.select().where(
        m.ProcessRepoState.process == process_id, m.ProcessRepoState.head_after.is_null()
    )
    return not bool(rows.exists())


def note(name: str, notice: str) -> None:
    """Puts a notice on a workspace."""
    m.Workspace.update(notice=notice).where(m.Workspace.name == name).execute()


def _running_agents() -> Any:
    return (
        m.ExecutionProcess.select()
        .join(m.Session)
        .where(
            m.ExecutionProcess.status == ProcessStatus.RUNNING,
            m.ExecutionProcess.run_reason == RunReason.CODING_AGENT,
        )
    )
