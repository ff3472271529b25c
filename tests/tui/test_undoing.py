"""What a destructive key did is taken back by one key, or it is said why not and what to do."""

from __future__ import annotations

import asyncio

import pytest

from core.errors import UnreachableError
from core.values.comments import ReviewComment
from core.values.entities import Operation
from core.values.landing import LandingEntry, LandingQueue
from tests.tui.driver import Driver, driven
from tests.tui.fake_engine import FakeEngine


async def test_a_dropped_prompt_comes_back_to_its_place(engine: FakeEngine) -> None:
    engine.put_queued("first", "one", "two")
    async with driven(engine) as ui:
        await ui.open_workspace("first")
        await ui.press("Q", "d")
        await ui.asked("drop_queued")
        await ui.sees("The prompt is dropped; z takes it back")
        await ui.press("z")
        assert (await ui.asked("send"))[1] == "one"
        await ui.until(lambda: [each.prompt for each in engine.queued] == ["one", "two"], "as it was")


async def test_a_removed_comment_comes_back_on_its_lines_also_after_the_dialog(engine: FakeEngine) -> None:
    engine.put_comment(ReviewComment(id="c", workspace="second", repo_id="repo-app", path="a.py", first=2,
                                     last=3, body="Why?"))  # fmt: skip
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("C")
        await ui.sees("Why?")
        await ui.press("d")
        await ui.sees("The comment is removed")
        assert not engine.comments_
        await ui.press("escape", "z")
        await ui.until(lambda: engine.comments_, "made again")
        again = next(iter(engine.comments_.values()))
        assert (again.path, again.first, again.last, again.body) == ("a.py", 2, 3, "Why?")


async def test_what_is_dropped_from_the_landing_queue_comes_back(engine: FakeEngine) -> None:
    engine.put_landing(LandingQueue(entries=(LandingEntry(workspace="second", position=1),)))
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("M", "z")
        await ui.sees("Nothing was done here that could be undone.")
        await ui.press("d")
        await ui.sees("second is out of the queue; z takes it back")
        await ui.press("z")
        assert (await ui.asked("queue_landing")).workspaces == ("second",)


async def merged(ui: Driver, *keys: str) -> list[str]:
    """Merges the workspace `second`; what is said then."""
    await ui.open_workspace("second")
    await ui.press("m")
    await ui.sees("enter merges")
    await ui.press(*keys, "enter")
    await ui.sees("Merged second")
    return [each.message for each in ui.app._notifications]


async def test_a_merge_is_taken_back_that_one_and_no_other(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        assert any(each.endswith("; z takes it back") for each in await merged(ui))
        await ui.press("z")
        await ui.sees("main is back at aaaaaaaa; m merges second again")
        assert await ui.asked("unmerge") == ("second", ("c" * 40,))
        await ui.until(lambda: not ui.app.home.undoable, "nothing is left to undo")


async def test_of_a_merge_that_was_pushed_it_is_said_why_it_stays(engine: FakeEngine) -> None:
    engine.pushed_merge = True
    async with driven(engine) as ui:
        said = await merged(ui, "p")
        assert not any("takes it back" in each for each in said)
        await ui.press("z")
        await ui.sees("main was pushed", "Revert it.")


async def test_a_merge_can_be_taken_back_later_from_the_menu(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("d")
        await ui.sees("Archive")
        assert "Take the merge back" not in ui.text()
        await ui.press("escape")
        engine.set_workspace(engine.workspaces_["second"], landed_at=1.0)
        await ui.until(lambda: ui.app.store.workspaces["second"].landed_at, "it was merged")
        await ui.press("d")
        await ui.sees("Take the merge back")
        await ui.press("u")
        await ui.sees(
            "main goes back to aaaaaaaa, without cccccccc", "The task is in review again", "merged: first"
        )
        await ui.press("y")
        await ui.sees("main is back at aaaaaaaa")
        assert await ui.asked("unmerge") == ("second", ("c" * 40,))


async def test_what_keeps_a_merge_from_being_taken_back_is_said_before(engine: FakeEngine) -> None:
    engine.pushed_merge = True
    engine.set_workspace(engine.workspaces_["second"], landed_at=1.0)
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        ui.app.perform("unmerge")
        await ui.sees("the merge is not taken back: main was pushed", "Revert it.")
        assert not any(call == "unmerge" for call, _ in engine.calls)
        await ui.open_workspace("first")
        ui.app.perform("unmerge")
        await ui.sees("nothing of the workspace was merged from here")


async def test_an_undo_while_something_is_under_way_waits_and_takes_that_back(
    engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And not what was done before it."""
    goes_on, wait = asyncio.Event(), engine.wait_operation

    async def waits(operation_id: str) -> Operation:
        await goes_on.wait()
        return await wait(operation_id)

    async with driven(engine) as ui:
        await merged(ui)
        monkeypatch.setattr(engine, "wait_operation", waits)
        await ui.press("d", "r")
        await ui.sees("Remove it")
        await ui.press("y")
        await ui.asked("remove_workspace")
        await ui.press("z")
        await ui.sees("It is taken back as soon as it is done")
        assert not any(call == "recover_workspace" for call, _ in engine.calls)
        goes_on.set()
        assert await ui.asked("recover_workspace") == "second"
        assert not any(call == "unmerge" for call, _ in engine.calls)


async def test_an_undo_that_did_not_reach_the_engine_can_be_tried_again(engine: FakeEngine) -> None:
    tried: list[int] = []

    async def back() -> None:
        tried.append(len(tried))
        if len(tried) == 1:
            raise UnreachableError("the engine does not answer", hint="Wait.")

    async with driven(engine) as ui:
        ui.app.can_undo("Something was done", back)
        await ui.press("z")
        await ui.sees("the engine does not answer")
        await ui.press("z")
        await ui.until(lambda: tried == [0, 1], "tried again")


async def test_a_task_with_workspaces_is_not_removed_and_it_is_said_what_to_do(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        ui.app.home.go_to("task:task-1")
        await ui.press("d", "r")
        await ui.sees("the task has workspaces: second", "cancel the task")
        assert not any(call == "remove_task" for call, _ in engine.calls)
