"""In tmux, the whole voyage by keys alone; two terminals agree; a closed one changes nothing."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.acceptance.terminal import Terminal
from tests.acceptance.user import User, git, make_repository

pytestmark = [
    pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed"),
    pytest.mark.slow,
]

SIZES = [(80, 24), (120, 40), (200, 60)]
TITLE = "Write NOTES.md about the sea"
AT_REST = ("0 running", "0 waiting")
"""What the header says when no agent works and none asks."""
NAME = "write-notes-md-about-the-sea"

Open = Callable[..., Terminal]


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    return make_repository(tmp_path / "repo", {"README.md": "# Repo\n"})


@pytest.fixture
def opened(user: User, repository: Path) -> Iterator[Open]:
    """Opens terminals with the interface in them; all are gone after the test."""
    user.env["DOCKER_HOST"] = "unix:///nonexistent/docker.sock"
    terminals: list[Terminal] = []

    def open_one(columns: int = 120, rows: int = 40) -> Terminal:
        terminal = Terminal(f"t{len(terminals)}", columns, rows)
        terminals.append(terminal)
        terminal.open(user, repository)
        return terminal

    yield open_one
    for terminal in terminals:
        terminal.kill()


def start_task(terminal: Terminal, title: str) -> None:
    """From a first start to a running task: a key, the title, a key."""
    terminal.wait_for("Welcome", "engine ok")
    terminal.keys("n")
    terminal.wait_for("What is to be done", "demonstration")
    terminal.type(title)
    terminal.keys("Enter")


@pytest.mark.parametrize(("columns", "rows"), SIZES, ids=[f"{c}x{r}" for c, r in SIZES])
def test_the_whole_voyage_by_keys(
    opened: Open, user: User, repository: Path, columns: int, rows: int
) -> None:
    terminal = opened(columns, rows)
    before = git(repository, "rev-parse", "main")

    start_task(terminal, TITLE)
    screen = terminal.wait_for("The agent asks", "Create NOTES.md")
    assert "demonstration" in screen
    assert "nothing isolates" in screen or columns < 100, "the host runner's notice is not in sight"
    terminal.keys("a")
    terminal.wait_for("Done.", *AT_REST, gone="The agent asks")

    terminal.keys("i")
    terminal.type("Now README.md too")
    terminal.keys("Enter")
    terminal.wait_for("The agent asks", "Edit README.md")
    terminal.keys("Escape")
    terminal.wait_for("a allow")
    terminal.keys("a")
    terminal.wait_for("Done.", *AT_REST, gone="The agent asks")

    terminal.keys("4")
    terminal.wait_for("README.md", "NOTES.md" if columns >= 100 else "README.md")
    terminal.keys("m")
    terminal.wait_for("Merge", "main", "2 files")
    terminal.keys("Enter")
    terminal.wait_for("Merged")

    assert git(repository, "rev-parse", "main^1") == before
    assert sorted(git(repository, "diff", "--name-only", before, "main").splitlines()) == [
        "NOTES.md",
        "README.md",
    ]
    assert git(repository, "status", "--porcelain") == ""
    terminal.keys("q")
    terminal.wait_closed()
    assert user.boatyard("task", "list", "--json").json[0]["status"] == "done"


def test_a_closed_terminal_stops_nothing(opened: Open, user: User) -> None:
    first = opened()
    start_task(first, f"slowly {TITLE}")
    first.wait_for("slowly", "1 running")
    first.kill()

    again = opened()
    again.wait_for("slowly", "engine ok")
    process = user.boatyard("process", "list", "--json").json[0]
    assert process["status"] == "running"
    again.wait_for("1 waiting")
    again.keys(";")
    again.wait_for("The agent asks")
    again.keys("a")
    again.wait_for("Done.", *AT_REST, gone="The agent asks")


def test_two_terminals_agree(opened: Open) -> None:
    first, second = opened(), opened(200, 60)
    second.wait_for("Welcome", "engine ok")
    start_task(first, TITLE)
    first.wait_for("The agent asks")
    second.wait_for("1 waiting")
    second.keys(";")
    second.wait_for("The agent asks", "Create NOTES.md")
    second.keys("a")
    first.wait_for("Done.", *AT_REST, gone="The agent asks")
    second.wait_for("Done.", *AT_REST, gone="The agent asks")


def test_a_rejected_request_leaves_the_files_alone(opened: Open, user: User) -> None:
    terminal = opened()
    start_task(terminal, TITLE)
    terminal.wait_for("The agent asks")
    terminal.keys("x")
    terminal.wait_for(*AT_REST, gone="The agent asks")
    process = user.boatyard("process", "list", "--json").json[0]["id"]
    user.boatyard("process", "logs", process, "--follow")
    assert user.boatyard("workspace", "diff", NAME, "--json").json["files"] == []


def test_a_running_agent_is_stopped_by_a_key(opened: Open, user: User) -> None:
    terminal = opened()
    start_task(terminal, f"slowly {TITLE}")
    terminal.wait_for("slowly", "1 running", "2 ~~~")
    terminal.keys("s")
    terminal.wait_for("Stop it")
    terminal.keys("s")
    terminal.wait_for(*AT_REST, gone="Stop it")
    process = user.boatyard("process", "list", "--json").json[0]
    assert process["status"] == "killed"
