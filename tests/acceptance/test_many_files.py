"""A workspace of 50,000 files in tmux: opened, walked, found in and changed by keys."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.terminal import Terminal
from tests.acceptance.user import User
from tests.bench.files import DEEPEST, make_repository

pytestmark = [
    pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed"),
    pytest.mark.slow,
    pytest.mark.timeout(600),
]
FILES, IGNORED = 50_000, 20_500


@pytest.fixture
def terminal(user: User) -> Iterator[Terminal]:
    each = Terminal("many", 120, 40)
    yield each
    each.kill()


def test_fifty_thousand_files_are_walked_found_in_and_changed(
    terminal: Terminal, user: User, tmp_path: Path
) -> None:
    repository = make_repository(tmp_path / "repo", FILES)
    run = ("--repo", str(repository), "--agent", "demo", "--runner", "host", "--approve", "all", "--wait")
    workspace = user.boatyard("run", "Write NOTES.md about the sea", *run, "--json", seconds=400).json[
        "workspace"
    ]
    folder = Path(workspace["repos"][0]["path"])
    packages = folder / "node_modules"
    packages.mkdir()
    for number in range(IGNORED):
        (packages / f"package-{number:05}").touch()
    terminal.open(user, repository)
    terminal.wait_for("engine ok", "write-notes")
    terminal.keys("G", "Enter", "3")
    terminal.wait_for("repo/")

    terminal.keys("F")  # one of 2,000 siblings, and on to the last of them
    terminal.wait_for("Find a file of")
    terminal.type("sibling-1000")
    terminal.wait_for("wide/sibling-1000.txt")
    terminal.keys("Enter")
    terminal.wait_for("sibling-1000.txt", "file 1000", gone="Find a file of")
    back_to_the_tree(terminal)
    terminal.keys("j")
    terminal.wait_for("file 1001")

    terminal.keys("F")  # 120 folders deep
    terminal.wait_for("Find a file of")
    terminal.type("last.txt")
    terminal.wait_for("deep/0/1/2/3")
    terminal.keys("Enter")
    terminal.wait_for("file 2000", "…122", "last.txt", gone="Find a file of")
    back_to_the_tree(terminal)
    terminal.keys("d")
    terminal.wait_for("takes it back")
    assert not (folder / "deep" / DEEPEST / "last.txt").exists()
    terminal.keys("z")
    wait_for_file(folder / "deep" / DEEPEST / "last.txt")
    terminal.wait_for("file 2000", "…122", "last.txt")

    terminal.keys(".")  # an ignored folder of many is one row
    terminal.wait_for("What git ignores is shown")
    terminal.keys("/")
    terminal.type("node_modules")
    terminal.keys("Enter")
    assert "package-" not in terminal.wait_for("node_modules/", "ignored")


def wait_for_file(path: Path) -> None:
    """Returns when it is there."""
    deadline = time.monotonic() + 60
    while not path.exists():
        assert time.monotonic() < deadline, path
        time.sleep(0.05)


def back_to_the_tree(terminal: Terminal) -> None:
    """Escape and a key right after it would be one key with Alt."""
    terminal.keys("Escape")
    terminal.wait_for("n new file")
