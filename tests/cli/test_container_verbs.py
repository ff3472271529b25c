"""The verbs about containers, for people and for programs, on real containers."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.cli.verbs import all_verbs
from tests.cli.conftest import Boatyard

pytestmark = [pytest.mark.container, pytest.mark.slow, pytest.mark.xdist_group("container verbs")]

CALLED = {"list", "stop", "start", "restart", "remove", "logs", "shell", "prune", "defaults"}


@pytest.fixture
def name(boatyard: Boatyard, repository: Path, docker_engine: str) -> Iterator[str]:
    """A workspace with a running container."""
    options = ("--runner", "docker", "--image", docker_engine, "--network", "none")
    argv = ("run", "Contain it", "--no-agent", "--repo", str(repository), "--name", "contained", *options)
    boatyard(*argv)
    yield "contained"
    boatyard("workspace", "remove", "contained", "--force")
    boatyard("workspace", "purge", "contained")


def listed(boatyard: Boatyard, *options: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = boatyard("container", "list", "--json", *options).json
    return found


def docker(*argv: str) -> str:
    done = subprocess.run(["docker", *argv], capture_output=True, text=True, check=True, env=os.environ)
    return done.stdout.strip()


def test_there_is_no_verb_that_is_not_called_here() -> None:
    assert {verb.name for verb in all_verbs() if verb.noun == "container"} == CALLED


def test_stopped_started_restarted_and_removed(boatyard: Boatyard, name: str) -> None:
    (container,) = listed(boatyard)
    assert (container["workspace"], container["state"]) == (name, "running")
    assert f"stopped {container['name']}" in boatyard("container", "stop", name).out
    assert [each["state"] for each in listed(boatyard)] == ["exited"]
    boatyard("container", "start", name)
    boatyard("container", "restart", container["name"])
    assert [each["state"] for each in listed(boatyard)] == ["running"]
    boatyard("container", "remove", name)
    assert listed(boatyard) == []
    assert boatyard("workspace", "exec", name, "--", "cat", "README.md").out == "# Repo\n"
    assert [each["state"] for each in listed(boatyard)] == ["running"]


def test_what_they_use_is_shown(boatyard: Boatyard, name: str) -> None:
    (container,) = listed(boatyard, "--stats")
    assert container["usage"]["memory_bytes"] > 0
    people = boatyard("container", "list", "--stats").out
    assert "MEMORY" in people
    assert name in people


def test_logs_and_a_shell(boatyard: Boatyard, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert boatyard("container", "logs", name, "--json").json["text"] == ""
    called: list[list[str]] = []
    monkeypatch.setattr("os.execvp", lambda file, argv: called.append(list(argv)))
    boatyard("container", "shell", name, "pwd")
    assert called[0][-1] == "pwd"


def test_only_orphans_of_this_home_are_pruned(boatyard: Boatyard, name: str, docker_engine: str) -> None:
    (container,) = listed(boatyard)
    instance = container["name"].removeprefix("boatyard-").removesuffix(f"-{name}")
    labels = [f"--label=boatyard.instance={instance}", "--label=boatyard.workspace=ghost"]
    orphan = f"boatyard-{instance}-ghost"
    docker("create", "--name", orphan, *labels, docker_engine, "true")
    others = f"boatyard-{instance}-foreign"
    docker("create", "--name", others, "--label=boatyard.workspace=ghost", docker_engine, "true")
    try:
        would = boatyard("container", "prune", "--dry-run", "--json").json
        assert [each["name"] for each in would["containers"]] == [orphan]
        assert orphan in docker("ps", "-a", "--format", "{{.Names}}").split()
        assert f"removed {orphan}" in boatyard("container", "prune").out
        left = docker("ps", "-a", "--format", "{{.Names}}").split()
        assert (orphan in left, others in left, container["name"] in left) == (False, True, True)
    finally:
        docker("rm", "-f", others)


def test_what_is_not_there_is_refused_in_words(boatyard: Boatyard, name: str) -> None:
    refused = boatyard("container", "stop", "no-such-thing", ok=False)
    assert (refused.code, "no-such-thing" in refused.err) == (3, True)
    both = boatyard("container", "stop", name, "no-such-thing", ok=False)
    assert both.code == 3
    assert [each["state"] for each in listed(boatyard)] == ["exited"]


def test_defaults_are_kept_in_the_settings_file(boatyard: Boatyard) -> None:
    path = Path(boatyard("config", "path", "--json").json["path"])
    before = path.read_text()
    path.write_text("# my own words\n" + before)
    try:
        assert boatyard("container", "defaults", "--cpus", "1.5", "--json").json["cpus"] == 1.5
        assert "cpus       1.5" in boatyard("container", "defaults").out
        assert json.loads(boatyard("config", "get", "workspace.cpus", "--json").out) == 1.5
        assert path.read_text().startswith("# my own words\n")
    finally:
        path.write_text(before)
