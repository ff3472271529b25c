"""The timeline of checkpoints, by keys."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.values.states import CheckpointKind
from tests.tui.driver import SIZES, driven
from tests.tui.fake_engine import FakeEngine, changed_file, diff_of

pytestmark = pytest.mark.slow


@pytest.fixture
def history(engine: FakeEngine) -> FakeEngine:
    engine.put_checkpoint("second", CheckpointKind.BEFORE_TURN, "before: sail")
    engine.put_checkpoint("second", CheckpointKind.AFTER_TURN, "after: sail", files=2)
    engine.put_checkpoint("second", CheckpointKind.MANUAL, "[/] all [b]well", files=1)
    engine.changed = (changed_file("a.py"),)
    engine.diffs["a.py"] = diff_of(("@", "@@ one @@"), ("+", "sailed"))
    return engine


@pytest.mark.parametrize("size", SIZES)
async def test_enter_shows_what_a_checkpoint_brought_and_escape_the_whole_diff_again(
    history: FakeEngine, size: tuple[int, int]
) -> None:
    async with driven(history, size) as ui:
        await ui.open_workspace("second")
        await ui.press("t")
        await ui.sees("Checkpoints of second", "before: sail", "2 files", "no change", "[/] all [b]well")
        await ui.press("j", "enter")
        await ui.until(lambda: ("diff", ("second", "", 2)) in history.calls, "what 2 brought")
        await ui.sees("a.py")
        assert ui.app.home.diff.compared.words() == "brought by checkpoint 2"
        await ui.press("escape")
        await ui.until(lambda: ("diff", "second") in history.calls, "the whole diff")
        assert ui.app.home.diff.compared.usual


@pytest.mark.slow
async def test_two_can_be_compared_and_one_with_the_present(history: FakeEngine) -> None:
    async with driven(history) as ui:
        await ui.open_workspace("second")
        await ui.press("t")
        await ui.sees("before: sail")
        await ui.press("space", "G", "c")
        await ui.until(lambda: ("diff", ("second", "checkpoint:1", 3)) in history.calls, "1 with 3")
        await ui.sees("checkpoint 1 to 3")
        await ui.press("t")
        await ui.sees("before: sail")
        await ui.press("c")
        await ui.until(lambda: ("diff", ("second", "checkpoint:3", 0)) in history.calls, "3 with the present")
        await ui.sees("checkpoint 3 to now")


async def test_as_a_base_of_the_diff_enter_means_since_then_and_all_other_keys_do_what_they_do(
    history: FakeEngine,
) -> None:
    async with driven(history) as ui:
        await ui.open_workspace("second")
        await ui.press("4")
        await ui.sees("sailed")
        await ui.press("B", "p")
        await ui.sees("before: sail", "enter since")
        await ui.press("n")
        await ui.sees("New checkpoint of second")
        await ui.press("enter")
        assert await ui.asked("take_checkpoint") == ("second", "")
        await ui.sees("Checkpoints of second", "enter since")
        await ui.press("G", "enter")
        await ui.sees("checkpoint 1 to now")
        assert ("diff", ("second", "checkpoint:1", 0)) in history.calls


@pytest.mark.slow
async def test_going_back_asks_first_and_can_be_undone(history: FakeEngine) -> None:
    async with driven(history) as ui:
        await ui.open_workspace("second")
        await ui.press("t")
        await ui.sees("before: sail")
        await ui.press("G", "r")
        await ui.sees("Bring second back to checkpoint 1?", "ignored files stay")
        await ui.press("enter")  # Cancel is what is under the cursor.
        await ui.sees("Checkpoints of second")
        assert not any(call == "restore_to" for call, _ in history.calls)
        await ui.press("G", "r", "y")
        assert await ui.asked("restore_to") == ("second", 1)
        await ui.sees("before 1", "z takes it back")
        await ui.press("escape", "z")
        await ui.until(lambda: ("restore_to", ("second", 4)) in history.calls, "back again")


async def test_a_new_one_is_taken_with_a_message_and_an_empty_list_says_how(engine: FakeEngine) -> None:
    async with driven(engine, (80, 24)) as ui:
        await ui.open_workspace("second")
        await ui.press("t")
        await ui.sees("No checkpoint yet")
        await ui.press("n")
        await ui.type("first")
        await ui.press("enter")
        assert await ui.asked("take_checkpoint") == ("second", "first")
        await ui.sees("Checkpoints of second", "first", "no change")
        engine.put_checkpoint("second", CheckpointKind.AFTER_TURN, "came meanwhile")
        await ui.sees("came meanwhile")


async def test_an_engine_that_is_gone_is_said_in_the_list(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("t")
        await ui.sees("No checkpoint yet")
        engine.up = False
        await ui.press("n")
        await ui.type("x")
        await ui.press("enter")
        await ui.sees("the engine does not answer")


@pytest.mark.slow
async def test_one_is_exported_to_a_path_that_is_asked_for(history: FakeEngine, tmp_path: Path) -> None:
    (tmp_path / "there.zip").touch()
    async with driven(history, (80, 24)) as ui:
        await ui.open_workspace("second")
        await ui.press("t")
        await ui.sees("before: sail", "x zip", "I import")
        await ui.press("x")
        await ui.sees("Export checkpoint 3 of second", "~/second-3.zip")
        await ui.press("ctrl+u")
        await ui.type(str(tmp_path / "there.zip"))
        await ui.press("enter")
        await ui.sees("is there already")
        await ui.press("t", "x", "ctrl+u")
        await ui.type(str(tmp_path / "new.zip"))
        await ui.press("enter")
        assert await ui.asked("export_checkpoint") == ("second", 3)
        await ui.sees("the disk is full")
