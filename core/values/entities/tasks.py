"""Units of work."""

from __future__ import annotations

from core.values.entities.budgets import Budget
from core.values.states import (
    TaskStatus,
)
from core.values.value import Value


class Task(Value, frozen=True, kw_only=True):
    id: str
    project_id: str
    title: str
    description: str = ""
    status: TaskStatus = TaskStatus.TODO
    parent_workspace: str | None = None
    """Name of the workspace whose task this one is a part of."""
    position: int = 0
    budget: Budget = Budget()
    """Over all its workspaces."""
    created_at: float = 0.0
    updated_at: float = 0.0
