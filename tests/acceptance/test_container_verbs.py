"""Containers from the command line, as a new user types it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.acceptance.user import User, make_repository

pytestmark = [pytest.mark.container, pytest.mark.slow]


def test_containers_are_listed_acted_on_and_pruned(user: User, tmp_path: Path, docker_engine: str) -> None:
    repository = make_repository(tmp_path / "repo", {"README.md": "# Repo\n"})
    user.boatyard("container", "defaults", "--memory", "300", "--image", docker_engine, "--network", "none")
    assert "memory_mb = 300" in (user.home / "config" / "config.toml").read_text()
    assert user.boatyard("config", "get", "workspace.network").out == 'workspace.network = "none"\n'
    user.boatyard("config", "set", "workspace.processes", "99")
    run = user.boatyard(
        "run", "Look", "--no-agent", "--repo", str(repository), "--runner", "docker", "--json"
    ).json
    name = run["workspace"]["name"]
    (listed,) = user.boatyard("container", "list", "--stats", "--json").json
    assert (listed["workspace"], listed["state"], listed["usage"]["processes_limit"]) == (name, "running", 99)
    assert "running" in user.boatyard("container", "list").out
    user.boatyard("container", "stop", name)
    assert user.boatyard("container", "list", "--json").json[0]["state"] == "exited"
    shown = user.boatyard("workspace", "show", name).out
    assert "300 MB, 99 processes" in shown and "was stopped" in shown
    assert "restarted" in user.boatyard("container", "restart", name).out
    user.boatyard("container", "logs", name)
    shell = user.boatyard("container", "shell", name, "--json").json
    assert listed["name"] in shell["argv"]
    user.boatyard("workspace", "set", name, "--memory", "350", "--allow-host", "example.org")
    settings = user.boatyard("workspace", "show", name, "--json").json["settings"]
    assert (settings["memory_mb"], settings["allow_hosts"]) == (350, ["example.org"])
    assert "nothing is left behind" in user.boatyard("container", "prune", "--dry-run").out
    missing = user.boatyard("container", "remove", "nothing-such", "--json", ok=False)
    assert (missing.code, missing.error["code"]) == (3, "not_found")
    assert "removed" in user.boatyard("container", "remove", name).out
    assert user.boatyard("container", "list", "--json").json == []
    user.boatyard("workspace", "repair", name)
    assert len(user.boatyard("container", "list", "--json").json) == 1
