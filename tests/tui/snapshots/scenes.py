"""The screens: what is put into the engine, which keys lead there, and what is to be seen then."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.tui.fake_engine import FakeEngine
from tests.tui.snapshots import world


def _nothing(engine: FakeEngine) -> None:
    """The engine as it is."""


@dataclass(frozen=True)
class Scene:
    """One screen."""

    name: str
    keys: tuple[str, ...]
    sees: tuple[str, ...]
    at: str = "prices"
    """The workspace that is opened first; empty: none."""
    prepare: Callable[[FakeEngine], None] = _nothing
    empty: bool = False
    """Whether nothing is set up at all."""


SCENES = (
    Scene("first-run", (), ("Welcome", "Claude Code"), "", empty=True),
    Scene("home", ("1",), ("login", "Drop the old export")),
    Scene("session", (), ("The agent asks", "npm test", "Keep the page asked for"), "login"),
    Scene("prompt", ("i",), ("send",)),
    Scene("files", ("3", "enter", "j"), ("README.md",)),
    Scene("diff", ("4", "enter"), ("return keep(item)", "Why not")),
    Scene("board", ("6",), ("To do", "In review", "ready for review")),
    Scene("workspace-menu", ("d",), ("Close", "Remove")),
    Scene("new-task", ("1", "n"), ("New task", "What is to be done")),
    Scene("merge", ("m",), ("merge commit", "Message")),
    Scene("comments", ("C",), ("Comments on prices", "Keep this")),
    Scene("checkpoints", ("t",), ("Checkpoints of prices", "it works")),
    Scene("landing", ("M",), ("its check failed",), prepare=world.with_landing),
    Scene("attempts", ("V",), ("Attempts at", "I cached"), prepare=world.with_attempts),
    Scene("pull-request", ("P",), ("Pull request of prices", "2 commits to push")),
    Scene("containers", ("5",), ("Containers", "12%", "exited 137"), prepare=world.with_containers),
    Scene("search", ("S", "p", "r", "i"), ("price of tea",), prepare=world.with_hits),
    Scene("settings", ("comma",), ("Settings", "idle_minutes")),
    Scene("limits", ("5", "D"), ("Defaults of new workspaces",), prepare=world.with_containers),
    Scene("help", ("question_mark",), ("Keys that work here",)),
    Scene("palette", ("colon", *"mer"), ("Merge the workspace",)),
)
