"""In tmux: what is typed outlives the interface, is seen elsewhere, and output stays where it belongs."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from core.client import Client
from core.paths import find_home
from core.values.comments import Side
from core.values.conversation import EntryKind
from tests.acceptance.terminal import Terminal
from tests.acceptance.user import User, make_repository
from tui.comments.drafts import place_key

pytestmark = [
    pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed"),
    pytest.mark.slow,
]

Open = Callable[..., Terminal]
T = TypeVar("T")


@pytest.fixture
def opened(user: User, tmp_path: Path) -> Iterator[Open]:
    """Opens terminals with the interface at a workspace; all are gone after the test."""
    user.env["DOCKER_HOST"] = "unix:///nonexistent/docker.sock"
    repository = make_repository(tmp_path / "repo", {"README.md": "# Repo\n", "src/map.py": "pass\n"})
    run = ("--repo", str(repository), "--agent", "demo", "--runner", "host", "--name", "harbour")
    user.boatyard("run", "Say hello in NOTES.md", *run, "--approve", "all", "--wait")
    terminals: list[Terminal] = []

    def open_one(columns: int = 120, rows: int = 40) -> Terminal:
        terminal = Terminal(f"w{len(terminals)}", columns, rows)
        terminals.append(terminal)
        terminal.open(user, repository)
        terminal.wait_for("harbour", "engine ok")
        terminal.keys(":")
        terminal.wait_for("an action, a workspace")
        terminal.type("harbour")
        terminal.wait_for("Workspace harbour")
        terminal.keys("Enter")
        terminal.wait_for("Talk")
        return terminal

    yield open_one
    for terminal in terminals:
        terminal.kill()


def kill_interface(terminal: Terminal) -> None:
    """`kill -9` of the program in the terminal."""
    pid = terminal._tmux("display-message", "-p", "-t", "main", "#{pane_pid}").strip()
    children = subprocess.run(
        ["pgrep", "-P", pid], capture_output=True, text=True, check=False
    ).stdout.split()
    for each in (*children, pid):
        os.kill(int(each), signal.SIGKILL)


def test_a_draft_is_seen_in_a_second_terminal_and_outlives_a_killed_interface(opened: Open) -> None:
    one, other = opened(), opened(80, 24)
    one.keys("i")
    one.wait_for("enter send")
    one.type("half a thought about @map")
    one.wait_for("src/map.py")
    one.keys("Tab")
    one.wait_for("about @src/map.py")
    other.wait_for("half a thought about @src/map.py")
    kill_interface(one)
    one.wait_closed()
    third = opened(200, 60)
    third.wait_for("half a thought about @src/map.py")


def test_a_comment_that_was_begun_outlives_a_killed_interface(opened: Open, user: User) -> None:
    def begin(terminal: Terminal) -> None:
        terminal.keys("4")
        terminal.wait_for("against main", "NOTES.md")
        terminal.keys("Enter")
        terminal.wait_for("hunk 1/1")
        terminal.keys("j", "c")
        terminal.wait_for("Comment on NOTES.md:1")

    one = opened()
    begin(one)
    one.type("half a remark")
    one.wait_for("half a remark")
    (repo,) = ask(user, lambda c: c.workspace("harbour")).repos
    key = place_key("harbour", repo.repo_id, "NOTES.md", Side.NEW, 1, 1)
    wait_for(lambda: comment_draft(user, key) == "half a remark")
    kill_interface(one)
    one.wait_closed()
    again = opened(80, 24)
    begin(again)
    again.wait_for("half a remark")
    again.type(", and the rest")
    again.keys("Enter")
    again.wait_for("open  half a remark, and the rest")
    wait_for(lambda: comment_draft(user, key) == "")


@pytest.mark.parametrize("moment", ["at once", "when the agent was told"])
def test_a_prompt_that_the_interface_is_killed_in_sending_is_a_draft_or_sent_and_never_both(
    opened: Open, user: User, moment: str
) -> None:
    terminal, text = opened(), "Say goodbye in NOTES.md"
    terminal.keys("i")
    terminal.wait_for("enter send")
    terminal.type(text)
    wait_for(lambda: draft_of(user) == text)
    terminal.keys("Enter")
    if moment != "at once":
        wait_for(lambda: told(user).count(text) == 1)
    kill_interface(terminal)
    terminal.wait_closed()
    again = opened()
    if told(user).count(text) == 0:
        again.keys("i")
        again.wait_for(text)
        again.keys("Enter")
        wait_for(lambda: told(user).count(text) == 1)
    wait_for(lambda: draft_of(user) == "")
    assert told(user).count(text) == 1


def ask(user: User, call: Callable[[Client], Awaitable[T]]) -> T:
    """Asks the engine beside the interface."""

    async def once() -> T:
        async with Client(find_home(str(user.home)).socket) as client:
            return await call(client)

    return asyncio.run(once())


def draft_of(user: User) -> str:
    """What the engine keeps as not sent yet."""
    return str(ask(user, lambda c: c.scratch("draft_follow_up", "harbour")).payload.get("prompt") or "")


def comment_draft(user: User, key: str) -> str:
    """What the engine keeps of a comment that is being written."""
    return str(ask(user, lambda c: c.scratch("draft_comment", key)).payload.get("body") or "")


def told(user: User) -> list[str]:
    """All that the agent was told."""
    entries = ask(user, lambda c: c.conversation("harbour")).entries
    return [entry.text for entry in entries if entry.kind is EntryKind.USER]


def wait_for(holds: Callable[[], bool]) -> None:
    """Returns when the engine says so."""
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.2)  # an event would have to be caught before the key that leads to it; asking costs time


def test_a_command_runs_in_colour_and_cannot_touch_the_terminal(opened: Open) -> None:
    terminal = opened()
    terminal.keys("!")
    terminal.wait_for("Run in harbour")
    terminal.type(r"printf '\033[31mred\033[0m \033]2;stolen\007\033[2J\033[9999Hplain\n'; pwd")
    terminal.keys("Enter")
    terminal.wait_for("red plain", "/repo")
    assert terminal._tmux("display-message", "-p", "-t", "main", "#{pane_title}").strip() == "boatyard"
    shown = terminal._tmux("capture-pane", "-p", "-e", "-t", "main")
    line = next(line for line in shown.splitlines() if "plain" in line and "printf" not in line)
    assert "red" in line and line.index("red") != line.index("plain")


def test_what_was_written_is_found_and_escape_comes_back(opened: Open) -> None:
    terminal = opened()
    terminal.keys("!")
    terminal.wait_for("Run in harbour")
    terminal.type("seq 3000; echo a rare $((40+2)) buoy; seq 3000")
    terminal.keys("Enter")
    terminal.wait_for("2999")  # the command itself, as it was typed, has the last number in it
    terminal.keys("S")
    terminal.wait_for("Search everything")
    terminal.type("rare 42 buoy")
    terminal.wait_for("out   harbour")
    terminal.keys("Enter")
    terminal.wait_for("a rare 42 buoy", "2999")
    terminal.keys("Escape")
    terminal.wait_for("Search everything", "out   harbour")
