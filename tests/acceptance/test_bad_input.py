"""Bad input gets a clear error that names the thing and the next step, and leaves nothing half-made."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.values.states import WorkspaceState
from tests.acceptance.user import Answer, User, git, make_repository

pytestmark = pytest.mark.slow


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    return make_repository(tmp_path / "repo", {"README.md": "# Repo\n"})


def run(user: User, repository: Path | str, *options: str) -> Answer:
    argv = ["run", "Something", "--repo", str(repository), "--runner", "host", "--json"]
    agent = () if "--agent" in options else ("--no-agent",)
    return user.boatyard(*argv, *agent, *options, ok=False)


def check(user: User, answer: Answer, code: int, *words: str) -> None:
    """The error names each word, says what to do, and nothing was made."""
    assert answer.code == code, answer
    error = answer.error
    for word in words:
        assert word in error["message"], error
    assert error["hint"], error
    assert nothing_made(user) == []


def nothing_made(user: User) -> list[Any]:
    """Whatever is left of an attempt: rows, folders, containers."""
    there = user.snapshot()
    folders = (user.home / "data" / "workspaces").iterdir()
    return [*there.projects, *there.tasks, *there.workspaces, *there.repos, *folders]


def test_a_path_that_does_not_exist(user: User, tmp_path: Path) -> None:
    check(user, run(user, tmp_path / "nowhere"), 3, "nowhere")


def test_a_folder_that_is_no_repository(user: User, tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    check(user, run(user, tmp_path / "plain"), 2, "plain", "not a git repository")


def test_a_bare_repository(user: User, repository: Path, tmp_path: Path) -> None:
    subprocess.run(["git", "clone", "-q", "--bare", str(repository), str(tmp_path / "bare.git")], check=True)
    check(user, run(user, tmp_path / "bare.git"), 2, "bare.git", "bare")


def test_a_repository_without_a_commit(user: User, tmp_path: Path) -> None:
    (tmp_path / "unborn").mkdir()
    git(tmp_path / "unborn", "init", "-q")
    check(user, run(user, tmp_path / "unborn"), 2, "unborn", "no commit")


def test_a_target_branch_that_does_not_exist(user: User, repository: Path) -> None:
    check(user, run(user, repository, "--target", "missing"), 3, "missing")


def test_a_name_that_is_illegal(user: User, repository: Path) -> None:
    for name in ("Upper", "-rf", "a", "two words", "../up", "x" * 64, "trailing-", "[/]"):
        check(user, run(user, repository, f"--name={name}"), 2, "name")


def test_a_name_that_is_taken(user: User, repository: Path) -> None:
    assert run(user, repository, "--name", "taken").code == 0
    answer = run(user, repository, "--name", "taken")
    assert answer.code == 4
    assert "taken" in answer.error["message"]
    assert (len(user.snapshot().tasks), len(user.snapshot().workspaces)) == (1, 1)


def test_an_agent_that_is_unknown(user: User, repository: Path) -> None:
    check(user, run(user, repository, "--agent", "nobody"), 3, "nobody")


def test_an_agent_that_is_not_installed(user: User, repository: Path) -> None:
    (user.home / "config").mkdir(parents=True)
    (user.home / "config" / "config.toml").write_text(
        '[agents.absent]\nkind = "acp"\ncommand = ["no-such-agent-anywhere"]\ninstall = "Get it somewhere."\n'
    )
    answer = run(user, repository, "--agent", "absent")
    check(user, answer, 1, "absent")
    assert answer.error["hint"] == "Get it somewhere."


@pytest.mark.container
def test_an_agent_that_the_container_lacks(user: User, repository: Path, docker_engine: str) -> None:
    (user.home / "config").mkdir(parents=True)
    (user.home / "config" / "config.toml").write_text(
        '[agents.absent]\nkind = "acp"\ncommand = ["no-such-agent-anywhere"]\ninstall = "Get it somewhere."\n'
    )
    argv = ["run", "Something", "--repo", str(repository), "--agent", "absent", "--json"]
    answer = user.boatyard(*argv, "--runner", "docker", "--image", docker_engine, ok=False)
    assert (answer.code, answer.error["hint"]) == (1, "Get it somewhere.")
    assert user.snapshot().workspaces == ()
    assert list((user.home / "data" / "workspaces").iterdir()) == []


@pytest.mark.container
def test_an_image_that_cannot_be_had(user: User, repository: Path, docker_engine: str) -> None:
    """Nobody can tell a wrong name from a registry that is away: it waits to be tried again, or removed."""
    argv = [
        "run",
        "Something",
        "--no-agent",
        "--repo",
        str(repository),
        "--runner",
        "docker",
        "--name",
        "waits",
        "--json",
    ]
    answer = user.boatyard(*argv, "--image", "localhost:1/no/such:image", ok=False)
    assert "localhost:1/no/such:image" in answer.error["message"]
    assert answer.error["hint"]
    assert [each.state for each in user.snapshot().workspaces] == [WorkspaceState.FAILED]
    user.boatyard("workspace", "remove", "waits", "--json")
    assert user.snapshot().workspaces == ()
    assert list((user.home / "data" / "workspaces").iterdir()) == []


@pytest.fixture
def silent_engine(tmp_path: Path) -> Iterator[str]:
    """A container engine that accepts every connection and never says a word."""
    path = f"/tmp/by-silent-{os.getpid()}.sock"
    server = socket.socket(socket.AF_UNIX)
    server.bind(path)
    server.listen(64)
    held: list[socket.socket] = []

    def accept() -> None:
        while True:
            try:
                held.append(server.accept()[0])
            except OSError:
                return

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    yield f"unix://{path}"
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    for connection in held:
        connection.close()
    os.unlink(path)


def test_a_container_engine_that_does_not_answer(user: User, repository: Path, silent_engine: str) -> None:
    user.env["DOCKER_HOST"] = silent_engine
    argv = ["run", "Something", "--no-agent", "--repo", str(repository), "--runner", "docker", "--json"]
    check(user, user.boatyard(*argv, ok=False, seconds=60), 5, "does not answer")


def test_without_a_container_engine_the_host_is_used_and_says_so(user: User, repository: Path) -> None:
    user.env["DOCKER_HOST"] = "unix:///nonexistent/docker.sock"
    answer = user.boatyard("run", "Something", "--no-agent", "--repo", str(repository), "--json")
    assert answer.json["workspace"]["runner"] == "host"
    assert "nothing isolates it" in answer.json["workspace"]["notice"]


@pytest.mark.skipif(os.geteuid() != 0, reason="a small file system can be mounted by root alone")
def test_no_disk_space_for_the_clone(user: User, tmp_path: Path) -> None:
    repository = make_repository(
        tmp_path / "large", {f"file{n}": os.urandom(50_000).hex() for n in range(100)}
    )
    user.home.mkdir(exist_ok=True)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=14m", "tmpfs", str(user.home)], capture_output=True, text=True
    )
    if mounted.returncode:
        pytest.skip(f"no file system can be mounted here: {mounted.stderr}")
    try:
        answer = run(user, repository)
        assert answer.code == 1, answer
        assert "space" in answer.error["message"] + answer.error["hint"], answer
        assert user.snapshot().workspaces == ()
        assert list((user.home / "data" / "workspaces").iterdir()) == []
    finally:
        user.leave()
        subprocess.run(["umount", "-l", str(user.home)], check=True)
        shutil.rmtree(user.home, ignore_errors=True)
        user.home.mkdir()
