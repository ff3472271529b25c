"""With nothing set up, in a real terminal: the screen says how, and a key, a title and a key start a task."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.terminal import Terminal
from tests.acceptance.user import User, make_repository

pytestmark = [
    pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed"),
    pytest.mark.slow,
]


@pytest.fixture(params=[(80, 24), (120, 40), (200, 60)], ids=["80x24", "120x40", "200x60"])
def terminal(request: pytest.FixtureRequest, user: User) -> Iterator[Terminal]:
    user.env["DOCKER_HOST"] = "unix:///nonexistent/docker.sock"
    columns, rows = request.param
    each = Terminal("first", columns, rows)
    yield each
    each.kill()


def test_two_keys_and_a_title_from_nothing_to_a_running_task(
    terminal: Terminal, user: User, tmp_path: Path
) -> None:
    repository = make_repository(tmp_path / "shop", {"README.md": "# Shop\n"})
    terminal.open(user, repository)
    screen = terminal.wait_for("To a running task", "agents", "no container engine", "engine ok")
    assert str(repository)[:30] in screen and "a new task" in screen and "start it" in screen

    pressed = ["n", "Enter"]
    terminal.keys(pressed[0])
    terminal.wait_for("New task", str(repository)[:30], "demonstration")
    terminal.type("Open at nine")
    terminal.keys(pressed[1])
    terminal.wait_for("open-at-nine" if terminal.columns >= 100 else "Open at nine", "The agent asks")
    process = user.boatyard("process", "list", "--json").json[0]
    assert process["status"] == "running" and process["workspace"] == "open-at-nine"


def test_outside_a_repository_its_path_is_asked_for(terminal: Terminal, user: User, tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "shop", {"README.md": "# Shop\n"})
    terminal.open(user, user.home)
    terminal.wait_for("none here", "boatyard demo", "engine ok")
    terminal.keys("n")
    terminal.wait_for("New task", "/path/of/a/repository")
    terminal.type("Open at nine")
    terminal.keys("Enter")
    terminal.wait_for("Give the path of the git repository")
    terminal.type(str(repository))
    terminal.keys("Enter")
    terminal.wait_for("The agent asks")
