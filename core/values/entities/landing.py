"""What landed."""

from __future__ import annotations

from core.values.states import (
    MergeStyle,
)
from core.values.value import Value


class Merge(Value, frozen=True, kw_only=True):
    id: str
    workspace: str
    repo_id: str
    target_branch: str
    style: MergeStyle
    commit: str
    """What the target branch points at since."""
    merged_at: float = 0.0
