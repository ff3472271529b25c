"""Several workspaces land one after the other: updated, checked, landed, or set aside with the reason."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from core.errors import ConflictError, NotFoundError
from core.values.events import LandingChanged
from core.values.landing import LandingQueue, LandingStatus
from core.values.requests import QueueLanding, UpdateRepo
from core.values.states import MergeStyle, ProcessStatus
from tests.waiting import until, until_async
from tests.yard import Watch, Yard, git

pytestmark = pytest.mark.slow

TEXT = "one\ntwo\nthree\nfour\nfive\nsix\nseven\n"
CHECK = "echo checked >> ../checked; ! grep -q broken a.txt"


async def attempt(yard: Yard, name: str, old: str, new: str) -> Path:
    repository = yard.repository("repo", {"a.txt": TEXT})
    workspace = await yard.workspace(repository, name=name)
    file = Path(workspace.repos[0].path) / "a.txt"
    file.write_text(file.read_text().replace(old, new))
    return file


def ended(queue: LandingQueue) -> bool:
    """Whether everybody has had their turn."""
    over = (LandingStatus.LANDED, LandingStatus.SET_ASIDE)
    return not queue.running and all(each.status in over for each in queue.entries)


async def worked_through(yard: Yard, watch: Watch) -> dict[str, tuple[LandingStatus, str]]:
    await watch.until(LandingChanged, lambda event: ended(event.queue))
    entries = (await yard.client.landing_queue()).entries
    return {each.workspace: (each.status, each.reason) for each in entries}


async def test_each_lands_on_top_of_the_others_and_what_does_not_fit_is_set_aside(yard: Yard) -> None:
    await attempt(yard, "first", "one", "ONE")
    await attempt(yard, "second", "seven", "SEVEN")
    clashing = await attempt(yard, "third", "one", "eins")
    await attempt(yard, "fourth", "four", "broken")
    await yard.client.update_repo(str(yard.repository()), UpdateRepo(check_script=CHECK))
    async with yard.watch() as watch:
        names = ("first", "second", "third", "fourth")
        queue = await yard.client.queue_landing(QueueLanding(workspaces=names, style=MergeStyle.SQUASH))
        assert [each.workspace for each in queue.entries] == list(names) and queue.running
        results = await worked_through(yard, watch)
    assert {name: status for name, (status, _) in results.items()} == {
        "first": LandingStatus.LANDED, "second": LandingStatus.LANDED,
        "third": LandingStatus.SET_ASIDE, "fourth": LandingStatus.SET_ASIDE,
    }  # fmt: skip
    assert "a.txt" in results["third"][1] and "check of repo failed" in results["fourth"][1]
    repository = yard.repository()
    assert (repository / "a.txt").read_text() == TEXT.replace("one", "ONE").replace("seven", "SEVEN")
    assert git(repository, "status", "--porcelain") == ""
    assert clashing.read_text() == TEXT.replace("one", "eins"), "what was set aside is as before"
    assert (await yard.client.workspace("third")).update is None
    folder = Path((await yard.client.workspace("first")).folder)
    assert (folder / "checked").read_text() == "checked\n"
    entry = next(each for each in (await yard.client.landing_queue()).entries if each.workspace == "fourth")
    assert (await yard.client.process(entry.process_id)).exit_code == 1
    for name in names:
        await yard.client.drop_landing(name)
    assert (await yard.client.landing_queue()).entries == ()


async def test_it_can_be_stopped_in_the_middle_of_a_check_and_goes_on_later(yard: Yard) -> None:
    await attempt(yard, "first", "one", "ONE")
    await attempt(yard, "second", "seven", "SEVEN")
    gate = yard.fifo()
    await yard.client.update_repo(str(yard.repository()), UpdateRepo(check_script=f"read line < {gate}"))
    before = git(yard.repository(), "rev-parse", "main")
    async with yard.watch() as watch:
        await yard.client.queue_landing(QueueLanding(workspaces=("first", "second")))
        await watch.until(
            LandingChanged, lambda event: event.queue.entries[0].status is LandingStatus.CHECKING
        )
        with pytest.raises(ConflictError, match="landing right now"):
            await yard.client.drop_landing("first")
        await until_async(lambda: yard.client.processes("first"))
        queue = await yard.client.stop_landing()
    assert [each.status for each in queue.entries] == [LandingStatus.QUEUED] * 2 and not queue.running
    assert git(yard.repository(), "rev-parse", "main") == before
    await yard.client.update_repo(str(yard.repository()), UpdateRepo(check_script=""))
    async with yard.watch() as watch:
        await yard.client.start_landing()
        results = await worked_through(yard, watch)
    assert {status for status, _ in results.values()} == {LandingStatus.LANDED}


async def test_the_next_engine_finds_the_queue_as_it_was(yard: Yard) -> None:
    await attempt(yard, "first", "one", "ONE")
    await yard.client.queue_landing(QueueLanding(workspaces=("first",), start=False))
    await yard.restart()
    queue = await yard.client.landing_queue()
    assert [(each.workspace, each.status) for each in queue.entries] == [("first", LandingStatus.QUEUED)]
    async with yard.watch() as watch:
        await yard.client.start_landing()
        assert (await worked_through(yard, watch))["first"] == (LandingStatus.LANDED, "")


async def test_the_next_engine_goes_on_in_the_middle_of_a_check(yard: Yard) -> None:
    await attempt(yard, "first", "one", "ONE")
    await attempt(yard, "second", "seven", "SEVEN")
    gate, begun, opened = yard.fifo(), yard.folder / "begun", yard.folder / "opened"
    script = f"[ -e {opened} ] || {{ touch {begun}; read line < {gate}; }}"
    await yard.client.update_repo(str(yard.repository()), UpdateRepo(check_script=script))
    await yard.client.queue_landing(QueueLanding(workspaces=("first", "second")))
    await until(begun.exists)
    opened.touch()
    await yard.restart()

    async def all_ended() -> bool:
        return ended(await yard.client.landing_queue())

    await until_async(all_ended)
    entries = (await yard.client.landing_queue()).entries
    assert [(each.status, each.reason) for each in entries] == [(LandingStatus.LANDED, "")] * 2
    checks = await yard.client.processes("first")
    assert sorted(each.status for each in checks) == [ProcessStatus.COMPLETED, ProcessStatus.KILLED]


async def test_an_engine_that_ended_right_behind_a_merge_does_not_check_it_again(yard: Yard) -> None:
    file = await attempt(yard, "first", "one", "ONE")
    await attempt(yard, "second", "seven", "SEVEN")
    await yard.client.update_repo(str(yard.repository()), UpdateRepo(check_script=CHECK))
    async with yard.watch() as watch:
        await yard.client.queue_landing(QueueLanding(workspaces=("first",)))
        await worked_through(yard, watch)
        (landed,) = (await yard.client.landing_queue()).entries
    await yard.client.queue_landing(QueueLanding(workspaces=("second",), start=False))
    await yard.close()
    with sqlite3.connect(yard.home.database) as database:  # as a kill leaves it
        database.execute("UPDATE landing_entry SET status = 'landing' WHERE reason = '' AND process_id != ''")
    database.close()
    await yard.open()

    async def over() -> bool:
        return ended(await yard.client.landing_queue())

    await until_async(over)
    first, second = (await yard.client.landing_queue()).entries
    assert (first.status, first.reason, first.process_id) == (LandingStatus.LANDED, "", landed.process_id)
    assert second.status is LandingStatus.LANDED, "the others go on"
    assert (file.parent.parent / "checked").read_text() == "checked\n", "once"


async def test_an_unknown_name_puts_nobody_into_the_queue(yard: Yard) -> None:
    await attempt(yard, "first", "one", "ONE")
    with pytest.raises(NotFoundError):
        await yard.client.queue_landing(QueueLanding(workspaces=("first", "nobody")))
    assert (await yard.client.landing_queue()).entries == ()
