"""What agents have used of their budgets; each function is one transaction of the store, or part of one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from core.store import lookup
from core.store import models as m
from core.store.models.fields import now
from core.values.entities import Budget, Spent, TaskUsage
from core.values.states import ProcessStatus, RunReason
from core.values.wording import counted

MINUTE = 60.0


def budget_of(row: m.Task | m.Project) -> Budget:
    return msgspec.convert(row.budget or {}, Budget)


def usage_of(key: str) -> TaskUsage:
    """What a task has used, in all and by workspace."""
    task = lookup.task(key)
    by_workspace = _spent(m.Workspace.task == task, m.Workspace.name)
    return TaskUsage(
        task_id=task.id,
        total=_sum(by_workspace.values()),
        workspaces=by_workspace,
        budget=budget_of(task),
        project=_sum(_spent(m.Task.project == task.project, m.Workspace.name).values()),
        project_budget=budget_of(task.project),
    )


def used_up(workspace_id: str, *, running: bool = False) -> str:
    """Why no turn may start in a workspace, or go on in it, for people; empty: one may.

    Args:
        workspace_id: The workspace.
        running: Whether the last turn counted is one that runs: the number of turns is no reason then.
    """
    task = m.Workspace.get_by_id(workspace_id).task
    for what, row, condition in (
        ("task", task, m.Workspace.task == task),
        ("project", task.project, m.Task.project == task.project),
    ):
        budget = budget_of(row)
        if budget != Budget():
            reason = _reason(budget, _sum(_spent(condition, m.Workspace.name).values()), running=running)
            if reason:
                return f"the {what}'s budget of {reason} is used up"
    return ""


def note_budget(workspace_id: str) -> str:
    """Records and gives the reason why no turn may start in a workspace; empty: one may."""
    reason = used_up(workspace_id)
    m.Workspace.update(paused=reason or None).where(m.Workspace.id == workspace_id).execute()
    return reason


def look_again(condition: Any) -> list[str]:
    """Looks at budgets that were changed.

    Args:
        condition: Over workspaces and tasks: whose.

    Returns:
        The names of all that may go on now and might not before; their queues go on, too.
    """
    freed = []
    query = m.Workspace.select().join(m.Task).where(condition, m.Workspace.paused.is_null(False))
    for row in list(query):
        if not note_budget(row.id):
            m.Workspace.update(queue_paused=None).where(m.Workspace.id == row.id).execute()
            freed.append(str(row.name))
    return freed


def overdrawn() -> list[tuple[str, str, str]]:
    """Turns that run though a budget is used up: process, workspace's name, and why."""
    e = m.ExecutionProcess
    query = (
        e.select(e, m.Session, m.Workspace)
        .join(m.Session)
        .join(m.Workspace)
        .join(m.Task)
        .join(m.Project)
        .where(
            e.status == ProcessStatus.RUNNING,
            e.run_reason == RunReason.CODING_AGENT,
            m.Task.budget.is_null(False) | m.Project.budget.is_null(False),
        )
    )
    found = []
    for row in list(query):
        workspace = row.session.workspace
        reason = used_up(workspace.id, running=True)
        if reason:
            m.Workspace.update(paused=reason).where(m.Workspace.id == workspace.id).execute()
            found.append((str(row.id), str(workspace.name), reason))
    return found


def _spent(condition: Any, by: Any) -> dict[str, Spent]:
    """What was used, turns that were taken back included: they were paid for."""
    e, t = m.ExecutionProcess, m.CodingAgentTurn
    query = (
        t.select(by, e.started_at, e.completed_at, t.input_tokens, t.output_tokens, t.cost_usd)
        .join(e)
        .join(m.Session)
        .join(m.Workspace)
        .join(m.Task)
        .where(condition)
    )
    moment = now()
    found: dict[str, Spent] = defaultdict(Spent)
    for key, started, completed, tokens_in, tokens_out, cost in query.tuples():
        turn = Spent(
            turns=1,
            minutes=max(0.0, ((completed or moment) - started) / MINUTE),
            tokens=(tokens_in or 0) + (tokens_out or 0),
            cost=cost or 0.0,
        )
        found[key] = _sum((found[key], turn))
    return dict(found)


def _sum(parts: Iterable[Spent]) -> Spent:
    parts = list(parts)

    def total(of: Callable[[Spent], Any]) -> Any:
        return sum(of(part) for part in parts)

    return Spent(
        turns=total(lambda part: part.turns),
        minutes=total(lambda part: part.minutes),
        tokens=total(lambda part: part.tokens),
        cost=total(lambda part: part.cost),
    )


def _reason(budget: Budget, spent: Spent, *, running: bool) -> str:
    if budget.turns is not None and spent.turns >= budget.turns and not running:
        return counted(budget.turns, "turn")
    if budget.minutes is not None and spent.minutes >= budget.minutes:
        return f"{budget.minutes:g} minutes"
    if budget.tokens is not None and spent.tokens >= budget.tokens:
        return f"{budget.tokens} tokens"
    if budget.cost is not None and spent.cost >= budget.cost:
        return f"${budget.cost:.2f}"
    return ""
