"""Executors of prompts."""

from __future__ import annotations

from core.values.value import Value


class AgentInfo(Value, frozen=True, kw_only=True):
    """An executor profile and whether it can be used here."""

    name: str
    title: str
    kind: str
    """`acp`, `claude`, `codex`, `command` or `terminal`."""
    available: bool
    detail: str = ""
    """Where it was found, or what to do to get it."""
    demonstration: bool = False
    """True for the built-in agent that has no model behind it."""
    where: str = "workspace"
    """`workspace`: it runs in the workspace's environment; `host`: on this machine against the clone."""
    model: str = ""
    mode: str = ""
    approve: str = "ask"
    """What it may do unasked: `ask` (nothing), `edits` or `all`; a workspace's own word goes before it."""
    own: bool = False
    """Whether the user's settings describe it."""
    usual: bool = False
    """Whether it is the one that is taken where none is named."""


class AgentTrial(Value, frozen=True, kw_only=True):
    """What a one-line turn showed of an agent."""

    name: str
    ok: bool
    where: str
    """Where it took place, in words."""
    reason: str = ""
    """Why it did not work."""
    answer: str = ""
    notes: tuple[str, ...] = ()
    """What else was told: warnings, tries that failed, requests that were refused."""
    seconds: float = 0.0
