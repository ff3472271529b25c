"""What hangs under a row that is to be deleted: live workspaces refuse it, removed ones need a decision."""

from __future__ import annotations

from core.errors import ConflictError
from core.lifecycle.removal import Gone
from core.store import models as m
from core.values.states import WorkspaceState

NAMED = 3
"""Workspaces that a refusal names."""


def take_leave(condition: object, what: str, force: bool) -> list[Gone]:
    """The removed workspaces that go for good with rows that meet a condition. Call on the store's thread.

    Args:
        condition: Over tasks and workspaces.
        what: What is to be deleted, in words.
        force: Whether workspaces in the trash are given up.

    Raises:
        ConflictError: There are live workspaces, whose clones would be orphans, or removed ones that can
            be recovered, and it was not forced.
    """
    rows = list(m.Workspace.select().join(m.Task).where(condition).order_by(m.Workspace.created_at))
    live = [row.name for row in rows if row.state != WorkspaceState.DELETED]
    if live:
        raise ConflictError(
            f"{what} has workspaces: {_named(live)}",
            hint="Remove them first with 'boatyard workspace remove NAME'.",
        )
    if rows and not force:
        raise ConflictError(
            f"{what} has removed workspaces that can still be recovered: {_named([r.name for r in rows])}",
            hint="Use --force to give them up for good, or 'boatyard workspace recover NAME'.",
        )
    return [Gone(row.name, tuple(place.repo_id for place in row.repos)) for row in rows]


def _named(names: list[str]) -> str:
    return ", ".join(names[:NAMED]) + (" …" if len(names) > NAMED else "")
