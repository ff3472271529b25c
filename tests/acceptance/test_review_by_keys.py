"""In tmux, the whole review by keys alone: comment, send, discard, undo, update with a conflict, merge."""

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

LINES = [f"line {number}" for number in range(1, 31)]


def text(**changed: str) -> str:
    """The file with some of its lines written otherwise, as `line2="…"`."""
    lines = [changed.get(f"line{number}", line) for number, line in enumerate(LINES, 1)]
    return "\n".join(lines) + "\n"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    return make_repository(tmp_path / "repo", {"README.md": "# Repo\n", "zz.txt": text()})


@pytest.fixture(params=[(80, 24), (120, 40), (200, 60)], ids=["80x24", "120x40", "200x60"])
def terminal(request: pytest.FixtureRequest, user: User, repository: Path) -> Iterator[Terminal]:
    user.env["DOCKER_HOST"] = "unix:///nonexistent/docker.sock"
    columns, rows = request.param
    each = Terminal("review", columns, rows)
    yield each
    each.kill()


def test_the_whole_review_by_keys(terminal: Terminal, user: User, repository: Path) -> None:
    run = ("--repo", str(repository), "--agent", "demo", "--runner", "host", "--approve", "all", "--wait")
    workspace = user.boatyard("run", "Write NOTES.md about the sea", *run, "--json").json["workspace"]
    folder = Path(workspace["repos"][0]["path"])
    mine = text(line2="LINE 2, mine", line25="LINE 25, mine")
    (folder / "zz.txt").write_text(mine)
    terminal.open(user, repository)
    terminal.wait_for("engine ok", "write-notes")
    terminal.keys("G", "Enter", "4")
    terminal.wait_for("against main", "zz.txt")
    terminal.keys("G", "Enter")
    terminal.wait_for("LINE 2, mine", "hunk 1/2")

    terminal.keys("/")
    terminal.type("line 2, mine")
    terminal.keys("Enter")
    terminal.wait_for("LINE 2, mine", gone="find ")
    terminal.keys("c")
    terminal.wait_for("Comment on zz.txt:2")
    terminal.type("Say why")
    terminal.keys("Enter")
    terminal.wait_for("open  Say why", gone="Comment on")
    terminal.keys("C")
    terminal.wait_for("Comments on", "Say why")
    terminal.keys("s")
    terminal.wait_for("sent to the agent", "sent  ")
    terminal.keys("Escape")
    terminal.wait_for("sent  Say why", "+6", "0 running", gone="Comments on")  # the agent has worked
    assert user.boatyard("workspace", "comments", workspace["name"], "--json").json[0]["sent_at"]

    mine = (folder / "zz.txt").read_text()  # the agent has added a line of its own

    terminal.keys("g", "l", "d")
    terminal.wait_for("The hunk")
    terminal.keys("h")
    terminal.wait_for("Discard the hunk in zz.txt?")
    terminal.keys("y")
    terminal.wait_for("takes it back", "hunk 1/1", gone="LINE 2, mine")
    assert (folder / "zz.txt").read_text() == mine.replace("LINE 2, mine", "line 2")
    terminal.keys("z")
    terminal.wait_for("is as it was before", "LINE 2, mine")
    assert (folder / "zz.txt").read_text() == mine

    (repository / "zz.txt").write_text(text(line25="LINE 25, theirs"))
    git(repository, "commit", "-qam", "Another 25")
    terminal.keys("u")
    terminal.wait_for("Update", "Rebase")
    terminal.keys("m")
    terminal.wait_for("has stopped", "zz.txt", "LINE 25, theirs", "LINE 25, mine")
    terminal.keys("o")
    terminal.wait_for("ours taken")
    terminal.keys("c")
    terminal.wait_for("has everything of its target", gone="has stopped")
    terminal.wait_for("LINE 2, mine")
    assert (folder / "zz.txt").read_text() == mine

    terminal.keys("m")
    terminal.wait_for("Merge", "new: ")
    terminal.keys("Enter")
    terminal.wait_for("Merged")
    assert git(repository, "show", "main:zz.txt").strip() == (folder / "zz.txt").read_text().strip()
    assert git(repository, "status", "--porcelain") == ""
