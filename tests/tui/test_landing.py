"""Updates and their conflicts, the forecast, the landing queue, and where a line came from."""

from __future__ import annotations

import msgspec
import pytest

from core.values import events as told
from core.values.conflicts import Clash, Conflict, ConflictSides, Forecast, UpdateStyle
from core.values.conversation import Entry, EntryKind
from core.values.landing import LandingEntry, LandingQueue, LandingStatus
from core.values.provenance import LinesFrom, Origin
from core.values.review import FileNode
from tests.tui.harbour import Harbour
from tests.tui.steering import at_the_helm

CONFLICT = Conflict(repo_id="repo-app", path="a.txt", kind="content")
CROSS = "\u00d7"
SIDES = ConflictSides(repo_id="repo-app", path="a.txt", base="one\ntwo\n", ours="one\nMINE\n",
                      theirs="one\n[b]THEIRS\n", ours_name="boatyard/second", theirs_name="main")  # fmt: skip


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_an_update_stops_at_a_conflict_that_is_taken_and_gone_on_with(
    fleet: Harbour, size: tuple[int, int]
) -> None:
    fleet.conflicts, fleet.sides = (CONFLICT,), {"a.txt": SIDES}
    async with at_the_helm(fleet, size) as helm:
        await helm.open_workspace("second")
        await helm.press("u")
        await helm.sees("Update second from main", "Merge", "Rebase")
        await helm.press("r")
        assert await helm.asked("update_from_target") == ("second", UpdateStyle.REBASE)
        await helm.sees("the rebase has stopped", "content", "a.txt", "MINE", "[b]THEIRS", "main")
        beside = any("MINE" in line and "THEIRS" in line for line in helm.lines())
        assert beside == (size[0] >= 120)
        await helm.press("t")
        assert await helm.asked("take_side") == ("a.txt", True)
        await helm.sees("theirs taken")
        await helm.press("escape", "1")
        await helm.sees("second", "update stopped")
        await helm.press("u")
        await helm.sees("theirs taken")
        await helm.press("c")
        assert await helm.asked("continue_update") == "second"
        await helm.sees("has everything of its target branch")


async def test_an_update_is_given_up_after_a_question_or_handed_to_the_agent(fleet: Harbour) -> None:
    fleet.conflicts, fleet.sides = (CONFLICT,), {"a.txt": SIDES}
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("second")
        await helm.press("u", "m")
        await helm.sees("the merge has stopped")
        await helm.press("f")
        assert await helm.asked("hand_over_conflicts") == "second"
        await helm.press("u")
        await helm.sees("the merge has stopped")
        await helm.press("x")
        await helm.sees("Give up the update of second?")
        await helm.press("enter")
        await helm.sees("the merge has stopped")
        await helm.press("x", "y")
        assert await helm.asked("abort_update") == "second"


async def test_the_tree_says_with_whom_a_workspace_will_be_in_conflict(fleet: Harbour) -> None:
    fleet.forecasts_ = (
        Forecast(workspace="second", others=(Clash(workspace="first", conflicts=(CONFLICT,)),), rank=2),
    )
    async with at_the_helm(fleet, (200, 60)) as helm:
        await helm.sees(f"{CROSS}1")
        await helm.open_workspace("second")
        await helm.press("1")
        await helm.press("plus")
        await helm.sees(f"{CROSS}first")
        await helm.press("underscore")
        await helm.sees("Would be in conflict", "first: a.txt", "land as number 2")
        fleet.emit(told.ForecastChanged(forecast=Forecast(workspace="second", target=(CONFLICT,))))
        await helm.sees(f"{CROSS}1", "target branch: a.txt (content)")


async def test_marked_workspaces_land_in_the_order_of_the_forecast(fleet: Harbour) -> None:
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("second")
        await helm.press("1", "v", "M")
        await helm.sees("Landing queue", "Marked: second")
        await helm.press("a")
        body = await helm.asked("queue_landing")
        assert body.workspaces == ("second",) and body.by_forecast and not body.start
        await helm.sees("waits", "second")
        await helm.press("s")
        await helm.asked("start_landing")
        await helm.sees("being worked through")
        entry = LandingEntry(workspace="second", position=1, status=LandingStatus.SET_ASIDE,
                             reason="its check failed", process_id="check")  # fmt: skip
        fleet.put_landing(LandingQueue(entries=(entry,)))
        fleet.logs["check"] = "two tests failed\n"
        await helm.sees("set aside", "its check failed")
        await helm.press("l")
        await helm.sees("two tests failed")
        await helm.press("M", "d")
        assert await helm.asked("drop_landing") == "second"


async def test_a_line_says_where_it_came_from_and_leads_there(fleet: Harbour) -> None:
    fleet.tree[""] = (FileNode(path="app/a.py", name="a.py", folder=False),)
    fleet.contents["app/a.py"] = ["first", "second"]
    fleet.put_entry("second", Entry(id="e1", order=1, kind=EntryKind.USER, process_id="p1", text="Write it"))
    fleet.blame_ = (
        LinesFrom(first=1, last=1, origin=Origin.BASE),
        LinesFrom(first=2, last=2, origin=Origin.TURN, process_id="p1", entry_id="e1", agent="demo",
                  prompt="Write [it]", tool="Edit a.py", checkpoint=2),
    )  # fmt: skip
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("second")
        await helm.press("3", "enter")
        await helm.sees("first", "second")
        await helm.press("b")
        await helm.sees("It was there when the workspace was made")
        await helm.press("escape", "j", "b")
        await helm.sees("A turn of demo", "Prompt: Write [it]", "Tool call: Edit a.py")
        await helm.press("g")
        await helm.until(lambda: helm.app.home.view == "session", "the conversation")


async def test_the_merge_offers_an_update_first_and_escape_keeps_the_message(fleet: Harbour) -> None:
    preview = await fleet.merge_preview("second")
    fleet.preview = msgspec.structs.replace(preview, conflicts=(CONFLICT,))
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("second")
        await helm.press("m")
        await helm.sees("u update first", "content", "a.txt")
        await helm.press("i")
        await helm.type("Mine ")
        await helm.press("escape", "s")
        await helm.sees("Merge second", "Mine")
        await helm.press("u")
        await helm.sees("Update second from main")
