"""Two homes on one container engine, with workspaces of the same name, never see or touch each other's."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.user import User, make_repository

pytestmark = [pytest.mark.container, pytest.mark.slow]


@pytest.fixture
def pair(docker_engine: str) -> Iterator[tuple[User, User]]:
    """Two homes, each with a repository and a workspace named `same` whose container runs."""
    folder = Path(tempfile.mkdtemp(prefix="by-"))
    users = User(folder / "one"), User(folder / "two")
    for number, user in enumerate(users, 1):
        repository = make_repository(folder / f"repository-{number}", {"whose.txt": f"{number}\n"})
        options = ("--runner", "docker", "--image", docker_engine, "--network", "none", "--name", "same")
        user.boatyard("run", "Same", "--repo", str(repository), *options)
    yield users
    for user in users:
        user.boatyard("workspace", "remove", "same", "--force", ok=False)
        user.boatyard("engine", "stop", ok=False)
    shutil.rmtree(folder)


def docker(*argv: str) -> list[str]:
    done = subprocess.run(["docker", *argv], capture_output=True, text=True, check=True, env=os.environ)
    return done.stdout.split()


def names(user: User) -> list[str]:
    return [each["name"] for each in user.boatyard("container", "list", "--json").json]


def whose(user: User) -> str:
    return user.boatyard("workspace", "exec", "same", "--", "cat", "whose.txt").out.strip()


def test_each_lists_and_enters_its_own_alone(pair: tuple[User, User]) -> None:
    one, two = pair
    (first,), (second,) = names(one), names(two)
    assert first != second
    assert (whose(one), whose(two)) == ("1", "2")
    refused = one.boatyard("container", "stop", second, ok=False)
    assert refused.code == 3
    assert second in docker("ps", "--format", "{{.Names}}")


def test_stopping_and_removing_in_one_home_leaves_the_other_running(pair: tuple[User, User]) -> None:
    one, two = pair
    (second,) = names(two)
    started = docker("inspect", "-f", "{{.State.StartedAt}}", second)
    one.boatyard("workspace", "close", "same")
    one.boatyard("workspace", "restore", "same")
    one.boatyard("container", "restart", "same")
    one.boatyard("container", "prune")
    one.boatyard("workspace", "remove", "same", "--force")
    assert names(one) == []
    assert names(two) == [second]
    assert docker("inspect", "-f", "{{.State.StartedAt}}", second) == started
    assert whose(two) == "2"


def test_an_orphan_of_one_home_is_not_the_others_to_prune(
    pair: tuple[User, User], docker_engine: str
) -> None:
    one, two = pair
    (second,) = names(two)
    instance = second.removeprefix("boatyard-").removesuffix("-same")
    orphan = f"boatyard-{instance}-gone"
    labels = (f"--label=boatyard.instance={instance}", "--label=boatyard.workspace=gone")
    docker("create", "--name", orphan, *labels, docker_engine, "true")
    try:
        assert one.boatyard("container", "prune", "--json").json["containers"] == []
        assert orphan in docker("ps", "-a", "--format", "{{.Names}}")
        pruned = two.boatyard("container", "prune", "--json").json["containers"]
        assert [each["name"] for each in pruned] == [orphan]
    finally:
        subprocess.run(["docker", "rm", "-f", orphan], capture_output=True, check=False)


def test_an_engine_that_starts_again_finds_its_own_alone(pair: tuple[User, User]) -> None:
    one, two = pair
    before = names(one), names(two)
    for user in pair:
        user.boatyard("engine", "stop")
    assert (names(one), names(two)) == before
    assert (whose(one), whose(two)) == ("1", "2")
