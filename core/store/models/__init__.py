"""The tables, in an order in which each names only earlier ones (but for a task's parent workspace)."""

from __future__ import annotations

import peewee

from core.store.models.operations import Counter, Operation
from core.store.models.people import ApiToken, Collaborator, MigrationState, User, UserSettings
from core.store.models.projects import Project, ProjectRepo, Repo
from core.store.models.review import LandingEntry, ReviewComment, ReviewedFile
from core.store.models.sessions import (
    Approval,
    ApprovalRule,
    CodingAgentTurn,
    DroppedPrompt,
    ExecutionProcess,
    ProcessRepoState,
    QueuedPrompt,
    Session,
)
from core.store.models.tasks import Image, Scratch, Tag, Task, TaskImage
from core.store.models.workspaces import (
    Checkpoint,
    CheckpointRepo,
    Merge,
    Template,
    TemplateFile,
    Workspace,
    WorkspacePort,
    WorkspaceRepo,
)

MODELS: tuple[type[peewee.Model], ...] = (
    Project, Repo, ProjectRepo, Task, Image, TaskImage, Tag, Scratch,
    Workspace, WorkspaceRepo, WorkspacePort, Checkpoint, CheckpointRepo, Merge, Template, TemplateFile,
    ReviewComment, ReviewedFile, LandingEntry,
    Session, ExecutionProcess, ProcessRepoState, CodingAgentTurn, Approval, ApprovalRule,
    QueuedPrompt, DroppedPrompt,
    User, UserSettings, ApiToken, Collaborator, MigrationState, Operation, Counter,
)  # fmt: skip

__all__ = [
    "MODELS", "ApiToken", "Approval", "ApprovalRule", "Checkpoint", "CheckpointRepo", "CodingAgentTurn",
    "Collaborator", "Counter", "DroppedPrompt", "ExecutionProcess", "Image", "LandingEntry", "Merge",
    "MigrationState",
    "Operation", "ProcessRepoState", "Project", "ProjectRepo", "QueuedPrompt", "Repo",
    "ReviewComment", "ReviewedFile", "Scratch",
    "Session", "Tag", "Task", "TaskImage", "Template", "TemplateFile", "User", "UserSettings",
    "Workspace", "WorkspacePort", "WorkspaceRepo",
]  # fmt: skip
