"""`run --wait`, `workspace diff`, `workspace merge`: the user's repository changes by exactly the merge."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.acceptance.user import User, git, make_repository, picture

pytestmark = pytest.mark.slow

FILES = 3000


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository of some thousands of files, with a hook and an ignored file of the user's."""
    files = {f"src/part{n % 40}/module{n}.py": f"VALUE = {n}\n" for n in range(FILES)}
    folder = make_repository(tmp_path / "big", {**files, ".gitignore": ".env\n", "README.md": "# Big\n"})
    (folder / ".env").write_text("SECRET=1\n")
    return folder


@pytest.mark.parametrize("runner", ["host", pytest.param("docker", marks=pytest.mark.container)])
def test_a_run_changes_the_repository_by_exactly_the_merge(
    user: User, repository: Path, runner: str, request: pytest.FixtureRequest
) -> None:
    options = ["--runner", runner]
    if runner == "docker":
        options += ["--image", request.getfixturevalue("docker_engine")]
    before = picture(repository)

    answer = user.boatyard(
        "run",
        "Describe README.md",
        "--repo",
        str(repository),
        "--agent",
        "demo",
        "--wait",
        "--json",
        *options,
    )
    run = answer.json
    name = run["workspace"]["name"]
    assert run["process"]["status"] == "completed"
    assert run["workspace"]["runner"] == runner
    assert picture(repository) == before, "the run itself touched the user's repository"

    diff = user.boatyard("workspace", "diff", name, "--json").json
    assert [file["path"] for file in diff["files"]], "the agent changed nothing"
    assert "diff --git" in user.boatyard("workspace", "diff", name).out

    merged = user.boatyard("workspace", "merge", name, "--json").json["merges"]
    after = picture(repository)
    assert after["head"] == merged[0]["commit"]
    assert git(repository, "rev-parse", f"{after['head']}^1") == before["head"]
    assert after["refs"] == [f"refs/heads/main {after['head']}"]
    for part in ("config", "hooks", "status"):
        assert after[part] == before[part], f"{part} changed"
    assert set(after["git files"]) - set(before["git files"]) <= {"ORIG_HEAD"}
    changed = set(git(repository, "diff", "--name-only", before["head"], after["head"]).splitlines())
    assert changed == {file["path"] for file in diff["files"]}
    assert (repository / ".env").read_text() == "SECRET=1\n"


def test_a_second_merge_brings_only_what_is_new(user: User, tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "small", {"README.md": "# Small\n"})
    options = ["--repo", str(repository), "--agent", "demo", "--wait", "--runner", "host", "--json"]
    name = user.boatyard("run", "Describe README.md", *options).json["workspace"]["name"]
    user.boatyard("workspace", "merge", name, "--style", "squash")
    first = git(repository, "rev-parse", "main")
    user.boatyard("workspace", "exec", name, "--", "sh", "-c", "echo more > MORE.md")
    user.boatyard("workspace", "merge", name, "--style", "squash", "-m", "More")
    assert git(repository, "diff", "--name-only", first, "main").splitlines() == ["MORE.md"]
    assert git(repository, "log", "-1", "--format=%s", "main") == "More"
    assert user.boatyard("workspace", "merge", name, "--json").json["merges"] == []


def test_what_has_landed_does_not_count_as_a_loss(user: User, tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "small", {"README.md": "# Small\n"})
    name = user.boatyard(
        "run", "Write", "--no-agent", "--repo", str(repository), "--runner", "host", "--json"
    ).json["workspace"]["name"]
    user.boatyard("workspace", "exec", name, "--", "sh", "-c", "echo new > NEW.md")
    refused = user.boatyard("workspace", "remove", name, "--json", ok=False)
    assert refused.code == 4
    assert refused.error["details"]["untracked_files"] == 1
    user.boatyard("workspace", "merge", name)
    user.boatyard("workspace", "remove", name)
    user.boatyard("workspace", "recover", name)
    assert user.boatyard("workspace", "cat", name, "small/NEW.md").out == "new\n"


def test_a_run_takes_the_only_agent_there_is_and_asks_which_where_there_are_several(
    user: User, tmp_path: Path
) -> None:
    repository = make_repository(tmp_path / "small", {"README.md": "# Small\n"})
    user.env["PATH"] = "/usr/bin:/bin"  # where no real agent is
    argv = ["run", "Sail", "--repo", str(repository), "--runner", "host", "--wait"]
    refused = user.boatyard(*argv, "--json", ok=False)
    assert (refused.code, user.snapshot().workspaces) == (2, ())
    assert "demo" in refused.error["message"] and "--no-agent" in refused.error["hint"]
    one = ["--kind", "command", "--", "sh", "-c", "echo sailed"]
    user.boatyard("agent", "add", "one", *one)
    assert "sailed" in user.boatyard(*argv).out
    user.boatyard("agent", "add", "two", *one)
    assert "one, two" in user.boatyard(*argv, "--json", ok=False).error["message"]
