"""Attempts at one task side by side, at every size; one is kept."""

from __future__ import annotations

import pytest

from core.values.attempts import Attempt, CheckState
from core.values.entities import Spent
from core.values.states import Activity, WorkspaceState
from tests.tui.harbour import Harbour
from tests.tui.steering import at_the_helm


@pytest.fixture
def rivals(fleet: Harbour) -> Harbour:
    task = fleet.tasks_[fleet.workspaces_["second"].task_id]
    for name in ("third", "fourth"):
        fleet.put_workspace(task, name)
    fleet.attempts_ = tuple(
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
    return fleet


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_attempts_are_side_by_side_as_far_as_there_is_room(
    rivals: Harbour, size: tuple[int, int]
) -> None:
    async with at_the_helm(rivals, size) as helm:
        await helm.open_workspace("second")
        await helm.press("V")
        await helm.sees("Attempts at Cache the prices", "▌second", "passed", "1,200", "I am [b]second[/]")
        await helm.sees("third", "failed")
        await helm.press("l", "l")
        await helm.sees("▌fourth", "not checked")
        await helm.press("c")
        assert await helm.asked("check") == "fourth"
        await helm.sees("fourth: exit 2")


async def test_one_is_compared_with_the_next_and_one_is_kept_after_a_question(rivals: Harbour) -> None:
    async with at_the_helm(rivals) as helm:
        await helm.open_workspace("second")
        await helm.press("V")
        await helm.sees("▌second")
        await helm.press("d")
        await helm.until(lambda: ("diff", ("second", "workspace:third", 0)) in rivals.calls, "diff of diffs")
        await helm.sees("against workspace third")
        await helm.press("V")
        await helm.sees("▌second")
        await helm.press("l", "K")
        await helm.sees("Keep third, and archive second, fourth?")
        await helm.press("y")
        assert (await helm.asked("choose_attempt")).workspace == "third"
