"""Everything that a tree shows, at once."""

from __future__ import annotations

from peewee import fn

from core.engine.sessions import pending_approvals
from core.store import models as m
from core.store import views
from core.values.entities import Snapshot
from core.values.states import OperationStatus, WorkspaceState

SHOWN_OPERATIONS = (OperationStatus.RUNNING.value, OperationStatus.FAILED.value)


def read_snapshot(sequence: int) -> Snapshot:
    """What there is. Call on the store's thread.

    Args:
        sequence: Number of the last event that is contained in it.
    """
    live = m.Workspace.select().where(m.Workspace.state != WorkspaceState.DELETED)
    return Snapshot(
        sequence=sequence,
        projects=views.projects(m.Project.select().order_by(m.Project.name)),
        repos=tuple(views.repo(row) for row in m.Repo.select()),
        tasks=views.tasks(m.Task.select().order_by(m.Task.position, m.Task.created_at)),
        workspaces=views.workspaces(list(live.order_by(m.Workspace.created_at))),
        approvals=pending_approvals(m.Workspace.state != WorkspaceState.DELETED),
        operations=tuple(views.operation(row) for row in _latest_operations()),
    )


def _latest_operations() -> list[m.Operation]:
    """Of each live workspace the last operation, if it runs or has failed."""
    latest: dict[str, m.Operation] = {}
    query = m.Operation.select().join(m.Workspace).where(m.Workspace.state != WorkspaceState.DELETED)
    newest = m.Operation.alias()
    last = newest.select(fn.MAX(newest.created_at)).where(newest.workspace == m.Operation.workspace)
    for row in query.where(m.Operation.created_at == last, m.Operation.status.in_(SHOWN_OPERATIONS)):
        latest[row.workspace_name] = row
    return list(latest.values())
