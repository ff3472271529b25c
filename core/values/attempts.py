"""Several workspaces that attempt the same task, side by side."""

from __future__ import annotations

from enum import StrEnum

from core.values.entities import Spent
from core.values.states import Activity, WorkspaceState
from core.values.value import Value


class CheckState(StrEnum):
    """How the check scripts of a workspace last ended."""

    NONE = "none"
    """They have not been run, or there are none."""
    RUNNING = "running"
    PASSED = "passed"
    FAILED = "failed"


class Attempt(Value, frozen=True, kw_only=True):
    """One workspace of a task, measured."""

    workspace: str
    agent: str = ""
    state: WorkspaceState
    activity: Activity
    files: int = 0
    """Changed files, against the target branches."""
    added: int = 0
    removed: int = 0
    paths: tuple[str, ...] = ()
    """The changed files, as `REPO/PATH`, the first hundred."""
    size: int = 0
    """Bytes that the changed files have now."""
    check: CheckState = CheckState.NONE
    check_process: str = ""
    """The script that ran last."""
    check_stale: bool = False
    """Whether files have changed since the check."""
    spent: Spent = Spent()
    """Time, turns, tokens and cost."""
    summary: str = ""
    """The agent's last final message."""
    conflicts: int = 0
    """Files that are in conflict with the target branches, by the last forecast."""
    landed: bool = False
    """Whether something of it has landed."""


class CheckAnswer(Value, frozen=True, kw_only=True):
    """How a check ended."""

    workspace: str
    passed: bool
    process_id: str = ""
    """The script that failed, or the last one; empty: there is none."""
    reason: str = ""
