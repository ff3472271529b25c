"""Every test here has a git configuration of its own, and no GIT_ variable of whoever runs it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

from tests.git.world import World, make_repository, make_world

settings.register_profile("shared-machine", deadline=None)
settings.load_profile("shared-machine")


@pytest.fixture(autouse=True)
def git_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The home folder of a user whom git knows."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    home = tmp_path / "home"
    home.mkdir()
    (home / ".gitconfig").write_text("[user]\n\tname = Ada User\n\temail = ada@users.example\n")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    return home


@pytest.fixture
async def world(tmp_path: Path, git_home: Path) -> World:
    """A workspace on a small repository."""
    files = {
        "a.txt": "one\ntwo\nthree\nfour\nfive\n",
        "b.txt": "b\n",
        "folder/c.txt": "c\n",
        ".gitignore": "*.log\n.env\n",
    }
    return await make_world(tmp_path, make_repository(tmp_path / "repo", files))
