"""What the engine tells its clients about: frozen values, as the API sends them.

Ids are UUIDs as 32 hexadecimal digits. Times are seconds since 1970-01-01 UTC with milliseconds; None
means "not yet". Text from outside (titles, branches, output) is data and may hold any character.
"""

from __future__ import annotations

from core.values.entities.agents import AgentInfo, AgentTrial
from core.values.entities.approvals import (
    FORM_OPTION,
    Approval,
    ApprovalOption,
    ApprovalRule,
    FormChoice,
    FormField,
)
from core.values.entities.budgets import Budget, Spent, TaskUsage
from core.values.entities.checkpoints import Checkpoint
from core.values.entities.engine import EngineStatus, RunnerInfo, Snapshot
from core.values.entities.landing import Merge
from core.values.entities.operations import Operation, StepReport
from core.values.entities.processes import Process, Session, Turn
from core.values.entities.projects import Project, ProjectRepo, Repo, Template, TemplateFile
from core.values.entities.prompts import QueuedPrompt
from core.values.entities.settings import ImageBuild, Settings
from core.values.entities.tasks import Task
from core.values.entities.workspaces import (
    CopiedFiles,
    DevServer,
    PublishedPort,
    Trashed,
    Workspace,
    WorkspaceRepo,
)

__all__ = [
    "FORM_OPTION",
    "AgentInfo",
    "AgentTrial",
    "Approval",
    "ApprovalOption",
    "ApprovalRule",
    "Budget",
    "Checkpoint",
    "CopiedFiles",
    "DevServer",
    "EngineStatus",
    "FormChoice",
    "FormField",
    "ImageBuild",
    "Merge",
    "Operation",
    "Process",
    "Project",
    "ProjectRepo",
    "PublishedPort",
    "QueuedPrompt",
    "Repo",
    "RunnerInfo",
    "Session",
    "Settings",
    "Snapshot",
    "Spent",
    "StepReport",
    "Task",
    "TaskUsage",
    "Template",
    "TemplateFile",
    "Trashed",
    "Turn",
    "Workspace",
    "WorkspaceRepo",
]
