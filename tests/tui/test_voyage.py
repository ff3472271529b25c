"""The whole voyage by keys alone, at every size."""

from __future__ import annotations

import msgspec
import pytest

from core.errors import ConflictError
from core.values.conflicts import Conflict
from core.values.conversation import Entry, EntryKind
from core.values.entities import ApprovalOption, Operation, StepReport
from core.values.review import Change, MergePreview
from core.values.states import Activity, MergeStyle, OperationStatus, TaskStatus, WorkspaceState
from tests.tui.driver import SIZES, driven
from tests.tui.fake_engine import FakeEngine, changed_file, diff_of
from tests.tui.fake_engine.values import NOW
from tui.terminal.attention import in_need

OPTIONS = (
    ApprovalOption(id="one", name="Allow once", kind="allow_once"),
    ApprovalOption(id="all", name="Always allow", kind="allow_always"),
    ApprovalOption(id="no", name="Reject", kind="reject_once"),
)


@pytest.mark.parametrize("size", SIZES)
async def test_from_nothing_to_a_running_task_with_n_a_title_and_enter(
    bare_engine: FakeEngine, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.commands.tasks.repository_here", lambda: "/src/shop")
    async with driven(bare_engine, size) as ui:
        await ui.sees("Welcome to Boatyard")
        await ui.press("n")
        await ui.sees("New task", "/src/shop", "Demo agent (demonstration)", "isolates nothing")
        await ui.type("fix it")
        await ui.press("enter")
        wanted = await ui.asked("run_task")
        assert (wanted.title, wanted.repos, wanted.agent) == ("fix it", ("/src/shop",), "demo")
        await ui.sees("Setting up", "Refresh the depot", "0.2s", "Clone on", "Start the agent")


@pytest.mark.parametrize("size", SIZES)
async def test_watch_answer_follow_up_review_and_merge(engine: FakeEngine, size: tuple[int, int]) -> None:
    engine.changed = (changed_file("src/login.py"), changed_file("new.md", change=Change.ADDED))
    engine.diffs["src/login.py"] = diff_of(("@", "@@ -1 +1 @@"), ("-", "old line"), ("+", "new line"))
    async with driven(engine, size) as ui:
        await ui.open_workspace("first")
        engine.put_entry("first", Entry(id="u", process_id="p", kind=EntryKind.USER, order=0, text="Do it"))
        engine.put_entry("first", Entry(id="m", process_id="p", kind=EntryKind.MESSAGE, order=1, text="I be"))
        await ui.sees("Do it", "I be")
        engine.put_entry(
            "first", Entry(id="m", process_id="p", kind=EntryKind.MESSAGE, order=1, text="gin"), keep=4
        )
        await ui.sees("I begin")

        engine.put_approval("first", "Run a command", "git commit -m x", OPTIONS)
        await ui.sees("The agent asks", "git commit -m x", "a Allow once", "A Always allow", "x Reject")
        await ui.press("a")
        assert (await ui.asked("answer_approval"))[1] == "one"

        await ui.press("i")
        await ui.until(lambda: ui.app.home.session.prompt.has_focus, "prompt")
        await ui.type("more")
        await ui.press("ctrl+j")
        await ui.type("lines")
        await ui.press("enter")
        assert await ui.asked("send") == ("first", "more\nlines")
        await ui.sees("1 queued")
        assert ui.app.home.session.prompt.text == ""

        await ui.press("escape", "4")
        await ui.sees("src/login.py", "new.md")
        await ui.press("enter")
        await ui.sees("old line", "new line", "file 1/2", "hunk") if size[0] > 80 else await ui.sees(
            "new line"
        )

        engine.set_workspace(engine.workspaces_["first"], activity=Activity.IDLE)
        await ui.press("m")
        await ui.sees("merge commit", "squash", "rebase", "main", "+12", "Merge the work")
        await ui.press("s")
        await ui.until(lambda: ("merge_preview", MergeStyle.SQUASH) in engine.calls, "another preview")
        await ui.press("enter")
        assert await ui.asked("merge") == ("first", MergeStyle.SQUASH, "Merge the work")
        await ui.sees("Merged first")


async def test_a_request_is_not_answered_where_it_cannot_be_seen(engine: FakeEngine) -> None:
    engine.put_approval("first", "Run", "rm -r x", OPTIONS)
    async with driven(engine, (80, 24)) as ui:
        ui.app.home.go_to_workspace("first", view="tree")
        await ui.until(lambda: ui.app.home.session.workspace == "first", "selected")
        await ui.press("a")
        await ui.sees("open the session to see what is asked")
        assert "answer_approval" not in dict(engine.calls)
        await ui.press("enter")
        await ui.sees("rm -r x")
        await ui.press("x")
        assert (await ui.asked("answer_approval"))[1] == "no"


async def test_semicolon_goes_round_the_workspaces_that_wait(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        await ui.press("semicolon")
        await ui.sees("no workspace needs you")
        engine.put_approval("second", "Second asks", "", OPTIONS)
        engine.put_approval("first", "First asks", "", OPTIONS)
        await ui.until(lambda: len(in_need(ui.app.store)) == 2, "both wait")
        await ui.press("semicolon")
        await ui.sees("First asks")
        await ui.press("semicolon")
        await ui.sees("Second asks")


async def test_a_task_is_started_with_enter_twice(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        ui.app.home.go_to("task:task-2")
        await ui.press("enter")
        await ui.sees("Start the task", "Drop the old export", "Permissions")
        await ui.press("enter")
        wanted = await ui.asked("new_workspace")
        assert (wanted.task, wanted.agent) == ("task-2", "demo")
        await ui.sees("Setting up")


async def test_a_task_may_only_be_added(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        await ui.press("n")
        await ui.type("later")
        await ui.press("tab", "tab", "tab", "right", "enter")
        assert (await ui.asked("add_task")).title == "later"
        await ui.until(lambda: any("later" in row for row in ui.rows("#tree")), "in the tree")
        assert not any(name == "new_workspace" for name, _ in engine.calls)


async def test_a_form_that_lacks_something_says_what_and_stays(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        await ui.press("n", "enter")
        await ui.sees("Say in a few words what is to be done")
        await ui.press("escape", "p")
        await ui.sees("Add a project")
        ui.app.screen.query_one("#path").value = "nowhere"  # type: ignore[attr-defined]
        await ui.press("enter")
        await ui.sees("nowhere is no repository", "Give an absolute path")


async def test_stop_asks_first_and_cancel_is_the_default(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        await ui.open_workspace("first")
        await ui.press("s")
        await ui.sees("What it did so far stays")
        await ui.press("enter")
        assert not any(name == "stop_workspace" for name, _ in engine.calls)
        await ui.press("s", "s")
        assert await ui.asked("stop_workspace") == "first"


async def test_removing_names_the_loss_and_z_brings_it_back(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("d", "r")
        await ui.sees("Remove the workspace second?", "2 commits merged nowhere", "1 untracked file")
        await ui.press("y")
        assert await ui.asked("remove_workspace") == ("second", True)
        await ui.until(lambda: "second" not in ui.app.store.workspaces, "gone")
        await ui.press("z")
        assert await ui.asked("recover_workspace") == "second"
        await ui.until(lambda: "second" in ui.app.store.workspaces, "back")


async def test_close_and_open_again(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("d", "c")
        await ui.asked("close_workspace")
        await ui.sees("closed")
        await ui.press("i")
        await ui.sees("d and then o open it")
        await ui.press("d", "o")
        await ui.asked("restore_workspace")


async def test_a_failed_set_up_shows_why_and_r_tries_again(engine: FakeEngine) -> None:
    workspace = engine.set_workspace(engine.workspaces_["second"], state=WorkspaceState.FAILED, turns=0)
    step = StepReport(
        name="setup", label="Set-up script", started_at=NOW, ended_at=NOW + 2, error="exit code 1"
    )
    engine.put_operation(
        Operation(id="o", kind="create", workspace=workspace.name, steps=(step,),
                  status=OperationStatus.FAILED,
                  error={"message": "the script failed", "hint": "Look at it."}, started_at=NOW)
    )  # fmt: skip
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.sees("Set-up script", "exit code 1", "the script failed", "Look at it.", "try again")
        await ui.sees("Not now: the set-up failed")
        await ui.press("r")
        assert await ui.asked("retry_setup") == "second"


async def test_conflicts_are_listed_and_may_go_to_the_agent(engine: FakeEngine) -> None:
    conflict = Conflict(repo_id="repo-app", path="src/a.py", kind="content")
    engine.preview = MergePreview(workspace="second", style=MergeStyle.MERGE, conflicts=(conflict,))
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("m")
        await ui.sees("1 conflict, nothing will change", "content", "src/a.py")
        await ui.press("enter")
        await ui.sees("There are conflicts")
        await ui.press("f")
        await ui.until(lambda: "src/a.py (content)" in ui.app.home.session.prompt.text, "drafted")
        assert not any(name == "merge" for name, _ in engine.calls)


async def test_what_blocks_a_merge_is_said_and_nothing_is_merged(engine: FakeEngine) -> None:
    engine.preview = MergePreview(
        workspace="second", style=MergeStyle.MERGE, blocked=("a.py has local edits",)
    )
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("m")
        await ui.sees("a.py has local edits")
        await ui.press("enter")
        await ui.sees("Put right what is named above")
        engine.preview = ConflictError("the target moved", hint="Try again.")
        await ui.press("r")
        await ui.sees("It cannot be merged", "the target moved", "Try again.")
        assert not any(name == "merge" for name, _ in engine.calls)


async def test_a_merge_waits_for_the_agent_and_can_be_made_when_it_has_ended(
    engine: FakeEngine,
) -> None:
    engine.preview = ConflictError("something still runs in 'second'", hint="Wait for it.")
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("m")
        await ui.sees("It cannot be merged", "something still runs")
        engine.preview = None
        engine.put_workspace(engine.tasks_["task-2"], "second", activity=Activity.IDLE, turns=2)
        await ui.sees("merge commit", "enter merges")
        await ui.press("enter")
        assert await ui.asked("merge") == ("second", MergeStyle.MERGE, "Merge the work")


async def test_a_task_is_marked_done_and_z_takes_it_back(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        ui.app.home.go_to("task:task-2")
        await ui.press("d", "d")
        await ui.asked("update_task")
        await ui.until(lambda: engine.tasks_["task-2"].status is TaskStatus.DONE, "done")
        await ui.press("z")
        await ui.until(lambda: engine.tasks_["task-2"].status is TaskStatus.TODO, "to do again")


async def test_two_interfaces_on_one_engine_agree(engine: FakeEngine) -> None:
    async with driven(engine) as one, driven(engine) as other:
        one.app.home.go_to("task:task-2")
        await one.press("d", "x")
        await one.asked("update_task")
        await other.until(
            lambda: any("Cancelled 1" in row for row in other.rows("#tree")), "seen by the other"
        )
        assert "Drop the old export" in "".join(one.rows("#tree"))  # It is at hand here, folded there.
        assert "Drop the old export" not in "".join(other.rows("#tree"))
        assert msgspec.json.encode(one.app.store.tasks) == msgspec.json.encode(other.app.store.tasks)


async def test_a_merge_that_is_refused_while_the_agent_works_is_offered_when_it_has_ended(
    engine: FakeEngine,
) -> None:
    engine.preview = ConflictError("something still runs in 'second'", hint="Wait for it.")
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("m")
        await ui.sees("cannot be merged", "something still runs")
        engine.preview = None
        engine.set_workspace(engine.workspaces_["second"], activity=Activity.UNSEEN)
        await ui.sees("enter merges")
