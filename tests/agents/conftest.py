"""Fixtures of the tests with agents."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.agents.real_agent import RealAgent, install, rig_folder, stub_model


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty home folder."""
    folder = tmp_path / "home"
    (folder / "tmp").mkdir(parents=True)
    return folder


@pytest.fixture
def env(home: Path) -> dict[str, str]:
    """An environment that knows nothing of the user's, with a quick demo agent and an identity for git."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "TMPDIR": str(home / "tmp"),
        "LANG": "C.UTF-8",
        "BOATYARD_DEMO_PACE": "0",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "T",
        "GIT_AUTHOR_EMAIL": "t@example.org",
        "GIT_COMMITTER_NAME": "T",
        "GIT_COMMITTER_EMAIL": "t@example.org",
    }


def git(folder: Path, env: dict[str, str], *arguments: str) -> str:
    """Runs git in a repository of the test's."""
    done = subprocess.run(
        ["git", "-C", str(folder), *arguments], env=env, check=True, capture_output=True, text=True
    )
    return done.stdout


def make_repository(folder: Path, env: dict[str, str]) -> Path:
    """A repository with one Python file and one commit."""
    folder.mkdir(parents=True)
    (folder / "hello.py").write_text("print('hello')\n")
    git(folder, env, "init", "-q", "-b", "main")
    git(folder, env, "add", ".")
    git(folder, env, "commit", "-q", "-m", "first")
    return folder


@pytest.fixture
def repository(tmp_path: Path, env: dict[str, str]) -> Path:
    return make_repository(tmp_path / "repo", env)


@pytest.fixture(scope="session")
def real_agent() -> RealAgent:
    """An installed agent that is not ours."""
    rig_folder()
    return install()


@pytest.fixture
def model_url(tmp_path: Path) -> Iterator[str]:
    """The URL of a scripted model on this machine."""
    folder = tmp_path / "model"
    folder.mkdir()
    with stub_model(folder) as url:
        yield url
