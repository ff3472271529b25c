"""The command line in the test's own process, with one engine for the tests of a file."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.cli.main import main
from tests.acceptance.user import Answer, User, make_repository
from tests.yard import AGENTS, HOST

Boatyard = Callable[..., Answer]


@pytest.fixture(scope="module")
def person() -> Iterator[User]:
    """A user whose engine lives as long as the tests of the file."""
    folder = Path(tempfile.mkdtemp(prefix="by-"))
    person = User(folder / "home")
    (folder / "home" / "config").mkdir(parents=True)
    (folder / "home" / "config" / "config.toml").write_text(HOST + AGENTS)
    yield person
    for workspace in person.boatyard("workspace", "list", "--json").json:
        person.boatyard("workspace", "stop", workspace["name"])
    person.boatyard("engine", "stop")
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def repository(person: User) -> Path:
    return make_repository(person.home.parent / "repo", {"README.md": "# Repo\n", "data.bin": "a\0b"})


@pytest.fixture
def boatyard(person: User, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Boatyard:
    """Runs a command; one that should succeed and does not fails the test."""
    monkeypatch.setenv("BOATYARD_HOME", str(person.home))
    monkeypatch.setenv("BOATYARD_DEMO_PACE", "0")

    def run(*argv: str, ok: bool = True) -> Answer:
        capsys.readouterr()
        code = main(argv)
        out, err = capsys.readouterr()
        assert not ok or code == 0, (argv, code, out, err)
        return Answer(code, out, err)

    return run


@pytest.fixture
def workspace(boatyard: Boatyard, repository: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """A workspace of the test's own, in which an agent has worked."""
    argv = ("run", "Do it", "--repo", str(repository), "--agent", "writer", "--wait", "--json")
    name = boatyard(*argv).json["workspace"]["name"]
    yield name
    boatyard("workspace", "remove", name, "--force", ok=False)
