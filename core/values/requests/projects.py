"""Requests about projects, their repos and templates."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from core.values.entities import TemplateFile
from core.values.requests.base import Request
from core.values.requests.settings import SetBudget, WantedSettings
from core.values.states import MergeStyle


class AddProject(Request, frozen=True, kw_only=True):
    name: str
    repos: tuple[str, ...] = ()
    """Paths, or ids or names of known repos."""


class UpdateProject(Request, frozen=True, kw_only=True):
    name: str | UnsetType = UNSET
    merge_style: MergeStyle | UnsetType = UNSET
    budget: SetBudget = SetBudget()
    add_repos: tuple[str, ...] = ()
    remove_repos: tuple[str, ...] = ()


class AddRepo(Request, frozen=True, kw_only=True):
    path: str
    """Of a repository on this machine, or the address (https, ssh, file) of one to clone."""
    into: str = ""
    """Absolute path of the folder to clone into; empty: one of the home's own."""


class UpdateRepo(Request, frozen=True, kw_only=True):
    display_name: str | UnsetType = UNSET
    setup_script: str | UnsetType = UNSET
    cleanup_script: str | UnsetType = UNSET
    check_script: str | UnsetType = UNSET
    """Has to succeed before the landing queue lands a workspace."""
    archive_script: str | UnsetType = UNSET
    dev_server_script: str | UnsetType = UNSET
    copy_files: tuple[str, ...] | UnsetType = UNSET
    parallel_setup: bool | UnsetType = UNSET
    target_branch: str | UnsetType = UNSET
    working_directory: str | UnsetType = UNSET


class TrustOwnFile(Request, frozen=True, kw_only=True):
    digest: str
    """Of the content that was looked at: nothing else is trusted, whatever the branch has meanwhile."""
    branch: str = ""
    """Empty: the repo's target branch."""


class UpdateProjectRepo(Request, frozen=True, kw_only=True):
    """What a project overrides of a repo; null: as the repo says."""

    setup_script: str | UnsetType | None = UNSET
    cleanup_script: str | UnsetType | None = UNSET
    check_script: str | UnsetType | None = UNSET
    archive_script: str | UnsetType | None = UNSET
    dev_server_script: str | UnsetType | None = UNSET
    copy_files: tuple[str, ...] | UnsetType | None = UNSET
    parallel_setup: bool | UnsetType | None = UNSET


class AddTemplate(Request, frozen=True, kw_only=True):
    name: str
    description: str = ""
    language: str = ""
    settings: WantedSettings = WantedSettings()
    files: tuple[TemplateFile, ...] = ()
    public: bool = False
