"""SIGKILL at each step of a push: the next engine pushes what was decided, or says that nothing was."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.lifecycle.pushing import PUSH_STEPS
from core.values.requests import MergeWorkspace, PushWorkspace
from core.values.states import OperationStatus
from tests.acceptance.test_push import at, commit_inside, give_remote
from tests.daemon.killing import killed
from tests.daemon.test_killed_at_every_step import operation_of
from tests.yard import Daemon, git

pytestmark = pytest.mark.slow

POINTS = [*(name for name, _ in PUSH_STEPS), "pushed:0"]


@pytest.mark.parametrize("step", POINTS)
async def test_a_push(daemon: Daemon, step: str) -> None:
    await daemon.start()
    repository = daemon.repository()
    remote = give_remote(repository)
    workspace = await daemon.workspace(name="fix-it")
    first = commit_inside(workspace, {"a.txt": "a\n"})
    body = PushWorkspace()
    await killed(daemon, f"push:{step}", lambda: daemon.client.push("fix-it", body))
    ended = await operation_of(daemon, "push")
    if step == "snapshot":
        assert ended.status is OperationStatus.UNDONE
        assert "before anything of 'fix-it' was pushed" in str(ended.error)
        assert git(remote, "branch", "--list", workspace.branch) == ""
        await daemon.client.push("fix-it", body)
    else:
        assert ended.status is OperationStatus.DONE, ended
    assert at(remote, workspace.branch) == first
    git(repository, "fsck", "--connectivity-only")
    # It is known who pushed that: the next push may take its place.
    amended = commit_inside(workspace, {"a.txt": "b\n"}, "--amend")
    await daemon.client.push("fix-it", body)
    assert at(remote, workspace.branch) == amended


async def test_a_push_whose_lease_is_lost_meanwhile_fails_in_words(daemon: Daemon) -> None:
    await daemon.start()
    repository = daemon.repository()
    remote = give_remote(repository)
    workspace = await daemon.workspace(name="fix-it")
    commit_inside(workspace, {"a.txt": "a\n"})

    async def act() -> None:
        try:
            await daemon.client.push("fix-it", PushWorkspace())
        finally:
            git(repository, "push", "-q", str(remote), f"main:refs/heads/{workspace.branch}")

    await killed(daemon, "push:look", act)
    ended = await operation_of(daemon, "push")
    assert ended.status is OperationStatus.FAILED
    assert "moved by somebody else meanwhile" in str(ended.error)
    assert at(remote, workspace.branch) == git(repository, "rev-parse", "main")


@pytest.mark.parametrize("step", ["land", "record"])
async def test_a_push_that_was_asked_for_with_a_merge(daemon: Daemon, step: str) -> None:
    await daemon.start()
    repository: Path = daemon.repository()
    remote = give_remote(repository)
    workspace = await daemon.workspace(name="fix-it")
    commit_inside(workspace, {"a.txt": "a\n"})
    body = MergeWorkspace(push=True)
    await killed(daemon, f"merge:{step}", lambda: daemon.client.merge("fix-it", body))
    assert (await operation_of(daemon, "push")).status is OperationStatus.DONE
    assert at(remote, "main") == git(repository, "rev-parse", "main")
    assert git(remote, "show", "main:a.txt") == "a"
