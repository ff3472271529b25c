"""Requests about agents."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from core.values.requests.base import Request


class TestAgent(Request, frozen=True, kw_only=True):
    """A one-line turn; in a workspace, or on this machine in a copy of a repository or an empty one."""

    __test__ = False  # no test of pytest's

    workspace: str = ""
    repo: str = ""
    seconds: Annotated[float, Meta(gt=0, le=3600)] = 120.0
    """After so long it has failed."""


class AddAgent(Request, frozen=True, kw_only=True):
    """A profile `[agents.NAME]` of `config.toml`; one of that name is replaced. See `core.config`."""

    name: str
    kind: str
    command: tuple[str, ...] = ()
    title: str = ""
    env: dict[str, str] = {}
    install: str = ""
    approve: str = "ask"
    model: str = ""
    mode: str = ""
    where: str = "workspace"


class TypeText(Request, frozen=True, kw_only=True):
    """Something to type on the screen of an agent."""

    text: str
    enter: bool = True
    """Whether Enter is pressed behind it."""


class SetMode(Request, frozen=True, kw_only=True):
    """Another mode for the agent of a workspace to work in."""

    mode: str
    """The agent's own word for it."""
