"""Rows as the values that clients see. Call on the store's thread (through `Store.read` or `Store.write`).

Lists are made with a fixed number of queries however many rows there are: a tree of ten thousand tasks
is one read.
"""

from __future__ import annotations

import shlex
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from core.store import models as m
from core.store import workspace_queries as queries
from core.store.pull_links import pull_links
from core.values.conflicts import UpdateState
from core.values.entities import (
    Approval,
    ApprovalOption,
    ApprovalRule,
    Budget,
    Checkpoint,
    FormField,
    Merge,
    Operation,
    Process,
    Project,
    QueuedPrompt,
    Repo,
    Session,
    Settings,
    StepReport,
    Task,
    Turn,
    Workspace,
)
from core.values.states import (
    Activity,
    ApprovalStatus,
    CheckpointKind,
    MergeStyle,
    OperationStatus,
    ProcessStatus,
    RunnerKind,
    RunReason,
    TaskStatus,
    WorkspaceState,
)

_TASK_STATUS = {status.value: status for status in TaskStatus}
COMMAND_LIMIT = 2000
"""Characters of a command that are told."""
_NO_BUDGET = Budget()
_ENDED_BADLY = (ProcessStatus.FAILED, ProcessStatus.LOST)


def projects(rows: Iterable[m.Project]) -> tuple[Project, ...]:
    links: dict[str, list[str]] = defaultdict(list)
    query = m.ProjectRepo.select(m.ProjectRepo.project, m.ProjectRepo.repo).order_by(m.ProjectRepo.position)
    for project_id, repo_id in query.tuples():
        links[project_id].append(repo_id)
    return tuple(
        Project(
            id=row.id,
            name=row.name,
            repo_ids=tuple(links[row.id]),
            merge_style=MergeStyle(row.merge_style),
            budget=msgspec.convert(row.budget or {}, Budget),
        )
        for row in rows
    )


def project(row: m.Project) -> Project:
    return projects([row])[0]


def repo(row: m.Repo) -> Repo:
    return Repo(
        id=row.id,
        path=row.path,
        name=row.name,
        display_name=row.display_name,
        setup_script=row.setup_script,
        cleanup_script=row.cleanup_script,
        check_script=row.check_script or "",
        archive_script=row.archive_script,
        dev_server_script=row.dev_server_script,
        copy_files=tuple(row.copy_files),
        parallel_setup=row.parallel_setup,
        target_branch=row.target_branch,
        working_directory=row.working_directory,
    )


def tasks(query: Any) -> tuple[Task, ...]:
    """Tasks of a query over `Task`, from the bare rows: models and converters cost more than SQL does."""
    t = m.Task
    columns = query.select(
        t.id, t.project, t.title, t.description, t.status, t.parent_workspace, t.position,
        t.created_at, t.updated_at, t.budget,
    )  # fmt: skip
    rows = t._meta.database.execute(columns).fetchall()
    names = queries.names(row[5] for row in rows)
    return tuple(
        Task(
            id=row[0],
            project_id=row[1],
            title=row[2],
            description=row[3],
            status=_TASK_STATUS[row[4]],
            parent_workspace=names.get(row[5]),
            position=row[6],
            created_at=row[7] / 1000,
            updated_at=row[8] / 1000,
            budget=msgspec.json.decode(row[9], type=Budget) if row[9] else _NO_BUDGET,
        )
        for row in rows
    )


def task(row: m.Task) -> Task:
    return tasks(m.Task.select().where(m.Task.id == row.id))[0]


def workspaces(rows: Sequence[m.Workspace]) -> tuple[Workspace, ...]:
    """The workspaces with their repos and what goes on in them."""
    ids = [row.id for row in rows]
    repos = queries.repos_of(ids)
    sessions = queries.latest_sessions(ids)
    agents = queries.latest_agents(ids)
    turns, queued = queries.turns(ids), queries.queued(ids)
    asking, unseen = queries.waiting(ids), queries.unseen(agents)
    ports, servers = queries.ports_of(ids), queries.dev_servers(ids)
    parents = queries.names(row.parent_workspace_id for row in rows)
    pulls, landed = pull_links(ids), queries.landed(ids)
    return tuple(
        Workspace(
            id=row.id,
            name=row.name,
            task_id=row.task_id,
            branch=row.branch,
            state=WorkspaceState(row.state),
            activity=_activity(row, agents.get(row.id), asking.get(row.id), unseen.get(row.id)),
            runner=RunnerKind(row.runner),
            notice=row.notice,
            repos=tuple(repos[row.id]),
            settings=msgspec.convert(row.settings, Settings),
            ports=ports[row.id],
            dev_servers=servers[row.id],
            archived=row.archived,
            pinned=row.pinned,
            idle_minutes=None if row.idle_timeout is None else row.idle_timeout / 60,
            parent_workspace=parents.get(row.parent_workspace_id),
            agent=sessions[row.id][1] if row.id in sessions else "",
            session_id=sessions[row.id][0] if row.id in sessions else None,
            process_id=agents[row.id][0] if row.id in agents else None,
            turns=turns.get(row.id, 0),
            queued=queued.get(row.id, 0),
            queue_paused=row.queue_paused or "",
            paused=row.paused or "",
            rate_limited_until=row.rate_limited_until,
            rate_limit=row.rate_limit or "",
            update=_update(row),
            pull_requests=pulls.get(row.id, ()),
            landed_at=landed.get(row.id),
            folder=row.working_directory,
            published_at=row.published_at,
            published_by=row.published_by or "",
            setup_completed_at=row.setup_completed_at,
            last_activity_at=row.last_activity_at,
            created_at=row.created_at,
        )
        for row in rows
    )


