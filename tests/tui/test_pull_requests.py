"""Pull requests by keys: pushed, opened, changed, looked at, and what the tree says of them."""

from __future__ import annotations

from unittest.mock import AsyncMock

import msgspec
import pytest

from core.errors import ConflictError, UsageError
from core.values.pull_requests import Check, CheckStatus, PullLink, RemoteComment
from core.values.pushing import PushReport
from core.values.requests import OpenPullRequest
from tests.tui.driver import driven
from tests.tui.fake_engine import FakeEngine
from tests.tui.fake_engine.pull_requests import PUSH

FAILING = Check(name="tests", status=CheckStatus.FAILED, url="https://host/1", summary="3 of 80 [failed]")
PASSING = Check(name="lint", status=CheckStatus.PASSED)
REMARK = RemoteComment(id="1", body="Why [so]?\nReally.", author="ann", path="a.py", first=7, last=7)


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_one_is_opened_with_what_was_drafted_and_edited(
    engine: FakeEngine, size: tuple[int, int]
) -> None:
    async with driven(engine, size) as ui:
        await ui.open_workspace("second")
        await ui.press("P")
        await ui.sees("Pull request of second", "2 commits to push", "boatyard/second at origin")
        await ui.sees("1 file with uncommitted changes", "into main of github.com/team/app")
        await ui.sees("Cache the [prices]")
        await ui.press("o")
        await ui.sees("Open a pull request", "It is faster now.")
        await ui.press("end", "!", "tab", "tab", "right", "enter")
        body = await ui.asked("open_pull_requests")
        assert (body.title, body.body, body.draft) == ("Cache the [prices]!", "It is faster now.", True)
        assert body.repo == "repo-app"
        await ui.sees("#12 draft", "Cache the [prices]!", "no checks")
        await ui.press("o")
        await ui.sees("It is open already")
        await ui.press("escape", "1")
        await ui.sees("second", "#12 draft")


async def test_what_was_pushed_is_shown_after_the_host_refused_the_rest(
    engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuses(name: str, body: OpenPullRequest) -> tuple[PullLink, ...]:
        pushed = msgspec.structs.replace(PUSH, ahead=0, old=PUSH.new)
        answer = PushReport(workspace=name, repos=(pushed,))
        monkeypatch.setattr(engine, "push_preview", AsyncMock(return_value=answer))
        raise ConflictError("the host answers 422", hint="Look at it.")

    monkeypatch.setattr(engine, "open_pull_requests", refuses)
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("P")
        await ui.sees("2 commits to push", "Cache the [prices]")
        await ui.press("o")
        await ui.sees("Open a pull request")
        await ui.press("enter")
        await ui.sees("the host answers 422", "nothing to push")


async def test_checks_and_comments_are_seen_and_handed_over(engine: FakeEngine) -> None:
    engine.put_pull("second", failed=1, pending=2, comments=1)
    engine.checks, engine.remarks = (FAILING, PASSING), (REMARK,)
    async with driven(engine, (200, 60)) as ui:
        await ui.open_workspace("second")
        await ui.sees("#12 open✗", "pull", "✗1", "●2", "1 comment")
        await ui.press("P")
        await ui.sees("tests failed", "3 of 80 [failed]", "lint passed", "ann", "a.py:7", "Why [so]?")
        await ui.press("f")
        assert await ui.asked("send_checks") == "second"
        await ui.sees("The agent was told of the failing checks")
        await ui.press("p")
        assert await ui.asked("push") == "second"
        await ui.sees("boatyard/second at origin is at bbbbbbbb")
        await ui.press("d")
        assert (await ui.asked("update_pull_requests")).draft is True
        await ui.sees("#12 draft")
        await ui.press("e")
        await ui.sees("Edit #12", "Why.")
        await ui.press("end", "?", "enter")
        await ui.sees("Cache the [prices]?")
        engine.merge_pull("second")
        await ui.sees("#12 merged")
        await ui.press("c")
        await ui.sees("Comments on second")


async def test_an_unknown_host_is_told_and_pushing_works_all_the_same(engine: FakeEngine) -> None:
    engine.forge_trouble = UsageError("it is not known which host this is", hint="Say so in config.toml")
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("P")
        await ui.sees("2 commits to push", "it is not known which host this is", "Say so in config.toml")
        await ui.press("o")
        await ui.sees("Nothing can be opened")
        await ui.press("p")
        assert await ui.asked("push") == "second"


async def test_a_merge_pushes_the_target_branch_when_that_is_wanted(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("m")
        await ui.sees("push main afterwards: no")
        await ui.press("p")
        await ui.sees("push main afterwards: yes")
        await ui.press("enter")
        assert await ui.asked("merge_and_push") == "second"
        await ui.sees("Merged second", "pushed to origin")
