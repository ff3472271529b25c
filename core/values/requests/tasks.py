"""Requests about tasks."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from core.values.requests.base import Position, Request
from core.values.requests.settings import SetBudget, WantedSettings
from core.values.states import TaskStatus


class AddTask(Request, frozen=True, kw_only=True):
    project: str
    title: str
    description: str = ""
    parent_workspace: str = ""
    """Name of the workspace whose task this one is a part of; empty: of none."""
    status: TaskStatus = TaskStatus.TODO
    position: Position | None = None
    """None: at the end of its project's board."""


class MoveTask(Request, frozen=True, kw_only=True):
    """Where on the board a task is to stand: beside another one of the status, else last of all."""

    status: TaskStatus | UnsetType = UNSET
    before: str = ""
    """The task to stand in front of."""
    after: str = ""
    """The task to stand behind."""


class UpdateTask(Request, frozen=True, kw_only=True):
    title: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    status: TaskStatus | UnsetType = UNSET
    budget: SetBudget = SetBudget()
    position: Position | UnsetType = UNSET


class RunTask(Request, frozen=True, kw_only=True):
    """Project, task, workspace and agent in one go; what exists already is used."""

    title: str
    repos: tuple[str, ...]
    description: str = ""
    project: str = ""
    """Empty: the first repo's name."""
    agent: str = ""
    name: str = ""
    target_branch: str = ""
    targets: dict[str, str] = {}
    """By repo (path, name or id), before `target_branch`; `REMOTE/BRANCH` is a remote-tracking branch."""
    fetch: bool = False
    """Whether the repos' remotes are fetched first."""
    template: str = ""
    """Name of a template: its files are written, its settings taken where none are given."""
    settings: WantedSettings = WantedSettings()


class AddImage(Request, frozen=True, kw_only=True):
    path: str
    """Absolute, of a file on this machine."""


class AttachImage(Request, frozen=True, kw_only=True):
    image: str


class ChooseAttempt(Request, frozen=True, kw_only=True):
    """The attempt that stays; all others of the task are archived."""

    workspace: str
    skip_script: bool = False
    """Leave the archive scripts out."""
