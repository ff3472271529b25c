"""Open pull requests are looked at less and less while nothing happens, and not when nobody is there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.engine.pull_watching import SLOWEST, PullWatching
from core.values.events import Noticed
from core.values.requests import NewWorkspace, OpenPullRequest, UpdatePullRequest
from tests.acceptance.pull_yard import commit_inside, forge_settings, hosted, watch_branches
from tests.forges.gitea_host import GiteaHost
from tests.forges.github_host import GitHubHost
from tests.forges.host import Fault, Host, Run
from tests.waiting import until
from tests.yard import AGENTS, HOST, Yard

pytestmark = pytest.mark.slow

USUAL = 60.0


@pytest.fixture
async def host() -> AsyncIterator[Host]:
    async with GiteaHost() as each:
        yield each


@pytest.fixture
async def yard(host: Host) -> AsyncIterator[Yard]:
    yard = Yard()
    settings = forge_settings(host, yard.folder).replace("poll_seconds = 5", f"poll_seconds = {USUAL}")
    yard.config = HOST + AGENTS + settings
    async with yard as each:
        _, bare = hosted(each, host)
        host.before = lambda: watch_branches(host, bare)
        workspace = await each.workspace(name="fix-it")
        commit_inside(workspace, {"a.txt": "a\n"})
        await each.client.open_pull_requests("fix-it", OpenPullRequest())
        yield each


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(yard: Yard) -> Clock:
    found = Clock()
    yard.engine._context.clock = yard.engine.pull_watching.clock = found
    return found


async def pause(watching: PullWatching, clock: Clock) -> float:
    """Lets the time pass until the next look is due; says how long that was."""
    begun = clock.now
    while not await watching.look():
        clock.now += USUAL / 4
    return clock.now - begun


async def test_pauses_grow_while_nothing_happens_and_shrink_when_something_does(
    yard: Yard, host: Host, clock: Clock
) -> None:
    watching = yard.engine.pull_watching
    assert await watching.look() == 1 and await watching.look() == 0
    pauses = [await pause(watching, clock) for _ in range(12)]
    assert pauses[0] == USUAL and pauses == sorted(pauses)
    assert USUAL * SLOWEST <= pauses[-1] < USUAL * (SLOWEST + 1)
    host.runs = [Run(2001, "tests", "failed")]
    await pause(watching, clock)
    assert await pause(watching, clock) == USUAL
    assert (await yard.client.workspace("fix-it")).pull_requests[0].state.failed == 1


async def test_one_at_which_the_user_has_done_something_is_looked_at_soon_again(
    yard: Yard, host: Host, clock: Clock
) -> None:
    watching = yard.engine.pull_watching
    assert await watching.look() == 1
    for _ in range(12):
        assert await pause(watching, clock) >= USUAL
    commit_inside(await yard.client.workspace("fix-it"), {"b.txt": "b\n"})
    await yard.client.update_pull_requests("fix-it", UpdatePullRequest(title="More"))
    assert await pause(watching, clock) == USUAL


async def test_a_host_that_does_not_answer_keeps_nobody_from_hearing_of_another(
    yard: Yard, host: Host, tmp_path: Path
) -> None:
    async with GitHubHost() as other:
        other.before = lambda: watch_branches(other, bare)
        settings = forge_settings(other, tmp_path).partition("[forges.test]")[2]
        config = yard.home.config / "config.toml"
        config.write_text(f"{config.read_text()}\n[forges.second]{settings}")
        await yard.restart()
        repository, bare = hosted(yard, other, "lib")
        task = await yard.task("Fix it", repository, project="library")
        await yard.done(await yard.client.new_workspace(NewWorkspace(task=task.id, name="fix-lib")))
        commit_inside(await yard.client.workspace("fix-lib"), {"a.txt": "a\n"})
        await yard.client.open_pull_requests("fix-lib", OpenPullRequest())
        host.faults = [Fault(hangs=True)] * 9
        other.merge(1)
        async with yard.watch() as watch:
            looking = asyncio.create_task(yard.engine.pull_watching.look())
            await watch.until(Noticed, lambda e: "of fix-lib was merged" in e.notice.text, 20)
            looking.cancel()


async def test_a_rate_limit_is_waited_for(yard: Yard, host: Host, clock: Clock) -> None:
    watching = yard.engine.pull_watching
    place = yard.engine._context.forges.place(f"{host.url}/team/boat")
    (await yard.engine._context.forges.open(place)).http.clock = clock
    host.faults = [Fault(429, {"Retry-After": "1800"})]
    assert await watching.look() == 1
    assert 1800 <= await pause(watching, clock) < 1800 + USUAL
    assert (await yard.client.workspace("fix-it")).pull_requests[0].state.trouble == ""


async def test_nobody_is_asked_while_nobody_is_there(yard: Yard, host: Host) -> None:
    host.asked.clear()
    looked = yard.engine.pull_watching
    assert not yard.engine._attended()
    async with yard.watch():
        await until(lambda: yard.engine._attended(), seconds=60)
        await until(lambda: host.asked, seconds=60)
    assert looked._paces
