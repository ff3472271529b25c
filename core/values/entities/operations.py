"""What the engine does in steps."""

from __future__ import annotations

from core.values.states import (
    OperationStatus,
)
from core.values.value import Value


class StepReport(Value, frozen=True, kw_only=True):
    """One named step of an operation: not begun, running, done or failed."""

    name: str
    label: str
    started_at: float | None = None
    ended_at: float | None = None
    error: str = ""
    detail: str = ""
    """What it found or does now, for people; lines when it tells of several things."""
    process_id: str | None = None
    """The process whose log shows what the step does, when it runs one."""


class Operation(Value, frozen=True, kw_only=True):
    """Something of several steps that the engine does or did, shown while it happens."""

    id: str
    kind: str
    """`create`, `merge`, `close`, `restore`, `delete`."""
    workspace: str
    status: OperationStatus
    steps: tuple[StepReport, ...] = ()
    error: dict[str, object] | None = None
    """The error document (see `core.errors`) when it failed."""
    result: dict[str, object] = {}
    started_at: float = 0.0
    ended_at: float | None = None
