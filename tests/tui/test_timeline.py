"""The timeline of checkpoints, by keys."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.values.states import CheckpointKind
from tests.tui.harbour import Harbour, changed_file, diff_of
from tests.tui.steering import SIZES, at_the_helm

pytestmark = pytest.mark.slow


@pytest.fixture
def history(fleet: Harbour) -> Harbour:
    fleet.put_checkpoint("second", CheckpointKind.BEFORE_TURN, "before: sail")
    fleet.put_checkpoint("second", CheckpointKind.AFTER_TURN, "after: sail", files=2)
    fleet.put_checkpoint("second", CheckpointKind.MANUAL, "[/] all [b]well", files=1)
    fleet.changed = (changed_file("a.py"),)
    fleet.diffs["a.py"] = diff_of(("@", "@@ one @@"), ("+", "sailed"))
    return fleet


@pytest.mark.parametrize("size", SIZES)
async def test_enter_shows_what_a_checkpoint_brought_and_escape_the_whole_diff_again(
    history: Harbour, size: tuple[int, int]
) -> None:
    async with at_the_helm(history, size) as helm:
        await helm.open_workspace("second")
        await helm.press("t")
        await helm.sees("Checkpoints of second", "before: sail", "2 files", "no change", "[/] all [b]well")
        await helm.press("j", "enter")
        await helm.until(lambda: ("diff", ("second", "", 2)) in history.calls, "what 2 brought")
        await helm.sees("a.py")
        assert helm.app.home.diff.compared.words() == "brought by checkpoint 2"
        await helm.press("escape")
        await helm.until(lambda: ("diff", "second") in history.calls, "the whole diff")
        assert helm.app.home.diff.compared.usual


@pytest.mark.slow
async def test_two_can_be_compared_and_one_with_the_present(history: Harbour) -> None:
    async with at_the_helm(history) as helm:
        await helm.open_workspace("second")
        await helm.press("t")
        await helm.sees("before: sail")
        await helm.press("space", "G", "c")
        await helm.until(lambda: ("diff", ("second", "checkpoint:1", 3)) in history.calls, "1 with 3")
        await helm.sees("checkpoint 1 to 3")
        await helm.press("t")
        await helm.sees("before: sail")
        await helm.press("c")
        await helm.until(
            lambda: ("diff", ("second", "checkpoint:3", 0)) in history.calls, "3 with the present"
        )
        await helm.sees("checkpoint 3 to now")


@pytest.mark.slow
async def test_going_back_asks_first_and_can_be_undone(history: Harbour) -> None:
    async with at_the_helm(history) as helm:
        await helm.open_workspace("second")
        await helm.press("t")
        await helm.sees("before: sail")
        await helm.press("G", "r")
        await helm.sees("Bring second back to checkpoint 1?", "ignored files stay")
        await helm.press("enter")  # Cancel is what is under the cursor.
        await helm.sees("Checkpoints of second")
        assert not any(call == "restore_to" for call, _ in history.calls)
        await helm.press("G", "r", "y")
        assert await helm.asked("restore_to") == ("second", 1)
        await helm.sees("before 1", "z takes it back")
        await helm.press("escape", "z")
        await helm.until(lambda: ("restore_to", ("second", 4)) in history.calls, "back again")


async def test_a_new_one_is_taken_with_a_message_and_an_empty_list_says_how(fleet: Harbour) -> None:
    async with at_the_helm(fleet, (80, 24)) as helm:
        await helm.open_workspace("second")
        await helm.press("t")
        await helm.sees("No checkpoint yet")
        await helm.press("n")
        await helm.type("first")
        await helm.press("enter")
        assert await helm.asked("take_checkpoint") == ("second", "first")
        await helm.sees("Checkpoints of second", "first", "no change")
        fleet.put_checkpoint("second", CheckpointKind.AFTER_TURN, "came meanwhile")
        await helm.sees("came meanwhile")


async def test_an_engine_that_is_gone_is_said_in_the_list(fleet: Harbour) -> None:
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("second")
        await helm.press("t")
        await helm.sees("No checkpoint yet")
        fleet.up = False
        await helm.press("n")
        await helm.type("x")
        await helm.press("enter")
        await helm.sees("the engine does not answer")


@pytest.mark.slow
async def test_one_is_exported_to_a_path_that_is_asked_for(history: Harbour, tmp_path: Path) -> None:
    (tmp_path / "there.zip").touch()
    async with at_the_helm(history, (80, 24)) as helm:
        await helm.open_workspace("second")
        await helm.press("t")
        await helm.sees("before: sail", "x zip", "I import")
        await helm.press("x")
        await helm.sees("Export checkpoint 3 of second", "~/second-3.zip")
        await helm.press("ctrl+u")
        await helm.type(str(tmp_path / "there.zip"))
        await helm.press("enter")
        await helm.sees("is there already")
        await helm.press("t", "x", "ctrl+u")
        await helm.type(str(tmp_path / "new.zip"))
        await helm.press("enter")
        assert await helm.asked("export_checkpoint") == ("second", 3)
        await helm.sees("the disk is full")
