"""What may be spent, and what was."""

from __future__ import annotations

from core.values.value import Value


class Budget(Value, frozen=True, kw_only=True):
    """Limits of what agents may use; None: no limit."""

    minutes: float | None = None
    """Of turns, added up."""
    turns: int | None = None
    tokens: int | None = None
    """In and out together."""
    cost: float | None = None
    """In US dollars, as far as agents report it."""


class Spent(Value, frozen=True, kw_only=True):
    """What agents have used, as far as they report it."""

    turns: int = 0
    minutes: float = 0.0
    tokens: int = 0
    """In and out together."""
    cost: float = 0.0
    """In US dollars."""


class TaskUsage(Value, frozen=True, kw_only=True):
    """What a task and its project have used, and may."""

    task_id: str
    total: Spent
    workspaces: dict[str, Spent] = {}
    """By name."""
    budget: Budget = Budget()
    project: Spent = Spent()
    project_budget: Budget = Budget()
