"""Whatever a container does to itself, the repository, the depot and the machine are none the worse."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.user import Answer, User, git, make_repository

pytestmark = [pytest.mark.container, pytest.mark.slow]

NAME = "harm"


@pytest.fixture
def user(docker_engine: str) -> Iterator[User]:
    """A user with one open workspace in a container."""
    folder = Path(tempfile.mkdtemp(prefix="by-"))
    user = User(folder / "home")
    repository = make_repository(folder / "repository", {"README.md": "# Mine\n"})
    options = ("--runner", "docker", "--image", docker_engine, "--network", "none", "--name", NAME)
    user.boatyard("run", "Harm", "--no-agent", "--repo", str(repository), "--processes", "64", *options)
    yield user
    user.leave()
    shutil.rmtree(folder)


def repository_of(user: User) -> Path:
    return user.home.parent / "repository"


def inside(user: User, script: str, *, ok: bool = True) -> Answer:
    return user.boatyard("workspace", "exec", NAME, "--", "sh", "-c", script, ok=ok)


def test_files_made_inside_belong_to_the_user(user: User) -> None:
    inside(user, "mkdir -p made/deep; echo x > made/deep/file; ln -s file made/deep/link")
    folder = Path(user.boatyard("workspace", "show", NAME, "--json").json["repos"][0]["path"])
    for path in (folder / "made", *(folder / "made").rglob("*")):
        assert (path.lstat().st_uid, path.lstat().st_gid) == (os.getuid(), os.getgid()), path


def test_one_that_deletes_its_own_git_directory(user: User) -> None:
    repository = repository_of(user)
    before = git(repository, "rev-parse", "HEAD"), git(repository, "status", "--porcelain")
    inside(user, "echo work > WORK.md; rm -rf .git; rm -rf /boatyard/git/*/* 2>/dev/null; ls -la", ok=False)
    assert (git(repository, "rev-parse", "HEAD"), git(repository, "status", "--porcelain")) == before
    git(repository, "fsck", "--strict")
    refused = user.boatyard("workspace", "diff", NAME, ok=False)
    assert refused.code != 0
    assert NAME in refused.err
    assert user.boatyard("workspace", "list", "--json").json[0]["name"] == NAME
    user.boatyard("workspace", "repair", NAME)
    assert user.boatyard("workspace", "exec", NAME, "--", "git", "status", "--porcelain").out == ""
    kept = list((user.home / "data" / "workspaces" / NAME / "damaged").rglob("WORK.md"))
    assert [path.read_text() for path in kept] == ["work\n"], "what lay in the folder is put aside"
