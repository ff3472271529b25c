"""Requests about settings, of workspaces and of the home."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from core.values.requests.base import DiskLimit, Limit, Port, Request
from core.values.states import RunnerKind


class WantedSettings(Request, frozen=True, kw_only=True):
    """Settings of a new workspace; what is left out comes from `config.toml`."""

    runner: RunnerKind | None = None
    """None: docker when an engine answers, else host."""
    image: str = ""
    dockerfile: str = ""
    """Path in a repository, instead of an image; built from the commit that the workspace starts from."""
    build_args: dict[str, str] = {}
    devcontainer: bool = True
    """Whether a repository's `devcontainer.json` is honoured where neither image nor Dockerfile is given."""
    env: dict[str, str] = {}
    """Kept with the workspace, for everybody to read who may read that."""
    secrets: dict[str, str] = {}
    """By variable: `file:PATH`, `env:NAME` or `command:ARGV`, resolved when the environment starts."""
    auth_files: dict[str, str] = {}
    """The same by path below the home folder; files of mode 0600."""
    cpus: float | None = None
    memory_mb: Limit | None = None
    processes: Limit | None = None
    disk_mb: DiskLimit | None = None
    """Megabytes of the workspace's files, its container's included; 0: no limit."""
    network: str = ""
    """`full`, `none`, or `allow`: only the hosts in `allow_hosts`."""
    allow_hosts: tuple[str, ...] | None = None
    """Such as `example.org`, `*.example.org`, `example.org:8443`, `192.0.2.7`, `10.0.0.0/8`."""
    ports: tuple[Port, ...] = ()
    """Ports inside that this machine shall reach; empty: one for each dev-server script."""
    approve: str = ""
    """What agents may do unasked: `ask` (nothing), `edits`, `all`; empty: as the executor's profile says."""


class SetBudget(Request, frozen=True, kw_only=True):
    """New limits; null: none."""

    minutes: Annotated[float, Meta(ge=0, le=10_000_000)] | UnsetType | None = UNSET
    turns: Annotated[int, Meta(ge=0, le=2**31)] | UnsetType | None = UNSET
    tokens: Annotated[int, Meta(ge=0, le=2**53)] | UnsetType | None = UNSET
    cost: Annotated[float, Meta(ge=0, le=1_000_000_000)] | UnsetType | None = UNSET


class UpdateDefaults(Request, frozen=True, kw_only=True):
    """Settings of new workspaces, written into `config.toml`; what is left out stays as it is there."""

    runner: RunnerKind | UnsetType | None = UNSET
    """None: docker when an engine answers, else host."""
    image: str | UnsetType = UNSET
    cpus: float | UnsetType = UNSET
    memory_mb: Limit | UnsetType = UNSET
    processes: Limit | UnsetType = UNSET
    disk_mb: DiskLimit | UnsetType = UNSET
    network: str | UnsetType = UNSET
    allow_hosts: tuple[str, ...] | UnsetType = UNSET


class SetConfig(Request, frozen=True, kw_only=True):
    """One key of `config.toml`."""

    key: str
    """Such as `workspace.memory_mb`."""
    value: str | None
    """As TOML; what is no TOML is taken as text. None takes it out of the file: the default holds."""
