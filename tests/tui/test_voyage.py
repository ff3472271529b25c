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
from tests.tui.harbour import NOW, Harbour, changed_file, diff_of
from tests.tui.steering import SIZES, at_the_helm
from tui.terminal.attention import in_need

OPTIONS = (
    ApprovalOption(id="one", name="Allow once", kind="allow_once"),
    ApprovalOption(id="all", name="Always allow", kind="allow_always"),
    ApprovalOption(id="no", name="Reject", kind="reject_once"),
)


@pytest.mark.parametrize("size", SIZES)
async def test_from_nothing_to_a_running_task_with_n_a_title_and_enter(
    harbour: Harbour, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.commands.tasks.repository_here", lambda: "/src/shop")
    async with at_the_helm(harbour, size) as helm:
        await helm.sees("Welcome to Boatyard")
        await helm.press("n")
        await helm.sees("New task", "/src/shop", "Demo agent (demonstration)", "isolates nothing")
        await helm.type("fix it")
        await helm.press("enter")
        wanted = await helm.asked("run_task")
        assert (wanted.title, wanted.repos, wanted.agent) == ("fix it", ("/src/shop",), "demo")
        await helm.sees("Setting up", "Refresh the depot", "0.2s", "Clone on", "Start the agent")


@pytest.mark.parametrize("size", SIZES)
async def test_watch_answer_follow_up_review_and_merge(fleet: Harbour, size: tuple[int, int]) -> None:
    fleet.changed = (changed_file("src/login.py"), changed_file("new.md", change=Change.ADDED))
    fleet.diffs["src/login.py"] = diff_of(("@", "@@ -1 +1 @@"), ("-", "old line"), ("+", "new line"))
    async with at_the_helm(fleet, size) as helm:
        await helm.open_workspace("first")
        fleet.put_entry("first", Entry(id="u", process_id="p", kind=EntryKind.USER, order=0, text="Do it"))
        fleet.put_entry("first", Entry(id="m", process_id="p", kind=EntryKind.MESSAGE, order=1, text="I be"))
        await helm.sees("Do it", "I be")
        fleet.put_entry(
            "first", Entry(id="m", process_id="p", kind=EntryKind.MESSAGE, order=1, text="gin"), keep=4
        )
        await helm.sees("I begin")

        fleet.put_approval("first", "Run a command", "git commit -m x", OPTIONS)
        await helm.sees("The agent asks", "git commit -m x", "a Allow once", "A Always allow", "x Reject")
        await helm.press("a")
        assert (await helm.asked("answer_approval"))[1] == "one"

        await helm.press("i")
        await helm.until(lambda: helm.app.home.session.prompt.has_focus, "prompt")
        await helm.type("more")
        await helm.press("ctrl+j")
        await helm.type("lines")
        await helm.press("enter")
        assert await helm.asked("send") == ("first", "more\nlines")
        await helm.sees("1 queued")
        assert helm.app.home.session.prompt.text == ""

        await helm.press("escape", "4")
        await helm.sees("src/login.py", "new.md")
        await helm.press("enter")
        await helm.sees("old line", "new line", "file 1/2", "hunk") if size[0] > 80 else await helm.sees(
            "new line"
        )

        fleet.set_workspace(fleet.workspaces_["first"], activity=Activity.IDLE)
        await helm.press("m")
        await helm.sees("merge commit", "squash", "rebase", "main", "+12", "Merge the work")
        await helm.press("s")
        await helm.until(lambda: ("merge_preview", MergeStyle.SQUASH) in fleet.calls, "another preview")
        await helm.press("enter")
        assert await helm.asked("merge") == ("first", MergeStyle.SQUASH, "Merge the work")
        await helm.sees("Merged first")


async def test_a_request_is_not_answered_where_it_cannot_be_seen(fleet: Harbour) -> None:
    fleet.put_approval("first", "Run", "rm -r x", OPTIONS)
    async with at_the_helm(fleet, (80, 24)) as helm:
        helm.app.home.go_to_workspace("first", view="tree")
        await helm.until(lambda: helm.app.home.session.workspace == "first", "selected")
        await helm.press("a")
        await helm.sees("open the session to see what is asked")
        assert "answer_approval" not in dict(fleet.calls)
        await helm.press("enter")
        await helm.sees("rm -r x")
        await helm.press("x")
        assert (await helm.asked("answer_approval"))[1] == "no"


async def test_semicolon_goes_round_the_workspaces_that_wait(fleet: Harbour) -> None:
    async with at_the_helm(fleet) as helm:
        await helm.press("semicolon")
        await helm.sees("no workspace needs you")
        fleet.put_approval("second", "Second asks", "", OPTIONS)
        fleet.put_approval("first", "First asks", "", OPTIONS)
        await helm.until(lambda: len(in_need(helm.app.store)) == 2, "both wait")
        await helm.press("semicolon")
        await helm.sees("First asks")
        await helm.press("semicolon")
        await helm.sees("Second asks")


async def test_a_task_is_started_with_enter_twice(fleet: Harbour) -> None:
    async with at_the_helm(fleet) as helm:
        helm.app.home.go_to("task:task-2")
        await helm.press("enter")
        await helm.sees("Start the task", "Drop the old export", "Permissions")
        await helm.press("enter")
        wanted = await helm.asked("new_workspace")
        assert (wanted.task, wanted.agent) == ("task-2", "demo")
        await helm.sees("Setting up")


async def test_a_task_may_only_be_added(fleet: Harbour) -> None:
    async with at_the_helm(fleet) as helm:
        await helm.press("n")
        await helm.type("later")
        await helm.press("tab", "tab", "tab", "right", "enter")
        assert (await helm.asked("add_task")).title == "later"
        await helm.until(lambda: any("later" in row for row in helm.rows("#tree")), "in the tree")
        assert not any(name == "new_workspace" for name, _ in fleet.calls)


async def test_a_form_that_lacks_something_says_what_and_stays(fleet: Harbour) -> None:
    async with at_the_helm(fleet) as helm:
        await helm.press("n", "enter")
        await helm.sees("Say in a few words what is to be done")
        await helm.press("escape", "p")
        await helm.sees("Add a project")
        helm.app.screen.query_one("#path").value = "nowhere"  # type: ignore[attr-defined]
        await helm.press("enter")
        await helm.sees("nowhere is no repository", "Give an absolute path")


async def test_stop_asks_first_and_cancel_is_the_default(fleet: Harbour) -> None:
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("first")
        await helm.press("s")
        await helm.sees("What it did so far stays")
        await helm.press("enter")
        assert not any(name == "stop_workspace" for name, _ in fleet.calls)
        await helm.press("s", "s")
        assert await helm.asked("stop_workspace") == "first"


async def test_removing_names_the_loss_and_z_brings_it_back(fleet: Harbour) -> None:
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("second")
        await helm.press("d", "r")
        await helm.sees("Remove the workspace second?", "2 commits merged nowhere", "1 untracked file")
        await helm.press("y")
        assert await helm.asked("remove_workspace") == ("second", True)
        await helm.until(lambda: "second" not in helm.app.store.workspaces, "gone")
        await helm.press("z")
        assert await helm.asked("recover_workspace") == "second"
        await helm.until(lambda: "second" in helm.app.store.workspaces, "back")


async def test_close_and_open_again(fleet: Harbour) -> None:
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("second")
        await helm.press("d", "c")
        await helm.asked("close_workspace")
        await helm.sees("closed")
        await helm.press("i")
        await helm.sees("restore it first")
        await helm.press("d", "o")
        await helm.asked("restore_workspace")


async def test_a_failed_set_up_shows_why_and_r_tries_again(fleet: Harbour) -> None:
    workspace = fleet.set_workspace(fleet.workspaces_["second"], state=WorkspaceState.FAILED, turns=0)
    step = StepReport(
        name="setup", label="Set-up script", started_at=NOW, ended_at=NOW + 2, error="exit code 1"
    )
    fleet.put_operation(
        Operation(id="o", kind="create", workspace=workspace.name, steps=(step,),
                  status=OperationStatus.FAILED,
                  error={"message": "the script failed", "hint": "Look at it."}, started_at=NOW)
    )  # fmt: skip
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("second")
        await helm.sees("Set-up script", "exit code 1", "the script failed", "Look at it.", "try again")
        await helm.sees("Not now: the set-up failed")
        await helm.press("r")
        assert await helm.asked("retry_setup") == "second"


async def test_conflicts_are_listed_and_may_go_to_the_agent(fleet: Harbour) -> None:
    conflict = Conflict(repo_id="repo-app", path="src/a.py", kind="content")
    fleet.preview = MergePreview(workspace="second", style=MergeStyle.MERGE, conflicts=(conflict,))
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("second")
        await helm.press("m")
        await helm.sees("1 conflict, nothing will change", "content", "src/a.py")
        await helm.press("enter")
        await helm.sees("There are conflicts")
        await helm.press("f")
        await helm.until(lambda: "src/a.py (content)" in helm.app.home.session.prompt.text, "drafted")
        assert not any(name == "merge" for name, _ in fleet.calls)


async def test_what_blocks_a_merge_is_said_and_nothing_is_merged(fleet: Harbour) -> None:
    fleet.preview = MergePreview(
        workspace="second", style=MergeStyle.MERGE, blocked=("a.py has local edits",)
    )
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("second")
        await helm.press("m")
        await helm.sees("a.py has local edits")
        await helm.press("enter")
        await helm.sees("Put right what is named above")
        fleet.preview = ConflictError("the target moved", hint="Try again.")
        await helm.press("r")
        await helm.sees("It cannot be merged", "the target moved", "Try again.")
        assert not any(name == "merge" for name, _ in fleet.calls)


async def test_a_merge_waits_for_the_agent_and_can_be_made_when_it_has_ended(
    fleet: Harbour,
) -> None:
    fleet.preview = ConflictError("something still runs in 'second'", hint="Wait for it.")
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("second")
        await helm.press("m")
        await helm.sees("It cannot be merged", "something still runs")
        fleet.preview = None
        fleet.put_workspace(fleet.tasks_["task-2"], "second", activity=Activity.IDLE, turns=2)
        await helm.sees("merge commit", "enter merges")
        await helm.press("enter")
        assert await helm.asked("merge") == ("second", MergeStyle.MERGE, "Merge the work")


async def test_a_task_is_marked_done_and_z_takes_it_back(fleet: Harbour) -> None:
    async with at_the_helm(fleet) as helm:
        helm.app.home.go_to("task:task-2")
        await helm.press("d", "d")
        await helm.asked("update_task")
        await helm.until(lambda: fleet.tasks_["task-2"].status is TaskStatus.DONE, "done")
        await helm.press("z")
        await helm.until(lambda: fleet.tasks_["task-2"].status is TaskStatus.TODO, "to do again")


async def test_two_interfaces_on_one_engine_agree(fleet: Harbour) -> None:
    async with at_the_helm(fleet) as one, at_the_helm(fleet) as other:
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
    fleet: Harbour,
) -> None:
    fleet.preview = ConflictError("something still runs in 'second'", hint="Wait for it.")
    async with at_the_helm(fleet) as helm:
        await helm.open_workspace("second")
        await helm.press("m")
        await helm.sees("cannot be merged", "something still runs")
        fleet.preview = None
        fleet.set_workspace(fleet.workspaces_["second"], activity=Activity.UNSEEN)
        await helm.sees("enter merges")
