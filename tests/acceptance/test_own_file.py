"""Scripts that a repository brings along run only after the user trusted their very content."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.acceptance.user import COMMAND, User, git, make_repository
from tests.pty import Terminal

pytestmark = pytest.mark.slow

NAME = ".boatyard.toml"


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    return tmp_path / "canary"


@pytest.fixture
def repository(tmp_path: Path, canary: Path) -> Path:
    return make_repository(tmp_path / "armed", {NAME: f'[scripts]\nsetup = "touch {canary}"\n'})


def run(user: User, repository: Path, name: str) -> str:
    argv = ["run", "Something", "--no-agent", "--repo", str(repository), "--runner", "host", "--name", name]
    return user.boatyard(*argv).err


def test_from_the_first_run_to_a_change_of_the_file(user: User, repository: Path, canary: Path) -> None:
    told = run(user, repository, "first")
    assert "not trusted" in told and "setup script" in told and "boatyard repo trust armed" in told
    assert not canary.exists()
    (finding,) = [
        each for each in user.boatyard("doctor", "--json", ok=False).json if each["name"] == "own files"
    ]
    assert "armed" in finding["what"] and finding["state"] == "warning"
    assert "not trusted" in user.boatyard("repo", "show", "armed").out

    shown = user.boatyard("repo", "trust", "armed", "--show")
    assert f"touch {canary}" in shown.out and "not trusted" in shown.out
    refused = user.boatyard("repo", "trust", "armed", "--json", ok=False)
    assert refused.code == 2 and "--yes" in refused.error["hint"]
    assert not user.boatyard("repo", "trust", "armed", "--show", "--json").json["trusted"]

    user.boatyard("repo", "trust", "armed", "--yes")
    assert "not trusted" not in run(user, repository, "second")
    assert canary.exists()
    assert "trusted: setup script" in user.boatyard("repo", "show", "armed").out

    canary.unlink()
    (repository / NAME).write_text((repository / NAME).read_text() + "# changed\n")
    git(repository, "commit", "-qam", "a byte")
    assert "not trusted" in run(user, repository, "third")
    assert not canary.exists()

    git(repository, "reset", "-q", "--hard", "HEAD~1")
    user.boatyard("repo", "untrust", "armed")
    assert "not trusted" in run(user, repository, "fourth")
    assert not canary.exists()


@pytest.mark.parametrize("answer", ["y", "n"])
def test_on_a_terminal_it_is_shown_and_asked(user: User, repository: Path, answer: str) -> None:
    user.boatyard("repo", "add", str(repository))
    with Terminal([*COMMAND, "repo", "trust", "armed"], env=user.environment | {"TERM": "xterm"}) as terminal:
        terminal.until(lambda written: b"[y/N]" in written)
        assert b"touch " in terminal.written
        terminal.press(answer.encode() + b"\r")
        assert terminal.end(30) == 0
    seen = user.boatyard("repo", "trust", "armed", "--show", "--json").json
    assert seen["trusted"] is (answer == "y")


def test_a_file_that_is_wrong_is_told_by_line_and_nearest_key(user: User, tmp_path: Path) -> None:
    folder = make_repository(tmp_path / "wrong", {NAME: 'image = "x"\n[scripts]\nset-up = "true"\n'})
    told = run(user, folder, "first")
    assert "line 3" in told and "set-up" in told
    refused = user.boatyard("repo", "trust", "wrong", "--yes", "--json", ok=False)
    assert (
        refused.code != 0 and "line 3" in refused.error["message"] and "'setup'" in refused.error["message"]
    )


def test_an_option_goes_before_the_environment_and_that_before_the_file(user: User, tmp_path: Path) -> None:
    folder = make_repository(tmp_path / "shop", {NAME: 'image = "by-the-file"\n'})
    user.boatyard("repo", "add", str(folder))
    user.boatyard("repo", "trust", "shop", "--yes")

    def image(*options: str) -> str:
        argv = ["run", "x", "--no-agent", "--repo", str(folder), *options, "--json"]
        return str(user.boatyard(*argv).json["workspace"]["settings"]["image"])

    user.env["BOATYARD_RUNNER"] = "host"
    assert image() == "by-the-file"
    user.env["BOATYARD_IMAGE"] = "by-the-environment"
    assert image() == "by-the-environment"
    assert image("--image", "by-an-option") == "by-an-option"
    user.env["BOATYARD_RUNNER"] = "moon"
    refused = user.boatyard("run", "x", "--no-agent", "--repo", str(folder), "--json", ok=False)
    assert refused.code == 2 and "BOATYARD_RUNNER" in refused.error["message"]
