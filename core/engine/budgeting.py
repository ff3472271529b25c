"""Budgets as requests change them."""

from __future__ import annotations

import msgspec
from msgspec import UNSET

from core.store import models as m
from core.values.requests import SetBudget


def with_budget(row: m.Task | m.Project, given: SetBudget) -> bool:
    """Changes a row's budget; whether anything of it was given."""
    changes = {key: value for key, value in msgspec.structs.asdict(given).items() if value is not UNSET}
    budget = {**(row.budget or {}), **changes}
    row.budget = {key: value for key, value in budget.items() if value is not None} or None
    return bool(changes)
