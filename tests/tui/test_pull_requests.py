"""Pull requests by keys: pushed, opened, changed, looked at, and what the tree says of them."""

from __future__ import annotations

import pytest

from core.errors import UsageError
from core.values.pull_requests import Check, CheckStatus, RemoteComment
from tests.tui.harbour import Harbour
from tests.tui.steering import at_the_helm

FAILING = Check(name="tests", status=CheckStatus.FAILED, url="https://host/1", summary="3 of 80 [failed]")
PASSING = Check(name="lint", status=CheckStatus.PASSED)
REMARK = RemoteComment(id="1", body="Why [so]?\nReally.", author="ann", path="a.py", first=7, last=7)


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_one_is_opened_with_what_was_drafted_and_edited(fleet: Harbour, size: tuple[int, int]) -> None:
    async with at_the_helm(fleet, size) as helm:
        await helm.open_workspace("second")
        await helm.press("P")
        await helm.sees("Pull request of second", "2 commits to push", "boatyard/second at origin")
        await helm.sees("1 file with uncommitted changes", "into main of github.com/team/app")
        await helm.sees("Cache the [prices]")
        await helm.press("o")
        await helm.sees("Open a pull request", "It is faster now.")
        await helm.press("end", "!", "tab", "tab", "right", "enter")
        body = await helm.asked("open_pull_requests")
        assert (body.title, body.body, body.draft) == ("Cache the [prices]!", "It is faster now.", True)
        assert body.repo == "repo-app"
        await helm.sees("#12 draft", "Cache the [prices]!", "no checks")
        await helm.press("o")
        await helm.sees("It is open already")
        await helm.press("escape", "1")
        await helm.sees("second", "#12 draft")


async def test_checks_and_comments_are_seen_and_handed_over(fleet: Harbour) -> None:
    fleet.put_pull("second", failed=1, pending=2, comments=1)
    fleet.checks, fleet.remarks = (FAILING, PASSING), (REMARK,)
    async with at_the_helm(fleet, (200, 60)) as helm:
        await helm.open_workspace("second")
        await helm.sees("#12 open✗", "pull", "✗1", "●2", "1 comment")
        await helm.press("P")
        await helm.sees("tests failed", "3 of 80 [failed]", "lint passed", "ann", "a.py:7", "Why [so]?")
        await helm.press("f")
        assert await helm.asked("send_checks") == "second"
        await helm.sees("The agent was told of the failing checks")
        await helm.press("p")
        assert await helm.asked("push") == "second"
        await helm.sees("boatyard/second at origin is at bbbbbbbb")
        await helm.press("d")
        assert (await helm.asked("update_pull_requests")).draft is True
        await helm.sees("#12 draft")
        await helm.press("e")
        await helm.sees("Edit #12", "Why.")
        await helm.press("end", "?", "enter")
        await helm.sees("Cache the [prices]?")
        fleet.merge_pull("second")
        await helm.sees("#12 merged")
        await helm.press("c")
        await helm.sees("Comments on second")


async def test_an_unknown_host_is_told_and_pushing_works_all_the_same(fleet: Harbour) -> None:
    fleet.forge_trouble = UsageError("it is not known which host this is", hint="Say so in config.toml")
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("second")
        await helm.press("P")
        await helm.sees("2 commits to push", "it is not known which host this is", "Say so in config.toml")
        await helm.press("o")
        await helm.sees("Nothing can be opened")
        await helm.press("p")
        assert await helm.asked("push") == "second"


async def test_a_merge_pushes_the_target_branch_when_that_is_wanted(fleet: Harbour) -> None:
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("second")
        await helm.press("m")
        await helm.sees("push main afterwards: no")
        await helm.press("p")
        await helm.sees("push main afterwards: yes")
        await helm.press("enter")
        assert await helm.asked("merge_and_push") == "second"
        await helm.sees("Merged second", "pushed to origin")
