"""Versions of everything in a workspace."""

from __future__ import annotations

from core.values.states import (
    CheckpointKind,
)
from core.values.value import Value


class Checkpoint(Value, frozen=True, kw_only=True):
    workspace: str
    number: int
    message: str
    kind: CheckpointKind
    commits: dict[str, str] = {}
    """Snapshot commit by repo id."""
    files: int | None = None
    """Files that differ from the checkpoint before; 0: no change. None: nobody counted."""
    added: int = 0
    """Lines added since the checkpoint before."""
    removed: int = 0
    created_at: float = 0.0
