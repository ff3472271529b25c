"""A workspace is archived, removed, brought back whole, and given up only when one says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.acceptance.user import User, make_repository


@pytest.mark.parametrize("runner", ["host", pytest.param("docker", marks=pytest.mark.container)])
def test_removed_work_comes_back_with_branch_files_and_history(
    user: User, tmp_path: Path, runner: str, request: pytest.FixtureRequest
) -> None:
    repository = make_repository(tmp_path / "repo", {"README.md": "# Repo\n", ".gitignore": "*.log\n"})
    options = ["--repo", str(repository), "--runner", runner, "--json"]
    if runner == "docker":
        options += ["--image", request.getfixturevalue("docker_engine")]
    name = user.boatyard("run", "Sail", *options).json["workspace"]["name"]
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
