"""What goes on in workspaces, each asked for all of them at once. Call on the store's thread."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import peewee

from core.store import models as m
from core.values.entities import DevServer, PublishedPort, WorkspaceRepo
from core.values.states import ApprovalStatus, ProcessStatus, RunReason


def turns(ids: Sequence[str]) -> dict[str, int]:
    """How many turns each workspace has had."""
    return counts(
        m.Session.select(m.Session.workspace, peewee.fn.COUNT(m.ExecutionProcess.id))
        .join(m.ExecutionProcess)
        .where(
            m.Session.workspace.in_(ids),
            m.ExecutionProcess.run_reason == RunReason.CODING_AGENT,
            ~m.ExecutionProcess.dropped,
        )
        .group_by(m.Session.workspace)
    )


def queued(ids: Sequence[str]) -> dict[str, int]:
    """How many prompts wait in each workspace."""
    return counts(
        m.QueuedPrompt.select(m.QueuedPrompt.workspace, peewee.fn.COUNT(m.QueuedPrompt.id))
        .where(m.QueuedPrompt.workspace.in_(ids))
        .group_by(m.QueuedPrompt.workspace)
    )


def landed(ids: Sequence[str]) -> dict[str, float]:
    """When each workspace was last merged into its target branches, not as a pull request."""
    query = (
        m.Merge.select(m.Merge.workspace, m.Merge.merged_at)
        .where(m.Merge.workspace.in_(ids), m.Merge.kind == "direct", m.Merge.merged_at.is_null(False))
        .order_by(m.Merge.merged_at)
    )
    return dict(query.tuples())


def counts(query: Any) -> dict[str, int]:
    """A grouped count by workspace."""
    return dict(query.tuples())


def waiting(ids: Sequence[str]) -> dict[str, bool]:
    """The workspaces in which an agent waits for an answer, and whether only for that to a question."""
    query = (
        m.Approval.select(m.Session.workspace, m.Approval.question)
        .join(m.ExecutionProcess)
        .join(m.Session)
        .where(m.Session.workspace.in_(ids), m.Approval.status == ApprovalStatus.PENDING)
    )
    found: dict[str, bool] = {}
    for workspace_id, question in query.tuples():
        found[workspace_id] = found.get(workspace_id, True) and bool(question)
    return found


def unseen(agents: Mapping[str, tuple[str, str]]) -> dict[str, bool]:
    """Those of the workspaces, given with their latest agent processes, whose last turn nobody has seen.

    Each with whether the turn ended with a question.
    """
    ended = {process: name for name, (process, status) in agents.items() if status == ProcessStatus.COMPLETED}
    turn = m.CodingAgentTurn
    query = turn.select(turn.process, turn.summary).where(~turn.seen, turn.process.in_(list(ended)))
    return {ended[process_id]: summary.rstrip().endswith("?") for process_id, summary in query.tuples()}


def latest_sessions(ids: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Id and executor of each workspace's latest session."""
    query = (
        m.Session.select(m.Session.workspace, m.Session.id, m.Session.executor)
        .where(m.Session.workspace.in_(ids), m.Session.dropped.is_null() | ~m.Session.dropped)
        .order_by(m.Session.created_at, peewee.SQL("rowid"))
    )
    return {workspace_id: (session_id, executor) for workspace_id, session_id, executor in query.tuples()}


def latest_agents(ids: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Id and status of each workspace's latest agent process."""
    e = m.ExecutionProcess
    query = (
        e.select(m.Session.workspace, e.id, e.status)
        .join(m.Session)
        .where(m.Session.workspace.in_(ids), e.run_reason == RunReason.CODING_AGENT, ~e.dropped)
        .order_by(e.started_at)
    )
    return {workspace_id: (process_id, status) for workspace_id, process_id, status in query.tuples()}


def repos_of(ids: Sequence[str]) -> dict[str, list[WorkspaceRepo]]:
    """Each workspace's repos, in their order."""
    found: dict[str, list[WorkspaceRepo]] = defaultdict(list)
    w = m.WorkspaceRepo
    query = (
        w.select(
            w.workspace, w.repo, m.Repo.name, w.target_branch, w.base_commit, w.head, w.added, w.removed,
            m.Workspace.working_directory,
        )
        .join(m.Repo)
        .switch(w)
        .join(m.Workspace)
        .where(w.workspace.in_(ids))
        .order_by(w.position)
    )  # fmt: skip
    for workspace_id, repo_id, name, target, base, head, added, removed, folder in query.tuples():
        found[workspace_id].append(
            WorkspaceRepo(
                repo_id=repo_id,
                name=name,
                path=f"{folder}/{name}",
                target_branch=target,
                base_commit=base,
                head=head,
                added=added,
                removed=removed,
            )
        )
    return found


def ports_of(ids: Sequence[str]) -> dict[str, tuple[PublishedPort, ...]]:
    """The ports that are kept for each workspace, by inner number."""
    p = m.WorkspacePort
    found: dict[str, tuple[PublishedPort, ...]] = defaultdict(tuple)
    query = p.select(p.workspace, p.inner, p.outer).where(p.workspace.in_(ids)).order_by(p.inner)
    for workspace_id, inner, outer in query.tuples():
        found[workspace_id] += (PublishedPort(inner=inner, outer=outer),)
    return found


def dev_servers(ids: Sequence[str]) -> dict[str, tuple[DevServer, ...]]:
    """The dev servers that run in each workspace."""
    e = m.ExecutionProcess
    found: dict[str, tuple[DevServer, ...]] = defaultdict(tuple)
    query = (
        e.select(e.id, e.action, m.Session.workspace)
        .join(m.Session)
        .where(
            m.Session.workspace.in_(ids),
            e.run_reason == RunReason.DEV_SERVER,
            e.status == ProcessStatus.RUNNING,
        )
        .order_by(e.started_at)
    )
    for process_id, action, workspace_id in query.tuples():
        found[workspace_id] += (
            DevServer(
                process_id=process_id,
                repo=str(action.get("repo", "")),
                port=int(action.get("port", 0)),
                url=str(action.get("url", "")),
                notice=str(action.get("notice", "")),
            ),
        )
    return found
