"""In tmux, the settings by keys: a wrong value, a right one, undone, and the file in the user's editor."""

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
EDITOR = """#!/bin/sh
for file; do :; done
printf '[merge]\\nstyle = "squash"\\n' >> "$file"
"""


@pytest.fixture(params=[(80, 24), (120, 40)], ids=["80x24", "120x40"])
def terminal(request: pytest.FixtureRequest, user: User) -> Iterator[Terminal]:
    user.env["DOCKER_HOST"] = "unix:///nonexistent/docker.sock"
    each = Terminal("settings", *request.param)
    yield each
    each.kill()


def test_a_setting_is_changed_undone_and_edited_in_the_file(
    terminal: Terminal, user: User, tmp_path: Path
) -> None:
    editor = tmp_path / "editor"
    editor.write_text(EDITOR)
    editor.chmod(0o755)
    user.env["EDITOR"] = user.env["VISUAL"] = f"{editor} --wait"
    file = Path(user.boatyard("config", "path", "--json").json["path"])
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("# mine\n[workspace]\nmemory_mb = 2000  # enough\n")
    terminal.open(user, make_repository(tmp_path / "shop", {"README.md": "# Shop\n"}))
    terminal.wait_for("engine ok", "Welcome")

    terminal.keys(",")
    terminal.wait_for("memory_mb", "2000", "file", "default")
    terminal.keys("/")
    terminal.type("memory")
    terminal.keys("Enter", "Enter")
    terminal.wait_for("workspace.memory_mb", "A number from 16")
    terminal.keys("C-u")
    terminal.type("1")
    terminal.keys("Enter")
    terminal.wait_for(">= 16", "nothing was changed")
    terminal.type("234")
    terminal.keys("Enter")
    terminal.wait_for("1234", gone="A number from 16")
    assert file.read_text() == "# mine\n[workspace]\nmemory_mb = 1234  # enough\n"
    terminal.keys("z")
    terminal.wait_for("2000", gone="1234")
    assert file.read_text() == "# mine\n[workspace]\nmemory_mb = 2000  # enough\n"

    terminal.keys("Escape")
    terminal.wait_for("idle_minutes")
    terminal.keys("/")
    terminal.type("merge.style")
    terminal.keys("Enter")
    terminal.wait_for("How work lands", gone="idle_minutes")
    terminal.keys("e")
    style = ("config", "get", "merge.style", "--json")
    terminal.wait_until(lambda _: user.boatyard(*style).json == "squash", "the editor has written")
    terminal.wait_for("squash", "file")
