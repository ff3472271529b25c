"""Parts of a diff that are discarded, copied, or taken into another workspace or onto a branch."""

from __future__ import annotations

import asyncio

import pytest

from tests.tui.changes import one_file
from tests.tui.driver import driven
from tests.tui.fake_engine import FakeEngine
from tui.diff.view import DiffView


async def test_a_hunk_is_discarded_after_a_question_and_brought_back(engine: FakeEngine) -> None:
    one_file(engine)
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("4", "enter")
        await ui.sees("new words here")
        await ui.press("d")
        await ui.sees("The hunk", "The file a.py")
        await ui.press("h")
        await ui.sees("Discard the hunk in a.py?", "other side of this diff has (against", "checkpoint")
        await ui.press("enter")
        assert not [name for name, _ in engine.calls if name == "discard_parts"], "Cancel is the default"
        await ui.press("d", "h", "y")
        body = await ui.asked("discard_parts")
        assert body.parts[0].old == ((2, 2),) and body.parts[0].new == ((2, 2),)
        await ui.sees("z takes it back")
        await ui.press("z")
        assert await ui.asked("restore_to") == ("second", 5)


@pytest.mark.parametrize("mode", ["120000", "160000"])
async def test_of_what_has_no_lines_only_the_whole_is_offered(engine: FakeEngine, mode: str) -> None:
    one_file(engine, old_mode=mode, new_mode=mode)
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("4", "enter")
        await ui.sees("new words here")
        await ui.press("d")
        await ui.sees("The file a.py")
        assert "The hunk" not in ui.text()


async def test_marked_lines_are_copied_without_gutters_and_taken_elsewhere(engine: FakeEngine) -> None:
    one_file(engine)
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("4", "enter")
        await ui.sees("new words here")
        await ui.press("j", "j", "v", "j")
        view = ui.app.home.query_one(DiffView)
        assert view.marked == "old words here\nnew words here"
        await ui.press("T", "l", "w")
        await ui.sees("into", "first")
        await ui.press("enter")
        body = await ui.asked("take_parts")
        assert body.into == "first" and body.parts[0].new == ((2, 2),)


async def test_a_file_is_taken_onto_a_branch(engine: FakeEngine) -> None:
    one_file(engine)
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("4", "enter")
        await ui.sees("new words here")
        await ui.press("T", "f", "b")
        await ui.sees("onto a branch", "drafted from the task")
        await ui.press("enter")
        await ui.sees("Name the branch.")
        await ui.type("fix/words")
        await ui.press("enter")
        body = await ui.asked("take_parts")
        assert (body.into, body.branch, body.message) == ("", "fix/words", "")
        await ui.sees("fix/words has the changes of", "git revert", "takes it back")


async def test_undo_behind_a_part_taken_onto_a_branch_takes_back_nothing_older(engine: FakeEngine) -> None:
    one_file(engine)
    older = asyncio.Event()

    async def undo_older() -> None:
        older.set()

    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("4", "enter")
        await ui.sees("new words here")
        ui.app.can_undo("Something older is done", undo_older)
        await ui.press("T", "f", "b")
        await ui.type("fix/words")
        await ui.press("enter")
        await ui.sees("git revert")
        ui.app.clear_notifications()
        await ui.press("z")
        await ui.sees("fix/words has the changes of", "git revert")
        assert not older.is_set()
        await ui.press("z")
        await asyncio.wait_for(older.wait(), 10)


async def test_what_changed_meanwhile_is_left_alone_and_read_again(engine: FakeEngine) -> None:
    one_file(engine)
    engine.changed_meanwhile = True
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("4", "enter")
        await ui.sees("new words here")
        before = sum(name == "diff" for name, _ in engine.calls)
        await ui.press("d", "f", "y")
        await ui.sees("the workspace has changed since")
        await ui.until(lambda: sum(name == "diff" for name, _ in engine.calls) > before, "read again")
