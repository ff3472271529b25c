"""The tour in the README, followed key by key in a real terminal: each step shows what it says one sees."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.acceptance.terminal import Terminal
from tests.acceptance.user import User

pytestmark = [
    pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed"),
    pytest.mark.slow,
]
README = Path(__file__).parents[2] / "README.md"
NAMES = {"enter": "Enter", "esc": "Escape"}
"""What tmux calls the keys."""
KNOWN = ("", "j", "esc", "enter", ";", "q", "2")
"""Text, and the keys that need no saying, or that the tour itself says."""


def steps() -> list[tuple[list[tuple[str, str]], str]]:
    """What is pressed and typed, in order, and what is seen then, of each row of the tour."""
    text = README.read_text(encoding="utf-8")
    section = text[text.index("## Five minutes") : text.index("## The first hour")]
    rows = [line.split(" | ") for line in section.splitlines() if line.startswith("| ")][1:]
    found = []
    for pressed, seen in rows:
        acts = re.findall(r"`([^`]+)`|\*([^*]+)\*", pressed)
        shown = re.findall(r"`([^`]+)` \|$", seen)
        found.append((acts, shown[0] if shown else ""))
    return found


@pytest.fixture(params=[(80, 24), (120, 40), (200, 60)], ids=["80x24", "120x40", "200x60"])
def terminal(request: pytest.FixtureRequest, user: User) -> Iterator[Terminal]:
    user.env["DOCKER_HOST"] = "unix:///nonexistent/docker.sock"
    each = Terminal("tour", *request.param)
    yield each
    each.kill()


def test_each_step_of_the_tour_shows_what_it_says(terminal: Terminal, user: User, tmp_path: Path) -> None:
    (command, first), *others = steps()
    assert command == [("boatyard demo", "")] and len(others) > 15
    terminal.open(user, tmp_path, "demo")
    terminal.wait_for(first, "? help")
    for acts, seen in others:
        for key, text in acts:
            before = terminal.wait_until(partial(offered, key), f"{key} to be named on the screen")
            terminal.type(text) if text else terminal.keys(NAMES.get(key, key))
            if key == "esc":
                left(terminal, before)
        if seen:
            terminal.wait_for(seen)
    terminal.wait_closed()
    waiting = user.boatyard("workspace", "list", "--json").json
    assert sorted(each["activity"] for each in waiting) == ["idle", "waiting"]


def left(terminal: Terminal, before: str) -> None:
    """Waits until Escape has had its effect: a key too soon after it would be one with alt."""
    dialog = re.search(r"╭─  (\S.*?)  ─", before)
    if dialog is None:
        terminal.wait_changed(before)
    else:
        terminal.wait_until(lambda screen: dialog[0] not in screen, "the dialog to be gone")


def offered(key: str, screen: str) -> bool:
    """Whether the screen says that a key does something, if it is none that every list has."""
    return key in KNOWN or bool(re.search(rf"(^|[\s│─]){re.escape(key)}[\s▌]+\w", screen, re.M))
