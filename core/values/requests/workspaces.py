"""Requests about workspaces, what runs in them, and what is kept of them."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from core.values.requests.base import DiskLimit, Limit, Request
from core.values.requests.settings import WantedSettings


class NewWorkspace(Request, frozen=True, kw_only=True):
    task: str
    name: str = ""
    """Empty: made from the task's title."""
    agent: str = ""
    """Executor that starts on the task at once; empty: no agent is started."""
    prompt: str = ""
    """Empty: the task's title and description."""
    target_branch: str = ""
    """Empty: each repo's default, else the branch that is checked out there."""
    targets: dict[str, str] = {}
    """By repo (path, name or id), before `target_branch`; `REMOTE/BRANCH` is a remote-tracking branch."""
    fetch: bool = False
    """Whether the repos' remotes are fetched first."""
    template: str = ""
    """Name of a template: its files are written, its settings taken where none are given."""
    settings: WantedSettings = WantedSettings()


class RemixWorkspace(Request, frozen=True, kw_only=True):
    name: str = ""
    """Empty: made from the task's title."""
    with_env: bool = False
    """Whether variables, secrets' references and auth files come along."""
    agent: str = ""
    prompt: str = ""


class UpdateWorkspace(Request, frozen=True, kw_only=True):
    cpus: float | UnsetType = UNSET
    memory_mb: Limit | UnsetType = UNSET
    processes: Limit | UnsetType = UNSET
    disk_mb: DiskLimit | UnsetType = UNSET
    network: str | UnsetType = UNSET
    """Holds from the container's next start on; limits hold at once."""
    allow_hosts: tuple[str, ...] | UnsetType = UNSET
    pinned: bool | UnsetType = UNSET
    """A pinned workspace never closes by itself."""
    idle_minutes: Annotated[float, Meta(ge=0, le=525_600)] | UnsetType | None = UNSET
    """It closes by itself after so long; 0: never. None: as the settings say."""


class ArchiveWorkspace(Request, frozen=True, kw_only=True):
    skip_script: bool = False


class RemoveWorkspace(Request, frozen=True, kw_only=True):
    force: bool = False
    """Without it, a workspace with something to lose is refused and the loss told."""


class EmptyTrash(Request, frozen=True, kw_only=True):
    """Names, or all of them."""

    names: tuple[str, ...] = ()
    all: bool = False
    dry_run: bool = False


class PublishWorkspace(Request, frozen=True, kw_only=True):
    folder: str = "canvas"
    """Below where agents work in the workspace."""


class DevServerRequest(Request, frozen=True, kw_only=True):
    repo: str = ""
    """Name of the repo whose dev server is meant; empty: every repo's."""


class RunCommand(Request, frozen=True, kw_only=True):
    argv: tuple[str, ...]


class PruneContainers(Request, frozen=True, kw_only=True):
    dry_run: bool = False
    """Only say what would be removed."""


class PruneLogs(Request, frozen=True, kw_only=True):
    """Removes what `[logs]` in the settings does not keep any longer."""

    dry_run: bool = False
