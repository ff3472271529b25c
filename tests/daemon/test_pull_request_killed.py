"""SIGKILL at each step of opening a pull request: whatever happens, there is one of it in the end."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from core.lifecycle.pull_requests import OPEN_STEPS
from core.supervision.crash import CRASH_AT
from core.values.pull_requests import PullStatus
from core.values.requests import OpenPullRequest
from core.values.states import OperationStatus
from tests.acceptance.pull_yard import commit_inside, forge_settings, hosted, watch_branches
from tests.acceptance.user import git
from tests.daemon.killing import crash_file, killed
from tests.daemon.test_killed_at_every_step import operation_of
from tests.forges.gitea_host import GiteaHost
from tests.forges.host import Host
from tests.yard import AGENTS, HOST, Daemon

pytestmark = pytest.mark.slow

POINTS = [*(name for name, _ in OPEN_STEPS), "opened:0"]
DECIDED = ("draft", "push", "open", "opened:0")


@pytest.fixture
async def host() -> AsyncIterator[Host]:
    async with GiteaHost() as each:
        yield each


@pytest.fixture
async def daemon(host: Host, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Daemon]:
    daemon = Daemon(forked=True)
    monkeypatch.setenv(CRASH_AT, str(crash_file(daemon)))
    daemon.config = HOST + AGENTS + forge_settings(host, daemon.folder)
    async with daemon as each:
        yield each


@pytest.mark.parametrize("step", POINTS)
async def test_an_opening(daemon: Daemon, host: Host, step: str) -> None:
    await daemon.start()
    _, bare = hosted(daemon, host)
    host.before = lambda: watch_branches(host, bare)
    workspace = await daemon.workspace(name="fix-it", title="Fix it")
    head = commit_inside(workspace, {"a.txt": "a\n"})
    body = OpenPullRequest(body="decided before")
    await killed(daemon, f"pull-request:{step}", lambda: daemon.client.open_pull_requests("fix-it", body))
    ended = await operation_of(daemon, "pull-request")
    if step in DECIDED:
        assert ended.status is OperationStatus.DONE, ended
    else:
        assert ended.status is OperationStatus.UNDONE
        assert "before anything of 'fix-it' was pushed" in str(ended.error)
        assert git(bare, "branch", "--list", workspace.branch) == ""
        await daemon.client.open_pull_requests("fix-it", body)
    (link,) = (await daemon.client.workspace("fix-it")).pull_requests
    assert (link.number, link.status, link.state.head) == (1, PullStatus.OPEN, head)
    assert [pull.body for pull in host.pulls] == ["decided before"]


async def test_an_opening_killed_within_its_push(daemon: Daemon, host: Host) -> None:
    await daemon.start()
    _, bare = hosted(daemon, host)
    host.before = lambda: watch_branches(host, bare)
    workspace = await daemon.workspace(name="fix-it", title="Fix it")
    commit_inside(workspace, {"a.txt": "a\n"})
    act = daemon.client.open_pull_requests
    await killed(daemon, "push:pushed:0", lambda: act("fix-it", OpenPullRequest()))
    assert (await operation_of(daemon, "pull-request")).status is OperationStatus.DONE
    assert len(host.pulls) == 1
    amended = commit_inside(workspace, {"a.txt": "b\n"}, "--amend")
    await act("fix-it", OpenPullRequest())
    assert git(bare, "rev-parse", workspace.branch) == amended, "it is known who pushed"
