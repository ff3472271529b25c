"""What goes on in workspaces, each asked for all of them at once. Call on the store's thread."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import peewee

from core.store import models as m
from core.store.prepared import Prepared
from core.values.entities import DevServer, PublishedPort, WorkspaceRepo
from core.values.states import ApprovalStatus, ProcessStatus, RunReason

_TURNS = Prepared(
    lambda ids: (
        m.Session.select(m.Session.workspace, peewee.fn.COUNT(m.ExecutionProcess.id))
        .join(m.ExecutionProcess)
        .where(
            m.Session.workspace.in_(ids),
            m.ExecutionProcess.run_reason == RunReason.CODING_AGENT,
            ~m.ExecutionProcess.dropped,
        )
        .group_by(m.Session.workspace)
    )
)
_QUEUED = Prepared(
    lambda ids: (
        m.QueuedPrompt.select(m.QueuedPrompt.workspace, peewee.fn.COUNT(m.QueuedPrompt.id))
        .where(m.QueuedPrompt.workspace.in_(ids))
        .group_by(m.QueuedPrompt.workspace)
    )
)
_LANDED = Prepared(
    lambda ids: (
        m.Merge.select(m.Merge.workspace, m.Merge.merged_at)
        .where(m.Merge.workspace.in_(ids), m.Merge.kind == "direct", m.Merge.merged_at.is_null(False))
        .order_by(m.Merge.merged_at)
    )
)
_WAITING = Prepared(
    lambda ids: (
        m.Approval.select(m.Session.workspace, m.Approval.question)
        .join(m.ExecutionProcess)
        .join(m.Session)
        .where(m.Session.workspace.in_(ids), m.Approval.status == ApprovalStatus.PENDING)
    )
)
_UNSEEN = Prepared(
    lambda processes: m.CodingAgentTurn.select(m.CodingAgentTurn.process, m.CodingAgentTurn.summary).where(
        ~m.CodingAgentTurn.seen, m.CodingAgentTurn.process.in_(processes)
    )
)
_SESSIONS = Prepared(
    lambda ids: (
        m.Session.select(m.Session.workspace, m.Session.id, m.Session.executor)
        .where(m.Session.workspace.in_(ids), m.Session.dropped.is_null() | ~m.Session.dropped)
        .order_by(m.Session.created_at, peewee.SQL("rowid"))
    )
)
_AGENTS = Prepared(
    lambda ids: (
        m.ExecutionProcess.select(m.Session.workspace, m.ExecutionProcess.id, m.ExecutionProcess.status)
        .join(m.Session)
        .where(
            m.Session.workspace.in_(ids),
            m.ExecutionProcess.run_reason == RunReason.CODING_AGENT,
            ~m.ExecutionProcess.dropped,
        )
        .order_by(m.ExecutionProcess.started_at)
    )
)
_REPOS = Prepared(
    lambda ids: (
        m.WorkspaceRepo.select(
            m.WorkspaceRepo.workspace, m.WorkspaceRepo.repo, m.Repo.name, m.WorkspaceRepo.target_branch,
            m.WorkspaceRepo.base_commit, m.WorkspaceRepo.head, m.WorkspaceRepo.added, m.WorkspaceRepo.removed,
            m.WorkspaceRepo.unread, m.Workspace.working_directory,
        )
        .join(m.Repo)
        .switch(m.WorkspaceRepo)
        .join(m.Workspace)
        .where(m.WorkspaceRepo.workspace.in_(ids))
        .order_by(m.WorkspaceRepo.position)
    )
)  # fmt: skip
_PORTS = Prepared(
    lambda ids: (
        m.WorkspacePort.select(m.WorkspacePort.workspace, m.WorkspacePort.inner, m.WorkspacePort.outer)
        .where(m.WorkspacePort.workspace.in_(ids))
        .order_by(m.WorkspacePort.inner)
    )
)
_DEV_SERVERS = Prepared(
    lambda ids: (
        m.ExecutionProcess.select(m.Session.workspace, m.ExecutionProcess.id, m.ExecutionProcess.action)
        .join(m.Session)
        .where(
            m.Session.workspace.in_(ids),
            m.ExecutionProcess.run_reason == RunReason.DEV_SERVER,
            m.ExecutionProcess.status == ProcessStatus.RUNNING,
        )
        .order_by(m.ExecutionProcess.started_at)
    )
)
_NAMES = Prepared(
    lambda ids: m.Workspace.select(m.Workspace.id, m.Workspace.name).where(m.Workspace.id.in_(ids))
)


def turns(ids: Sequence[str]) -> dict[str, int]:
    """How many turns each workspace has had."""
    return dict(_TURNS.tuples(ids))


def queued(ids: Sequence[str]) -> dict[str, int]:
    """How many prompts wait in each workspace."""
    return dict(_QUEUED.tuples(ids))


def landed(ids: Sequence[str]) -> dict[str, float]:
    """When each workspace was last merged into its target branches, not as a pull request."""
    return dict(_LANDED.tuples(ids))


def names(ids: Iterable[str | None]) -> dict[str, str]:
    """The names of workspaces, removed ones too."""
    return dict(_NAMES.tuples({each for each in ids if each}))


def waiting(ids: Sequence[str]) -> dict[str, bool]:
    """The workspaces in which an agent waits for an answer, and whether only for that to a question."""
    found: dict[str, bool] = {}
    for workspace_id, question in _WAITING.tuples(ids):
        found[workspace_id] = found.get(workspace_id, True) and bool(question)
    return found


def unseen(agents: Mapping[str, tuple[str, str]]) -> dict[str, bool]:
    """Those of the workspaces, given with their latest agent processes, whose last turn nobody has seen.

    Each with whether the turn ended with a question.
    """
    ended = {process: name for name, (process, status) in agents.items() if status == ProcessStatus.COMPLETED}
    rows = _UNSEEN.tuples(ended)
    return {ended[process_id]: summary.rstrip().endswith("?") for process_id, summary in rows}


def latest_sessions(ids: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Id and executor of each workspace's latest session."""
    return {workspace: (session, executor) for workspace, session, executor in _SESSIONS.tuples(ids)}


def latest_agents(ids: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Id and status of each workspace's latest agent process."""
    return {workspace: (process, status) for workspace, process, status in _AGENTS.tuples(ids)}


def repos_of(ids: Sequence[str]) -> dict[str, list[WorkspaceRepo]]:
    """Each workspace's repos, in their order."""
    found: dict[str, list[WorkspaceRepo]] = defaultdict(list)
    for workspace_id, repo_id, name, target, base, head, added, removed, unread, folder in _REPOS.tuples(ids):
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
                unread=tuple(unread or ()),
            )
        )
    return found


def ports_of(ids: Sequence[str]) -> dict[str, tuple[PublishedPort, ...]]:
    """The ports that are kept for each workspace, by inner number."""
    found: dict[str, tuple[PublishedPort, ...]] = defaultdict(tuple)
    for workspace_id, inner, outer in _PORTS.tuples(ids):
        found[workspace_id] += (PublishedPort(inner=inner, outer=outer),)
    return found


def dev_servers(ids: Sequence[str]) -> dict[str, tuple[DevServer, ...]]:
    """The dev servers that run in each workspace."""
    found: dict[str, tuple[DevServer, ...]] = defaultdict(tuple)
    for workspace_id, process_id, action in _DEV_SERVERS.tuples(ids):
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
