"""Attempts at one task side by side, at every size; one is kept."""

from __future__ import annotations

import pytest

from core.values.attempts import Attempt, CheckState
from core.values.entities import Spent
from core.values.states import Activity, WorkspaceState
from tests.tui.driver import driven
from tests.tui.fake_engine import FakeEngine


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
        await ui.press("l", "l")
        await ui.sees("▌fourth", "not checked")
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
