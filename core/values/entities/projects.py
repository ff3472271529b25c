"""Projects, their repos and templates."""

from __future__ import annotations

from core.values.entities.budgets import Budget
from core.values.states import (
    MergeStyle,
)
from core.values.value import Value


class Project(Value, frozen=True, kw_only=True):
    id: str
    name: str
    repo_ids: tuple[str, ...] = ()
    merge_style: MergeStyle = MergeStyle.MERGE
    budget: Budget = Budget()
    """Over all its tasks."""


class Repo(Value, frozen=True, kw_only=True):
    id: str
    path: str
    """Canonical absolute path of the user's repository."""
    name: str
    """The folder's name, used for the clone inside a workspace; unique within a workspace."""
    display_name: str = ""
    setup_script: str = ""
    cleanup_script: str = ""
    check_script: str = ""
    """Has to succeed before the landing queue lands a workspace."""
    archive_script: str = ""
    dev_server_script: str = ""
    copy_files: tuple[str, ...] = ()
    parallel_setup: bool = False
    target_branch: str = ""
    """Default target branch; empty: the branch checked out when a workspace starts."""
    working_directory: str = ""


class ProjectRepo(Value, frozen=True, kw_only=True):
    """A repo's place in a project, with what the project overrides; None: as the repo says."""

    project_id: str
    repo_id: str
    setup_script: str | None = None
    cleanup_script: str | None = None
    check_script: str | None = None
    archive_script: str | None = None
    dev_server_script: str | None = None
    copy_files: tuple[str, ...] | None = None
    parallel_setup: bool | None = None


class TemplateFile(Value, frozen=True, kw_only=True):
    path: str
    """As seen from the top of the workspace's first repository."""
    content: bytes = b""
    """As base64 in JSON."""


class Template(Value, frozen=True, kw_only=True):
    """What workspaces can be made from: files, and settings for what is not given."""

    id: str
    name: str
    description: str = ""
    language: str = ""
    settings: dict[str, object] = {}
    """Fields of `WantedSettings` (see `core.values.requests`)."""
    files: tuple[TemplateFile, ...] = ()
    """In lists without their content."""
    public: bool = False
    use_count: int = 0