def _update(row: m.Workspace) -> UpdateState | None:
    halt = row.update_halt
    return msgspec.convert(halt["state"], UpdateState) if halt else None


def workspace(row: m.Workspace) -> Workspace:
    return workspaces([row])[0]


def _activity(
    row: m.Workspace, agent: tuple[str, str] | None, asks: bool | None, unseen: bool | None
) -> Activity:
    """What goes on.

    Args:
        row: The workspace.
        agent: Id and status of its latest agent process.
        asks: Whether it is a question of the agent that waits for an answer; None: nothing does.
        unseen: Whether the last turn ended with a question; None: it has been seen.
    """
    if row.state == WorkspaceState.CREATING:
        return Activity.SETUP
    if asks is not None:
        return Activity.ASKING if asks else Activity.WAITING
    if agent and agent[1] == ProcessStatus.RUNNING:
        return Activity.RUNNING
    if row.state == WorkspaceState.FAILED or (agent and agent[1] in _ENDED_BADLY):
        return Activity.FAILED
    if unseen is None:
        return Activity.IDLE
    return Activity.ASKING if unseen else Activity.UNSEEN


def session(row: m.Session, workspace_name: str) -> Session:
    return Session(
        id=row.id,
        workspace=workspace_name,
        executor=row.executor,
        agent_session_id=row.agent_session_id,
        created_at=row.created_at,
    )


def process(row: m.ExecutionProcess) -> Process:
    return Process(
        id=row.id,
        session_id=row.session_id,
        workspace=row.session.workspace.name,
        run_reason=RunReason(row.run_reason),
        status=ProcessStatus(row.status),
        label=row.label,
        command=_command(row.action),
        exit_code=row.exit_code,
        reason=row.reason,
        log_removed_at=row.log_removed_at,
        dropped=row.dropped,
        started_at=row.started_at,
        completed_at=row.completed_at,
    )


def _command(action: dict[str, Any]) -> str:
    argv = action.get("argv")
    text = shlex.join(map(str, argv)) if isinstance(argv, list) else str(action.get("script", ""))
    return text[:COMMAND_LIMIT]


def process_query() -> Any:
    """Processes joined with what `process` needs, so that a list is one query."""
    return (
        m.ExecutionProcess.select(m.ExecutionProcess, m.Session, m.Workspace)
        .join(m.Session)
        .join(m.Workspace)
    )


def turn(row: m.CodingAgentTurn) -> Turn:
    return Turn(
        process_id=row.process_id,
        prompt=row.prompt,
        sent=row.sent or "",
        attachments=tuple(row.attachments or ()),
        summary=row.summary,
        seen=row.seen,
        input_tokens=row.input_tokens,
        output_tokens=row.output_tokens,
        cost_usd=row.cost_usd,
    )


def approval(row: m.Approval) -> Approval:
    return Approval(
        id=row.id,
        process_id=row.process_id,
        workspace=row.process.session.workspace.name,
        title=row.title,
        detail=row.detail,
        tool_kind=row.tool_kind or "",
        options=msgspec.convert(tuple(row.options), tuple[ApprovalOption, ...]),
        question=bool(row.question),
        form=msgspec.convert(tuple(row.form), tuple[FormField, ...]),
        status=ApprovalStatus(row.status),
        chosen=row.chosen,
        created_at=row.created_at,
    )


def queued_prompt(row: m.QueuedPrompt, workspace_name: str) -> QueuedPrompt:
    return QueuedPrompt(
        id=row.id,
        workspace=workspace_name,
        prompt=row.prompt,
        position=row.position,
        executor=row.executor,
        attachments=tuple(row.attachments or ()),
        trouble=row.trouble or "",
        created_at=row.created_at,
    )


def rule(row: m.ApprovalRule) -> ApprovalRule:
    return ApprovalRule(
        id=row.id,
        project_id=row.project_id,
        executor=row.executor,
        tool_kind=row.tool_kind,
        title=row.title,
        detail=row.detail,
        decision=row.decision,
        created_at=row.created_at,
    )


def merge(row: m.Merge) -> Merge:
    return Merge(
        id=row.id,
        workspace=row.workspace.name,
        repo_id=row.repo_id,
        target_branch=row.target_branch,
        style=MergeStyle(row.style),
        commit=row.commit or "",
        merged_at=row.merged_at or 0.0,
    )


def checkpoints(rows: Sequence[m.Checkpoint]) -> tuple[Checkpoint, ...]:
    """Checkpoints of one workspace, with the commits that they kept."""
    commits: dict[str, dict[str, str]] = defaultdict(dict)
    kept = m.CheckpointRepo.select().where(m.CheckpointRepo.checkpoint.in_([row.id for row in rows]))
    for each in kept:
        commits[each.checkpoint_id][each.repo_id] = each.commit
    return tuple(
        Checkpoint(
            workspace=row.workspace.name,
            number=row.number,
            message=row.message,
            kind=CheckpointKind(row.kind),
            commits=commits[row.id],
            files=row.files,
            added=row.added or 0,
            removed=row.removed or 0,
            created_at=row.created_at,
        )
        for row in rows
    )


def operation(row: m.Operation) -> Operation:
    return Operation(
        id=row.id,
        kind=row.kind,
        workspace=row.workspace_name,
        status=OperationStatus(row.status),
        steps=msgspec.convert(tuple(row.steps), tuple[StepReport, ...]),
        error=row.error,
        result=row.result,
        started_at=row.created_at,
        ended_at=row.ended_at,
    )
