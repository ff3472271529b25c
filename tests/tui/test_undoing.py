"""What a destructive key did is taken back by one key, or it is said how one does it oneself."""

from __future__ import annotations

from core.errors import UnreachableError
from core.values.comments import ReviewComment
from core.values.landing import LandingEntry, LandingQueue
from tests.tui.driver import driven
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


async def test_of_a_merge_it_is_said_how_it_is_taken_back(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("m")
        await ui.sees("enter merges")
        await ui.press("enter")
        await ui.sees("Merged second")
        said = [each.message for each in ui.app._notifications]
        assert any(each.endswith("z says how to take it back") for each in said)
        await ui.press("z")
        await ui.sees("main is your own branch")
        assert ui.app.clipboard == f"git -C /src/app reset --keep {'a' * 40}"


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
