"""`boatyard demo --headless` is the whole voyage: each step with its time, a merge commit, exit code 0."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.acceptance.user import User, git

STEPS = ("project", "task", "workspace", "agent turn", "diff", "merge")


def check_voyage(user: User, sample: Path, *options: str) -> None:
    answer = user.boatyard("demo", str(sample), "--headless", *options)
    for step in STEPS:
        assert re.search(rf"^✓ {step} +\d+\.\d\d s", answer.out, re.M), f"{step} is missing in {answer.out}"
    assert re.search(r"^✓ .*set-up.* \d+\.\d\d s", answer.err, re.M), answer.err
    assert "demonstration" in answer.out.lower()
    parents = git(sample, "rev-list", "--parents", "-1", "main").split()
    assert len(parents) == 3, "the target branch does not end in a merge commit"
    assert git(sample, "status", "--porcelain") == ""
    changed = git(sample, "diff", "--name-only", "main^1", "main").splitlines()
    assert changed, "the merge brought nothing"


def test_the_demo_runs_the_whole_voyage_on_the_host(user: User, tmp_path: Path) -> None:
    check_voyage(user, tmp_path / "sample", "--runner", "host")


@pytest.mark.container
def test_the_demo_runs_the_whole_voyage_in_a_container(
    user: User, tmp_path: Path, docker_engine: str
) -> None:
    check_voyage(user, tmp_path / "sample", "--runner", "docker", "--image", docker_engine)


@pytest.mark.slow
def test_the_demo_can_be_run_again_on_the_same_sample(user: User, tmp_path: Path) -> None:
    check_voyage(user, tmp_path / "sample", "--runner", "host")
    check_voyage(user, tmp_path / "sample", "--runner", "host")


@pytest.mark.slow
@pytest.mark.container
def test_without_an_image_the_demo_uses_the_host_and_says_so(
    user: User, tmp_path: Path, docker_engine: str
) -> None:
    (user.home / "config").mkdir(parents=True)
    (user.home / "config" / "config.toml").write_text('[workspace]\nimage = "localhost:1/no/such:image"\n')
    answer = user.boatyard("demo", str(tmp_path / "sample"), "--headless")
    assert "localhost:1/no/such:image" in answer.err
    assert "nothing isolates it" in answer.out
    assert "✓ merge" in answer.out
