"""In tmux, by keys alone: a merge, its undo, the same merge again; and one that stays, with the reason."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.terminal import Terminal
from tests.acceptance.user import User, git, make_repository

pytestmark = [
    pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed"),
    pytest.mark.slow,
]


@pytest.fixture(params=[(80, 24), (120, 40)], ids=["80x24", "120x40"])
def terminal(request: pytest.FixtureRequest, user: User) -> Iterator[Terminal]:
    user.env["DOCKER_HOST"] = "unix:///nonexistent/docker.sock"
    columns, rows = request.param
    each = Terminal("unmerge", columns, rows)
    yield each
    each.kill()


def files(folder: Path) -> dict[str, bytes]:
    """What lies in the user's working tree."""
    found = (path for path in folder.rglob("*") if path.is_file() and ".git" not in path.parts)
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


def test_a_merge_is_undone_by_a_key_and_made_again(terminal: Terminal, user: User, tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "repo", {"README.md": "# Repo\n", "mine.txt": "mine\n"})
    run = ("--repo", str(repository), "--agent", "demo", "--runner", "host", "--approve", "all", "--wait")
    name = user.boatyard("run", "N.md", *run, "--json").json["workspace"]["name"]
    (repository / "mine.txt").write_text("an edit of mine\n")
    (repository / "draft.txt").write_text("a file of mine\n")
    tip, before = git(repository, "rev-parse", "main"), files(repository)
    diff = user.boatyard("workspace", "diff", name).out
    terminal.open(user, repository)
    terminal.wait_for("engine ok", "n-md")
    terminal.keys("G", "m")
    terminal.wait_for("Merge n-md", "new: ")
    terminal.keys("Enter")
    terminal.wait_for("Merged n-md", "z takes it back", gone="Commit message")
    merge = git(repository, "rev-parse", "main")
    assert merge != tip and files(repository) != before
    terminal.keys("z")
    terminal.wait_for(f"main is back at {tip[:8]}", "m merges n-md again", "In review 1")
    assert git(repository, "rev-parse", "main") == tip and files(repository) == before
    assert git(repository, "status", "--porcelain").split() == ["M", "mine.txt", "??", "draft.txt"]
    assert user.boatyard("workspace", "diff", name).out == diff
    assert user.boatyard("task", "list", "--json").json[0]["status"] == "in_review"

    terminal.keys("m")
    terminal.wait_for("Merge n-md", "new: ")
    terminal.keys("Enter")
    terminal.wait_for("Done 1", gone="Commit message")
    assert git(repository, "rev-parse", "main^1") == tip
    git(repository, "commit", "-qam", "On top of it")
    on_top = git(repository, "rev-parse", "main")
    terminal.keys("d")
    terminal.wait_for("Take the merge back")
    terminal.keys("u")
    terminal.wait_for("commits on top of the merge", "revert -m 1")
    assert git(repository, "rev-parse", "main") == on_top
