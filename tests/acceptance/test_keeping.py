"""A workspace is archived, removed, brought back whole, and given up only when one says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.acceptance.user import User, make_repository

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("runner", ["host", pytest.param("docker", marks=pytest.mark.container)])
def test_removed_work_comes_back_with_branch_files_and_history(
    user: User, tmp_path: Path, runner: str, request: pytest.FixtureRequest
) -> None:
    repository = make_repository(tmp_path / "repo", {"README.md": "# Repo\n", ".gitignore": "*.log\n"})
    options = ["--repo", str(repository), "--runner", runner, "--json"]
    if runner == "docker":
        options += ["--image", request.getfixturevalue("docker_engine")]
    name = user.boatyard("run", "Sail", "--no-agent", *options).json["workspace"]["name"]
    script = "echo c > c; git add c; git commit -qm mine; echo x >> README.md; echo u > u; echo i > i.log"
    user.boatyard("workspace", "exec", name, "--", "sh", "-c", script)
    user.boatyard("workspace", "checkpoint", name, "-m", "kept")

    refused = user.boatyard("workspace", "remove", name, ok=False)
    assert refused.code == 4
    for counted in ("1 unmerged commit", "1 changed file", "1 untracked file", "1 ignored file"):
        assert counted in refused.err
    user.boatyard("workspace", "remove", name, "--force")
    assert name in user.boatyard("workspace", "recover").out
    (found,) = user.boatyard("workspace", "recover", "--json").json
    assert (found["name"], found["task_title"]) == (name, "Sail")

    user.boatyard("workspace", "recover", name)
    assert user.boatyard("workspace", "cat", name, "repo/u").out == "u\n"
    assert user.boatyard("workspace", "cat", name, "repo/i.log").out == "i\n"
    log = user.boatyard("workspace", "exec", name, "--", "git", "log", "--format=%s %D").out
    assert log.startswith(f"mine HEAD -> boatyard/{name}")
    assert [each["message"] for each in user.boatyard("workspace", "checkpoints", name, "--json").json] == [
        "kept"
    ]

    user.boatyard("workspace", "archive", name)
    assert name not in user.boatyard("workspace", "list").out
    assert name in user.boatyard("workspace", "list", "--archived").out
    user.boatyard("workspace", "restore", name)
    assert name in user.boatyard("workspace", "list").out

    user.boatyard("workspace", "remove", name, "--force")
    assert "would be deleted" in user.boatyard("workspace", "purge", name, "--dry-run").out
    assert f"{name}: " in user.boatyard("workspace", "purge", name).out
    assert user.boatyard("workspace", "recover", name, ok=False).code == 3


@pytest.mark.parametrize("runner", ["host", pytest.param("docker", marks=pytest.mark.container)])
def test_a_remix_goes_its_own_way_from_what_was_there(
    user: User, tmp_path: Path, runner: str, request: pytest.FixtureRequest
) -> None:
    repository = make_repository(tmp_path / "repo", {"README.md": "# Repo\n"})
    options = ["--repo", str(repository), "--runner", runner, "--env", "COLOUR=red", "--json"]
    if runner == "docker":
        options += ["--image", request.getfixturevalue("docker_engine")]
    name = user.boatyard("run", "Sail", "--no-agent", *options).json["workspace"]["name"]
    user.boatyard(
        "workspace", "exec", name, "--", "sh", "-c", "echo c > c; git add c; git commit -qm c; echo u > u"
    )
    user.boatyard("workspace", "remix", name, "--as", "again")
    assert f"from {name}" in user.boatyard("workspace", "show", "again").out
    assert user.boatyard("workspace", "cat", "again", "repo/u").out == "u\n"
    colour = ("--", "sh", "-c", "echo =$COLOUR=; git log -1 --format=%s; echo more > u")
    assert user.boatyard("workspace", "exec", "again", *colour).out == "==\nc\n"
    assert user.boatyard("workspace", "cat", name, "repo/u").out == "u\n"
    user.boatyard("workspace", "remix", name, "--as", "dressed", "--with-env")
    assert user.boatyard("workspace", "exec", "dressed", *colour).out == "=red=\nc\n"
    user.boatyard("workspace", "merge", "again")
    assert (repository / "u").read_text() == "more\n"
