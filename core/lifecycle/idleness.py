"""Which workspaces have been idle for so long that they close by themselves. Call on the store's thread."""

from __future__ import annotations

from dataclasses import dataclass

from peewee import fn

from core.store import models as m
from core.values.states import OperationStatus, ProcessStatus, RunnerKind, WorkspaceState

CONTAINER_MINUTES = 30.0
"""After so long without activity a container is closed, unless the settings say otherwise."""
LOOK_SECONDS = 300.0
"""After so long it is worth asking whether somebody has a shell open."""
TOLD = "Closed by itself"
"""How the notice of a workspace that was idle begins."""


@dataclass(frozen=True)
class Idle:
    """A workspace in which nothing has happened for a while."""

    name: str
    minutes: float
    """Its limit."""
    due: bool
    """Whether it has reached that."""


@dataclass(frozen=True)
class Watched:
    """What a look at all workspaces found."""

    idle: tuple[Idle, ...]
    waiting: int
    """How many will be due if nothing happens: an engine that is to close them must not end."""


def look_for_idle(now: float, configured: float | None) -> Watched:
    """Looks at every open workspace that is not pinned.

    Args:
        now: Seconds since 1970.
        configured: The limit of the settings in minutes; None: by runner. 0: never.
    """
    idle, waiting = [], 0
    states = (WorkspaceState.OPEN, WorkspaceState.FAILED)
    rows = m.Workspace.select().where(m.Workspace.state.in_(states), ~m.Workspace.pinned)
    busy, latest = _busy(), _latest_ends()
    for row in rows:
        minutes = idle_minutes(row, configured)
        if minutes <= 0:
            continue
        waiting += 1
        last = max(row.last_activity_at, latest.get(row.id, 0.0))
        if row.id not in busy and now - last >= min(minutes * 60, LOOK_SECONDS):
            idle.append(Idle(row.name, minutes, now - last >= minutes * 60))
    return Watched(tuple(idle), waiting)


def idle_minutes(row: m.Workspace, configured: float | None) -> float:
    """After how many idle minutes a workspace closes; 0: never."""
    if row.idle_timeout is not None:
        return float(row.idle_timeout) / 60
    if configured is not None:
        return configured
    return CONTAINER_MINUTES if row.runner == RunnerKind.DOCKER else 0.0


def touch(name: str, now: float) -> None:
    """Something is going on in a workspace."""
    m.Workspace.update(last_activity_at=now).where(m.Workspace.name == name).execute()


def notice_of_closing(name: str, minutes: float) -> None:
    """Says on a workspace why it is closed."""
    row = m.Workspace.get(m.Workspace.name == name)
    told = f"{TOLD} after {minutes:g} idle minutes; everything is kept."
    row.notice = f"{told} {without_notice(row.notice)}".strip()
    row.save()


def without_notice(notice: str) -> str:
    """A notice without what was said of the closing."""
    return notice.partition("everything is kept.")[2].strip() if notice.startswith(TOLD) else notice


def _busy() -> set[str]:
    """Workspaces where a process runs or an operation is under way."""
    running = (
        m.ExecutionProcess.select(m.Session.workspace)
        .join(m.Session)
        .where(m.ExecutionProcess.status == ProcessStatus.RUNNING)
    )
    operations = m.Operation.select(m.Operation.workspace).where(
        m.Operation.status == OperationStatus.RUNNING
    )
    return {row[0] for row in (*running.tuples(), *operations.tuples())}


def _latest_ends() -> dict[str, float]:
    """When the last process of each workspace ended."""
    query = (
        m.ExecutionProcess.select(m.Session.workspace, fn.MAX(m.ExecutionProcess.completed_at))
        .join(m.Session)
        .where(m.ExecutionProcess.completed_at.is_null(False))
        .group_by(m.Session.workspace)
    )
    return {workspace: float(ended) for workspace, ended in query.tuples()}
