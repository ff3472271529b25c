"""A workspace is as it was at any moment again: by command line, with a real agent's turns between."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.user import User, git, make_repository
from tests.waiting import until

pytestmark = pytest.mark.slow

MAKE = """
printf 'one' > tracked.txt; rm -f gone.txt; echo new > new.txt; printf '\\000\\377\\001' > data.bin
printf '#!/bin/sh\\n' > run.sh; chmod +x run.sh; ln -sf new.txt link; mkdir -p made/by/tool; echo s > .env
"""
SPOIL = """
printf 'two' > tracked.txt; echo back > gone.txt; rm -rf new.txt data.bin link made; chmod -x run.sh
git add -A; git commit -qm spoiled; echo more > more.txt; echo t > .env
"""


@pytest.mark.parametrize("runner", ["host", pytest.param("docker", marks=pytest.mark.container)])
def test_every_kind_of_file_comes_back_over_all_repos_at_once(
    user: User, tmp_path: Path, runner: str, request: pytest.FixtureRequest
) -> None:
    files = {"tracked.txt": "zero", "gone.txt": "gone", ".gitignore": ".env\n"}
    one, two = (make_repository(tmp_path / name, files) for name in ("one", "two"))
    options = ["--runner", runner, "--json"]
    if runner == "docker":
        options += ["--image", request.getfixturevalue("docker_engine")]
    made = user.boatyard("run", "Sail", "--no-agent", "--repo", str(one), "--repo", str(two), *options).json
    name, folder = made["workspace"]["name"], Path(made["workspace"]["folder"])

    for repo in ("one", "two"):
        user.boatyard("workspace", "exec", name, "--", "sh", "-c", f"cd {repo} && {MAKE}")
    kept = user.boatyard("workspace", "checkpoint", name, "-m", "all well", "--json").json
    assert (kept["number"], kept["kind"], kept["message"]) == (1, "manual", "all well")
    for repo in ("one", "two"):
        user.boatyard("workspace", "exec", name, "--", "sh", "-c", f"cd {repo} && {SPOIL}")

    stat = user.boatyard("workspace", "diff", name, "--from", "1", "--json").json
    changed = {file["path"]: file["change"] for file in stat["files"] if file["repo_id"]}
    assert {"tracked.txt": "modified", "gone.txt": "added", "more.txt": "added"}.items() <= changed.items()
    assert "-one" in user.boatyard("workspace", "diff", name, "--from", "1").out

    user.boatyard("workspace", "restore-to", name, "1")
    for repo in ("one", "two"):
        there = folder / repo
        assert (there / "tracked.txt").read_text() == "one"
        assert not (there / "gone.txt").exists() and not (there / "more.txt").exists()
        assert (there / "data.bin").read_bytes() == b"\0\xff\1"
        assert (there / "link").readlink() == Path("new.txt")
        assert (there / "run.sh").stat().st_mode & 0o100
        assert (there / "made/by/tool").is_dir()
        assert (there / ".env").read_text() == "t\n", "an ignored file is nobody's business"
    kinds = [each["kind"] for each in user.boatyard("workspace", "checkpoints", name, "--json").json]
    assert kinds == ["manual", "before_restore"]

    user.boatyard("workspace", "restore-to", name, "2")
    assert (folder / "one/more.txt").read_text() == "more\n"
    assert not (folder / "two/made").exists()
    log = user.boatyard("workspace", "exec", name, "--", "git", "-C", str(folder / "one"), "log", "--oneline")
    assert "spoiled" in log.out
    assert git(one, "status", "--porcelain") == ""


async def test_turns_leave_checkpoints_that_say_what_they_changed(user: User, tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "repo", {"README.md": "# Repo\n"})
    options = ["--repo", str(repository), "--agent", "demo", "--wait", "--runner", "host", "--json"]
    name = user.boatyard("run", "Describe README.md", *options).json["workspace"]["name"]

    def taken() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = user.boatyard("workspace", "checkpoints", name, "--json").json
        return found

    await until(lambda: len(taken()) == 2)  # the second one comes soon after the turn
    before, after = taken()
    assert (before["kind"], before["files"], after["kind"]) == ("before_turn", 0, "after_turn")
    assert after["files"] > 0
    people = user.boatyard("workspace", "checkpoints", name).out
    assert "no change" in people and "before turn" in people
    brought = user.boatyard("workspace", "diff", name, "--to", "2", "--json").json
    assert len(brought["files"]) == after["files"]
    user.boatyard("workspace", "restore-to", name, "1")
    assert user.boatyard("workspace", "diff", name, "--json").json["files"] == []

    refused = user.boatyard("workspace", "restore-to", name, "9", "--json", ok=False)
    assert (refused.code, refused.error["code"]) == (3, "not_found")
    assert user.boatyard("workspace", "restore-to", name, "-1", ok=False).code == 2
