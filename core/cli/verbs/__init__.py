"""The table of all verbs, of which a command loads only those of its first word.

A module is imported when a command needs it: all together take longer to load than most commands to run.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

from core.cli.verb import Verb

MODULES: dict[str, tuple[str, ...]] = {
    "demo": ("demo",),
    "run": ("run",),
    "status": ("status",),
    "version": ("status",),
    "doctor": ("doctor",),
    "completion": ("completion",),
    "keys": ("keys",),
    "backup": ("backup",),
    "restore-backup": ("backup",),
    "mcp": ("mcp",),
    "serve": ("serve",),
    "search": ("search",),
    "engine": ("engine",),
    "forecast": ("forecast",),
    "landing": ("landing",),
    "task": ("task", "attempts", "pictures"),
    "workspace": (
        "workspace",
        "workspace_session",
        "workspace_conversation",
        "workspace_screen",
        "workspace_queue",
        "workspace_dev",
        "workspace_review",
        "workspace_unmerge",
        "workspace_files",
        "workspace_history",
        "workspace_push",
        "workspace_pull",
        "workspace_comments",
        "workspace_checkpoints",
        "workspace_keeping",
        "workspace_parts",
        "workspace_update",
        "attempts",
    ),
    "project": ("project",),
    "repo": ("repo",),
    "tag": ("tag",),
    "scratch": ("tag",),
    "template": ("template",),
    "forge": ("workspace_pull",),
    "process": ("process",),
    "agent": ("agent",),
    "container": ("container",),
    "config": ("config",),
    "token": ("token",),
}
"""Where the verbs of a noun are, and those that stand alone, in the order in which help names them."""
SHORT = {"ws": "workspace"}
"""Nouns by their other names."""


def verbs_for(arguments: Sequence[str]) -> tuple[Verb, ...]:
    """The verbs that a command line may mean: those of its first word, or all where that is no such word."""
    word = _first_word(arguments)
    word = SHORT.get(word, word)
    if word not in MODULES:
        return all_verbs()
    return tuple(verb for verb in _verbs_of(MODULES[word]) if word == (verb.noun or verb.name))


def all_verbs() -> tuple[Verb, ...]:
    """Every verb there is."""
    return _verbs_of(tuple(dict.fromkeys(module for modules in MODULES.values() for module in modules)))


def _verbs_of(modules: Sequence[str]) -> tuple[Verb, ...]:
    return tuple(verb for name in modules for verb in import_module(f"{__name__}.{name}").VERBS)


def _first_word(arguments: Sequence[str]) -> str:
    """The first argument that is no option that stands before it; empty where it cannot be told."""
    words = iter(arguments)
    for word in words:
        if word == "--home":
            next(words, None)
        elif not word.startswith("-"):
            return word
    return ""
