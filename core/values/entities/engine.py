"""The engine, and everything at one moment."""

from __future__ import annotations

from core.values.entities.approvals import Approval
from core.values.entities.operations import Operation
from core.values.entities.projects import Project, Repo
from core.values.entities.tasks import Task
from core.values.entities.workspaces import Workspace
from core.values.states import (
    RunnerKind,
)
from core.values.value import Value


class RunnerInfo(Value, frozen=True, kw_only=True):
    kind: RunnerKind
    available: bool
    detail: str = ""
    isolates: bool = False


class EngineStatus(Value, frozen=True, kw_only=True):
    pid: int
    version: str
    code: str = ""
    """The mark of the code that it runs (`core.code_mark`); empty: it is older than such marks."""
    home: str
    instance: str
    started_at: float
    sequence: int
    clients: int = 0
    running: int = 0
    """Processes that run now."""
    runners: tuple[RunnerInfo, ...] = ()
    default_runner: RunnerKind = RunnerKind.HOST
    attention_trouble: str = ""
    """Why the last call of the attention command failed; empty: it did not."""


class Snapshot(Value, frozen=True, kw_only=True):
    """Everything that a tree and a board show, at one moment of the event stream."""

    sequence: int
    """The last event that is contained; ask the event stream for what came after it."""
    projects: tuple[Project, ...] = ()
    repos: tuple[Repo, ...] = ()
    tasks: tuple[Task, ...] = ()
    workspaces: tuple[Workspace, ...] = ()
    approvals: tuple[Approval, ...] = ()
    """The pending ones."""
    operations: tuple[Operation, ...] = ()
    """Those that run, and the last failed one of each workspace."""
    default_runner: RunnerKind = RunnerKind.HOST
    notice: str = ""
