"""Updates and their conflicts, the forecast, the landing queue, and where a line came from."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from core.errors import ConflictError, UnreachableError
from core.values import events as told
from core.values.conflicts import Clash, Conflict, ConflictSides, Forecast, UpdateStyle
from core.values.conversation import Entry, EntryKind
from core.values.entities import Operation
from core.values.landing import LandingEntry, LandingQueue, LandingStatus
from core.values.provenance import LinesFrom, Origin
from core.values.requests import MergeWorkspace, TakeSide
from core.values.review import FileNode, MergePreview, MergeResult
from core.values.states import MergeStyle, WorkspaceState
from tests.tui.driver import driven
from tests.tui.fake_engine import FakeEngine

CONFLICT = Conflict(repo_id="repo-app", path="a.txt", kind="content")
CROSS = "\u00d7"
SIDES = ConflictSides(repo_id="repo-app", path="a.txt", base="one\ntwo\n", ours="one\nMINE\n",
                      theirs="one\n[b]THEIRS\n", ours_name="boatyard/second", theirs_name="main")  # fmt: skip


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_an_update_stops_at_a_conflict_that_is_taken_and_gone_on_with(
    engine: FakeEngine, size: tuple[int, int]
) -> None:
    engine.conflicts, engine.sides = (CONFLICT,), {"a.txt": SIDES}
    async with driven(engine, size) as ui:
        await ui.open_workspace("second")
        await ui.press("u")
        await ui.sees("Update second from main", "Merge", "Rebase")
        await ui.press("r")
        assert await ui.asked("update_from_target") == ("second", UpdateStyle.REBASE)
        await ui.sees("the rebase has stopped", "content", "a.txt", "MINE", "[b]THEIRS", "main")
        beside = any("MINE" in line and "THEIRS" in line for line in ui.lines())
        assert beside == (size[0] >= 120)
        await ui.press("t")
        assert await ui.asked("take_side") == ("a.txt", True)
        await ui.sees("theirs taken")
        await ui.press("escape", "1")
        await ui.sees("second", "update stopped")
        await ui.press("u")
        await ui.sees("theirs taken")
        await ui.press("c")
        assert await ui.asked("continue_update") == "second"
        await ui.sees("has everything of its target branch")
        await ui.press("z")  # to before the update, not to its stop
        assert await ui.asked("restore_to") == ("second", 3)
        await ui.sees("second is as it was before")


async def test_sides_that_are_taken_in_one_burst_are_all_taken_before_it_goes_on(
    engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = msgspec.structs.replace(CONFLICT, path="b.txt")
    engine.conflicts, engine.sides = (CONFLICT, other), {"a.txt": SIDES, "b.txt": SIDES}
    goes_on, take = asyncio.Event(), engine.take_side

    async def slowly(name: str, body: TakeSide) -> Operation:
        answer = await take(name, body)
        await goes_on.wait()
        return answer

    monkeypatch.setattr(engine, "take_side", slowly)
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("u", "m")
        await ui.sees("the merge has stopped", "b.txt")
        await ui.press("o", "j", "t", "c")
        await ui.sees("taking")
        assert not any(call == "continue_update" for call, _ in engine.calls)
        goes_on.set()
        assert await ui.asked("continue_update") == "second"
        taken = [value for call, value in engine.calls if call == "take_side"]
        assert taken == [("a.txt", False), ("b.txt", True)]


async def test_what_is_left_to_resolve_is_shown_again(
    engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.conflicts, engine.sides = (CONFLICT,), {"a.txt": SIDES}

    async def refuses(name: str) -> Operation:
        raise ConflictError("conflict marks are left in a.txt", hint="Resolve them.")

    monkeypatch.setattr(engine, "continue_update", refuses)
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("u", "m")
        await ui.sees("the merge has stopped")
        await ui.press("c")
        await ui.sees("conflict marks are left in a.txt", "the merge has stopped", "THEIRS")


async def test_a_closed_workspace_is_updated_and_says_where_that_has_stopped(engine: FakeEngine) -> None:
    engine.conflicts, engine.sides = (CONFLICT,), {"a.txt": SIDES}
    engine.set_workspace(engine.workspaces_["second"], state=WorkspaceState.CLOSED)
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("u", "m")
        await ui.sees("the merge has stopped")
        await ui.press("escape", "1")
        await ui.sees("update stopped")
        await ui.press("u")
        await ui.sees("the merge has stopped")


async def test_an_update_is_given_up_after_a_question_or_handed_to_the_agent(engine: FakeEngine) -> None:
    engine.conflicts, engine.sides = (CONFLICT,), {"a.txt": SIDES}
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("u", "m")
        await ui.sees("the merge has stopped")
        await ui.press("f")
        assert await ui.asked("hand_over_conflicts") == "second"
        await ui.press("u")
        await ui.sees("the merge has stopped")
        await ui.press("x")
        await ui.sees("Give up the update of second?")
        await ui.press("enter")
        await ui.sees("the merge has stopped")
        await ui.press("x", "y")
        assert await ui.asked("abort_update") == "second"


async def test_files_that_somebody_has_resolved_are_shown_as_such(engine: FakeEngine) -> None:
    other = msgspec.structs.replace(CONFLICT, path="b.txt")
    engine.conflicts, engine.sides = (CONFLICT, other), {"a.txt": SIDES, "b.txt": SIDES}
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("u", "m")
        await ui.sees("the merge has stopped", "b.txt")
        assert "resolved" not in ui.text()
        engine.resolved.add("b.txt")
        engine.emit(told.FilesChanged(workspace="second"))
        await ui.sees("resolved")
        (line,) = [line for line in ui.text().splitlines() if "resolved" in line]
        assert "✓" in line and "b.txt" in line


async def test_the_tree_says_with_whom_a_workspace_will_be_in_conflict(engine: FakeEngine) -> None:
    engine.forecasts_ = (
        Forecast(workspace="second", others=(Clash(workspace="first", conflicts=(CONFLICT,)),), rank=2),
    )
    async with driven(engine, (200, 60)) as ui:
        await ui.sees(f"{CROSS}1")
        await ui.open_workspace("second")
        await ui.press("1")
        await ui.press("plus")
        await ui.sees(f"{CROSS}first")
        await ui.press("underscore")
        await ui.sees("Would be in conflict", "first: a.txt", "land as number 2")
        engine.emit(told.ForecastChanged(forecast=Forecast(workspace="second", target=(CONFLICT,))))
        await ui.sees(f"{CROSS}1", "target branch: a.txt (content)")


@pytest.mark.parametrize(
    ("size", "words"),
    [
        ((80, 24), f"{CROSS}3  "),
        ((120, 40), f"{CROSS} with main, first +1"),
        ((200, 60), f"{CROSS} conflicts with main, first, fourth"),
    ],
)
async def test_the_session_says_with_whom_its_workspace_will_be_in_conflict(
    engine: FakeEngine, size: tuple[int, int], words: str
) -> None:
    others = tuple(Clash(workspace=name, conflicts=(CONFLICT,)) for name in ("first", "fourth"))
    async with driven(engine, size) as ui:
        await ui.open_workspace("second")
        assert "conflicts with" not in ui.text()
        engine.emit(
            told.ForecastChanged(forecast=Forecast(workspace="second", target=(CONFLICT,), others=others))
        )
        await ui.until(lambda: any("second" in line and words in line for line in ui.lines()[:3]), words)


async def test_marked_workspaces_land_in_the_order_of_the_forecast(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("1", "v", "M")
        await ui.sees("Landing queue", "Marked: second")
        await ui.press("a")
        body = await ui.asked("queue_landing")
        assert body.workspaces == ("second",) and body.by_forecast and not body.start
        await ui.sees("waits", "second")
        await ui.press("s")
        await ui.asked("start_landing")
        await ui.sees("being worked through")
        entry = LandingEntry(workspace="second", position=1, status=LandingStatus.SET_ASIDE,
                             reason="its check failed", process_id="check")  # fmt: skip
        engine.put_landing(LandingQueue(entries=(entry,)))
        engine.logs["check"] = "two tests failed\n"
        await ui.sees("set aside", "its check failed")
        await ui.press("l")
        await ui.sees("two tests failed")
        await ui.press("M", "d")
        assert await ui.asked("drop_landing") == "second"


async def test_the_queue_forgets_a_failure_once_it_goes_on(
    engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def lost() -> LandingQueue:
        raise UnreachableError("the engine does not answer", hint="Wait.")

    monkeypatch.setattr(engine, "start_landing", lost)
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("M", "s")
        await ui.sees("the engine does not answer")
        engine.put_landing(LandingQueue(running=True))
        await ui.sees("being worked through")
        await ui.until(lambda: not any("does not answer" in line for line in ui.lines()), "forgotten")


async def test_a_line_says_where_it_came_from_and_leads_there(engine: FakeEngine) -> None:
    engine.tree[""] = (FileNode(path="app/a.py", name="a.py", folder=False),)
    engine.contents["app/a.py"] = ["first", "second"]
    engine.put_entry("second", Entry(id="e1", order=1, kind=EntryKind.USER, process_id="p1", text="Write it"))
    engine.blame_ = (
        LinesFrom(first=1, last=1, origin=Origin.BASE),
        LinesFrom(first=2, last=2, origin=Origin.TURN, process_id="p1", entry_id="e1", agent="demo",
                  prompt="Write [it]", tool="Edit a.py", checkpoint=2),
    )  # fmt: skip
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("3", "enter")
        await ui.sees("first", "second")
        await ui.press("b")
        await ui.sees("It was there when the workspace was made")
        await ui.press("escape", "j", "b")
        await ui.sees("A turn of demo", "Prompt: Write [it]", "Tool call: Edit a.py")
        await ui.press("o")
        await ui.until(lambda: ui.app.home.view == "session", "the conversation")


async def test_it_is_said_that_one_looks_where_a_line_came_from_when_that_takes_long(
    engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    blame, there = engine.blame, asyncio.Event()

    async def later(name: str, path: str) -> tuple[LinesFrom, ...]:
        await there.wait()
        return await blame(name, path)

    monkeypatch.setattr(engine, "blame", later)
    engine.tree[""] = (FileNode(path="app/a.py", name="a.py", folder=False),)
    engine.contents["app/a.py"] = ["first"]
    engine.blame_ = (LinesFrom(first=1, last=1, origin=Origin.BASE),)
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("3", "enter")
        await ui.sees("first")
        await ui.press("b")
        await ui.sees("Looking where app/a.py:1 came from")
        there.set()
        await ui.sees("It was there when the workspace was made")


async def test_the_merge_offers_an_update_first_and_escape_keeps_the_message(engine: FakeEngine) -> None:
    preview = await engine.merge_preview("second")
    engine.preview = msgspec.structs.replace(preview, conflicts=(CONFLICT,))
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("m")
        await ui.sees("u update first", "content", "a.txt")
        await ui.press("i")
        await ui.type("Mine ")
        await ui.press("escape", "s")
        await ui.sees("Merge second", "Mine")
        await ui.press("u")
        await ui.sees("Update second from main")


async def test_nothing_is_merged_in_a_style_whose_preview_is_not_there_yet(
    engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    preview, there = engine.merge_preview, asyncio.Event()

    async def later(name: str, style: MergeStyle | None = None) -> MergePreview:
        if style is MergeStyle.REBASE:
            await there.wait()
        return await preview(name, style)

    monkeypatch.setattr(engine, "merge_preview", later)
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("m")
        await ui.sees("enter merges")
        await ui.press("r", "enter")
        await ui.sees("Computing what a merge would do")
        engine.emit(told.FilesChanged(workspace="second"))  # looked at again, in the style chosen last
        await ui.press("p", "enter")
        assert "merge" not in dict(engine.calls)
        there.set()
        await ui.sees("● rebase", "afterwards: yes")
        await ui.press("enter")
        assert (await ui.asked("merge"))[1] is MergeStyle.REBASE
        await ui.asked("merge_and_push")


async def test_what_stood_in_the_way_of_a_merge_is_looked_at_again_when_it_is_tried_again(
    engine: FakeEngine,
) -> None:
    preview = await engine.merge_preview("second")
    engine.preview = msgspec.structs.replace(preview, blocked=("there are uncommitted changes: a.txt",))
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("m")
        await ui.sees("uncommitted changes: a.txt")
        await ui.press("enter")
        await ui.sees("Put right what is named above, then try again.")
        engine.preview = None
        await ui.press("enter")
        await ui.sees("enter merges")
        await ui.until(lambda: not any("Put right" in line for line in ui.lines()), "nothing in the way")
        assert "merge" not in dict(engine.calls)
        await ui.press("enter")
        await ui.asked("merge")


async def test_what_cannot_be_read_is_said_where_the_workspace_is_looked_at(engine: FakeEngine) -> None:
    second = engine.workspaces_["second"]
    repos = tuple(msgspec.structs.replace(repo, unread=("[b]s.txt", "d/")) for repo in second.repos)
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        engine.set_workspace(second, repos=repos)
        await ui.sees("Cannot be read, and is in no diff, checkpoint or merge: [b]s.txt and 1 more")


async def test_a_message_that_was_written_is_there_again_after_the_merge_was_refused(
    engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    merge = engine.merge

    async def refuses(name: str, body: MergeWorkspace) -> MergeResult:
        raise ConflictError("the hook commit-msg refused", hint="Put it right.")

    monkeypatch.setattr(engine, "merge", refuses)
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("m")
        await ui.sees("enter merges")
        await ui.press("i")
        await ui.type("In my words: ")
        engine.emit(told.FilesChanged(workspace="second"))  # the preview is computed anew meanwhile
        await ui.press("escape", "enter")
        await ui.sees("the hook commit-msg refused")
    monkeypatch.setattr(engine, "merge", merge)
    async with driven(engine) as ui:  # another terminal
        await ui.open_workspace("second")
        await ui.press("m")
        await ui.sees("In my words: ", "enter merges")
        await ui.press("enter")
        assert (await ui.asked("merge"))[2] == "In my words: Merge the work"
        await ui.until(lambda: ("draft_workspace", "second") not in engine.scratches, "forgotten")
