"""What the database knows of a workspace's last merge, and of its having been taken back."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from core.errors import ConflictError
from core.lifecycle.turn_records import move_task
from core.review.unmerge import Landed
from core.store import lookup, views
from core.store import models as m
from core.values.entities import Task, Workspace
from core.values.landing import LandingStatus
from core.values.states import MergeStyle, OperationStatus, TaskStatus, WorkspaceState

TAKEN_BACK = "its merge was taken back"
"""Why a workspace that had landed is set aside in the landing queue."""


@dataclass(frozen=True)
class LastMerge:
    """The latest merge of a workspace that has not been taken back."""

    workspace: str
    landed: tuple[Landed, ...]
    task_was: str
    """The state of its task that the merge has ended; empty: it has not."""

    @property
    def commits(self) -> frozenset[str]:
        """What the target branches got."""
        return frozenset(each.new for each in self.landed)


def last_merge(name: str) -> LastMerge:
    """The merge that can be taken back next. Call on the store's thread.

    Raises:
        NotFoundError: There is no such workspace.
        ConflictError: Nothing of it has landed by a merge made here.
    """
    row = lookup.live_workspace(name)
    there = _commits(row)
    merges = m.Operation.select().where(m.Operation.workspace == row, m.Operation.kind == "merge")
    for operation in merges.order_by(m.Operation.created_at.desc()):
        plans = [plan for plan in operation.result.get("prepared", ()) if plan["new"] in there]
        if not plans:
            continue
        if any("before" not in plan for plan in plans):
            break  # written by a version that did not note what had landed before
        pushed = _pushed(row)
        landed = tuple(_landed(plan, str(operation.arguments["style"]), pushed) for plan in plans)
        return LastMerge(name, landed, str(operation.result.get("task_was", "")))
    raise ConflictError(
        f"no merge of {name!r} can be taken back from here",
        hint="Nothing of it has landed by a merge made here, or that was taken back already.",
    )


def other_heads(name: str) -> list[tuple[str, str, str]]:
    """The branches of all other workspaces: its name, repo id and commit of each."""
    rows = (
        m.WorkspaceRepo.select(m.Workspace.name, m.WorkspaceRepo.repo, m.WorkspaceRepo.head)
        .join(m.Workspace)
        .where(m.Workspace.name != name, m.Workspace.state != WorkspaceState.DELETED)
    )
    return list(rows.order_by(m.Workspace.name).tuples())


def already_taken_back(name: str, commits: frozenset[str]) -> tuple[Landed, ...]:
    """What was taken back of a merge that put these commits on the branches; empty: it was not."""
    row = lookup.live_workspace(name)
    if commits & _commits(row):
        return ()
    done = m.Operation.select().where(
        m.Operation.workspace == row,
        m.Operation.kind == "unmerge",
        m.Operation.status == OperationStatus.DONE.value,
    )
    for operation in done.order_by(m.Operation.created_at.desc()):
        landed = landed_of(operation.arguments)
        if frozenset(each.new for each in landed) == commits:
            return landed
    return ()


def landed_of(arguments: dict[str, object]) -> tuple[Landed, ...]:
    """What an operation that takes a merge back is about."""
    return msgspec.convert(arguments["landed"], tuple[Landed, ...])


def record_unmerged(operation_id: str) -> tuple[Workspace, Task | None]:
    """Forgets that it landed; may be repeated. Gives the task if it has changed."""
    operation = lookup.by_id(m.Operation, operation_id, "operation")
    row = operation.workspace
    commits = [each.new for each in landed_of(operation.arguments)]
    m.Merge.delete().where(
        m.Merge.workspace == row, m.Merge.kind == "direct", m.Merge.commit.in_(commits)
    ).execute()
    m.ProcessRepoState.update(merge_commit=None).where(m.ProcessRepoState.merge_commit.in_(commits)).execute()
    m.LandingEntry.update(status=LandingStatus.SET_ASIDE.value, reason=TAKEN_BACK).where(
        m.LandingEntry.workspace == row, m.LandingEntry.status == LandingStatus.LANDED.value
    ).execute()
    return views.workspace(row), _open_task(row, str(operation.arguments.get("task_was", "")))


def _open_task(row: m.Workspace, before: str) -> Task | None:
    """The task that the merge had ended is as before it, unless another attempt at it has landed, too."""
    others = (
        m.Merge.select()
        .join(m.Workspace)
        .where(m.Workspace.task == row.task_id, m.Merge.merged_at.is_null(False))
    )
    if not before or others.exists():
        return None
    return move_task(row.task_id, TaskStatus(before), (TaskStatus.DONE,))


def _commits(row: m.Workspace) -> set[str]:
    rows = m.Merge.select(m.Merge.commit).where(m.Merge.workspace == row, m.Merge.kind == "direct")
    return {each.commit for each in rows}


def _landed(plan: dict[str, str], style: str, pushed: set[tuple[str, str]]) -> Landed:
    return Landed(
        repo_id=plan["repo_id"],
        target_branch=plan["target_branch"],
        style=MergeStyle(style),
        old=plan["old"],
        new=plan["new"],
        before=plan["before"],
        result_before=plan["result_before"],
        pushed=(plan["repo_id"], plan["new"]) in pushed,
    )


def _pushed(row: m.Workspace) -> set[tuple[str, str]]:
    """Repos and commits of target branches that were pushed after merges of this workspace."""
    pushes = m.Operation.select().where(m.Operation.workspace == row, m.Operation.kind == "push")
    found: set[tuple[str, str]] = set()
    for operation in pushes:
        if not operation.arguments.get("target"):
            continue
        details = (operation.error or {}).get("details", {})
        for plan in operation.result.get("plans", ()):
            if operation.status == OperationStatus.DONE or plan["repo_id"] in details.get("pushed", ()):
                found.add((plan["repo_id"], plan["new"]))
    return found
