"""Attempts at one task side by side, at every size; one is kept."""

from __future__ import annotations

import asyncio

import msgspec
import pytest
from textual.widgets import Static

from core.values import events as told
from core.values.attempts import Attempt, CheckAnswer, CheckState
from core.values.entities import Spent
from core.values.states import Activity, WorkspaceState
from tests.tui.changes import one_file
from tests.tui.driver import driven
from tests.tui.fake_engine import FakeEngine, diff_of
from tui.diff import reading


@pytest.fixture
def rivals(engine: FakeEngine) -> FakeEngine:
    task = engine.tasks_[engine.workspaces_["second"].task_id]
    for name in ("third", "fourth"):
        engine.put_workspace(task, name)
    engine.attempts_ = tuple(
        Attempt(
            workspace=name, agent="demo", state=WorkspaceState.OPEN, activity=Activity.IDLE, files=at + 1,
            added=10 * at, removed=at, paths=("app/both.py", f"app/{name}.py"), size=2048, check=check,
            check_process="p" if check is CheckState.FAILED else "", spent=Spent(minutes=at, tokens=1200),
            summary=f"I am [b]{name}[/]",
        )
        for at, (name, check) in enumerate(
            (("second", CheckState.PASSED), ("third", CheckState.FAILED), ("fourth", CheckState.NONE))
        )
    )  # fmt: skip
    return engine


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_attempts_are_side_by_side_as_far_as_there_is_room(
    rivals: FakeEngine, size: tuple[int, int]
) -> None:
    async with driven(rivals, size) as ui:
        await ui.open_workspace("second")
        await ui.press("V")
        await ui.sees("Attempts at Cache the prices", "▌second", "passed", "1,200", "I am [b]second[/]")
        await ui.sees("third", "failed")
        narrow = size[0] == 80
        assert ("1-2 of 3" in ui.text()) == narrow
        await ui.press("l", "l")
        await ui.sees("▌fourth", "not checked")
        assert ("2-3 of 3" in ui.text()) == narrow
        await ui.press("c")
        assert await ui.asked("check") == "fourth"
        await ui.sees("fourth: exit 2")


async def test_one_is_compared_with_the_next_and_one_is_kept_after_a_question(rivals: FakeEngine) -> None:
    async with driven(rivals) as ui:
        await ui.open_workspace("second")
        await ui.press("V")
        await ui.sees("▌second")
        await ui.press("d")
        await ui.until(lambda: ("diff", ("second", "workspace:third", 0)) in rivals.calls, "diff of diffs")
        await ui.sees("against workspace third")
        await ui.press("V")
        await ui.sees("▌second")
        await ui.press("l", "K")
        await ui.sees("Keep third, and archive second, fourth?")
        await ui.press("y")
        assert (await ui.asked("choose_attempt")).workspace == "third"
        await ui.sees("third is kept; archived: second, fourth; z takes it back")
        await ui.press("z")
        assert await ui.asked("restore_workspace") == "fourth"


async def test_the_diff_of_two_is_read_anew_when_either_changes_or_is_worked_on(
    rivals: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "LIVE_SECONDS", 0.05)
    one_file(rivals, ("@", "@@"), ("+", "as it was"))

    def writes(text: str, number: int) -> None:
        rivals.diffs["a.py"] = diff_of(("@", "@@"), ("+", text))
        rivals.changed = (msgspec.structs.replace(rivals.changed[0], old_id=str(number) * 40),)

    async with driven(rivals) as ui:
        await ui.open_workspace("second")
        await ui.press("V")
        await ui.sees("▌second")
        await ui.press("d")
        await ui.sees("against workspace third", "as it was")
        writes("something was taken over", 2)
        rivals.emit(told.FilesChanged(workspace="third"))
        await ui.sees("something was taken over")
        assert not ui.app.home.diff.looks_by_itself
        rivals.set_workspace(rivals.workspaces_["third"], activity=Activity.RUNNING)
        writes("an agent writes", 3)
        await ui.sees("an agent writes")


async def test_what_an_agent_does_not_report_is_not_nothing_and_a_long_path_keeps_its_end(
    rivals: FakeEngine,
) -> None:
    first, second, third = rivals.attempts_
    paths = ("app/a/folder/of/many/names/below/each/other/deep.py", *first.paths)
    silent = msgspec.structs.replace(first, spent=Spent(turns=1, minutes=0.05), paths=paths)
    rivals.attempts_ = (
        silent,
        msgspec.structs.replace(second, spent=Spent(turns=1, cost=0.5), conflicts=2),
        third,
    )
    async with driven(rivals) as ui:
        await ui.open_workspace("second")
        await ui.press("V")
        await ui.sees("▌second")
        tokens, cost = (next(line for line in ui.lines() if word in line) for word in ("tokens", "cost"))
        assert tokens.count("not reported") == 2 and "1,200" in tokens
        assert cost.count("not reported") == 1 and "$0.50" in cost and "$0.00" in cost
        await ui.sees("3.0s, 1 turn", "2 with target", "each/other/deep.py │")


async def test_a_key_before_they_are_measured_says_that_they_are_not(
    rivals: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured = asyncio.Event()
    found = rivals.attempts_

    async def slowly(task: str) -> tuple[Attempt, ...]:
        await measured.wait()
        return found

    monkeypatch.setattr(rivals, "attempts", slowly)
    async with driven(rivals) as ui:
        await ui.open_workspace("second")
        await ui.press("V")
        await ui.sees("Measuring the attempts")
        for key in ("c", "d", "L", "K", "enter", "right"):
            ui.app.screen.query_one("#problem", Static).update("")
            await ui.press(key)
            await ui.sees("Measuring the attempts.")
            assert "only one attempt" not in ui.text() and "No check" not in ui.text()
        assert not [name for name, _ in rivals.calls if name == "check"]
        measured.set()
        await ui.sees("▌second")
        assert "Measuring the attempts" not in ui.text()


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_check_is_seen_to_run_and_is_asked_for_once(
    rivals: FakeEngine, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    ended, answer = asyncio.Event(), rivals.check

    async def slowly(name: str) -> CheckAnswer:
        told = await answer(name)
        await ended.wait()
        return told

    monkeypatch.setattr(rivals, "check", slowly)
    async with driven(rivals, size) as ui:
        await ui.open_workspace("second")
        await ui.press("V")
        await ui.sees("▌second", "passed")
        await ui.press("c")
        await ui.sees("running")
        assert "passed" not in ui.text()
        await ui.press("c", "l", "c")
        await ui.until(lambda: ui.text().count("running") == 2, "the check of the next one")
        assert [name for what, name in rivals.calls if what == "check"] == ["second", "third"]
        ended.set()
        await ui.sees("passed", "exit 2")
        assert "running" not in ui.text()
