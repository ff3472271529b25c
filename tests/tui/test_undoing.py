"""What a destructive key did is taken back by one key, or it is said why not and what to do."""

from __future__ import annotations

import asyncio

import pytest

from core.errors import UnreachableError
from core.values.comments import ReviewComment
from core.values.entities import Operation, Task
from core.values.landing import LandingEntry, LandingQueue
from core.values.requests import DiscardParts, MoveTask
from tests.tui.driver import Driver, driven
from tests.tui.fake_engine import FakeEngine, changed_file, diff_of


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
        await ui.sees("The comment is removed; z takes it back")
        assert not engine.comments_
        await ui.press("escape", "z")
        await ui.until(lambda: engine.comments_, "made again")
        assert "takes it back" not in ui.text(), "what is taken back is not offered any more"
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


async def test_an_undo_while_a_hunk_is_being_discarded_waits_and_brings_it_back(
    engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.changed = (changed_file("a.py"),)
    engine.diffs["a.py"] = diff_of(("@", "@@"), ("+", "new words"))
    goes_on, discard = asyncio.Event(), engine.discard_parts

    async def slowly(name: str, body: DiscardParts) -> Operation:
        """It answers late: it takes a checkpoint first."""
        answer = await discard(name, body)
        await goes_on.wait()
        return answer

    monkeypatch.setattr(engine, "discard_parts", slowly)
    async with driven(engine) as ui:
        await merged(ui)
        await ui.press("4", "enter")
        await ui.sees("new words")
        await ui.press("d", "h", "y")
        await ui.asked("discard_parts")
        await ui.press("z")
        await ui.sees("It is taken back as soon as it is done")
        assert not any(call in ("restore_to", "unmerge") for call, _ in engine.calls)
        goes_on.set()
        assert await ui.asked("restore_to") == ("second", 5)
        assert not any(call == "unmerge" for call, _ in engine.calls)


async def test_an_undo_right_behind_a_move_on_the_board_takes_the_move_back(
    engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And not the one before it."""
    goes_on, move = asyncio.Event(), engine.move_task
    goes_on.set()

    async def slowly(task: str, body: MoveTask) -> Task:
        await goes_on.wait()
        return await move(task, body)

    monkeypatch.setattr(engine, "move_task", slowly)
    async with driven(engine) as ui:
        await ui.press("6")
        board = ui.app.home.board.main
        await ui.until(lambda: board.current, "a card is at the cursor")
        first = board.current
        assert first is not None
        await ui.press("L")
        await ui.until(lambda: engine.tasks_[first.id].status is not first.status, "moved once")
        once = engine.tasks_[first.id].status
        goes_on.clear()
        await ui.press("L", "z")
        await ui.sees("It is taken back as soon as it is done")
        goes_on.set()
        moves = len([call for call, _ in engine.calls if call == "move_task"])
        await ui.until(
            lambda: len([call for call, _ in engine.calls if call == "move_task"]) >= moves + 2,
            "there and back",
        )
        await ui.until(lambda: engine.tasks_[first.id].status is once, "as after the first move")


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


async def test_undo_behind_a_key_in_a_dialog_means_what_that_key_is_about_to_do(
    engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("one", "two"):
        engine.put_comment(ReviewComment(id=name, workspace="second", repo_id="repo-app", path="a.py",
                                         first=2, last=2, body=f"Why {name}?"))  # fmt: skip
    gate, remove, back = asyncio.Event(), engine.remove_comment, engine.restore_comment

    async def slowly_removed(comment: str) -> None:
        await gate.wait()
        await remove(comment)

    async def slowly_back(comment: str) -> ReviewComment:
        await asyncio.sleep(0)
        return await back(comment)

    monkeypatch.setattr(engine, "remove_comment", slowly_removed)
    monkeypatch.setattr(engine, "restore_comment", slowly_back)
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("C")
        await ui.sees("Why one?", "Why two?")
        await ui.press("d", "z")
        gate.set()
        await ui.asked("restore_comment")
        await ui.until(lambda: set(engine.comments_) == {"one", "two"}, "both are there again")
        assert "Nothing was done here" not in ui.text()
        await ui.press("d", "d")
        await ui.until(lambda: not engine.comments_, "both are removed")
        await ui.pilot.press("z", "z")
        await ui.until(lambda: set(engine.comments_) == {"one", "two"}, "both are there once more")
