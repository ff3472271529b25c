from __future__ import annotations

from core.values import events as told
from core.values.requests import UpdateTask
from core.values.states import Activity, TaskStatus, WorkspaceState
from tests.tui.driver import driven
from tests.tui.fake_engine import FakeEngine


async def test_projects_tasks_by_status_and_workspaces_stand_in_order(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        rows = [row.strip() for row in ui.rows("#tree")]
        assert rows == [
            "app", "▾ In progress 1", "Redirect after login", "first boatyard/first", "▾ In review 1",
            "Cache the prices", "second boatyard/second", "▾ To do 1", "Drop the old export", "▸ Done 1",
            "docs", "no tasks yet, n makes one",
        ]  # fmt: skip


async def test_a_row_says_state_changes_and_age(engine: FakeEngine) -> None:
    async with driven(engine, (80, 24)) as ui:
        await ui.sees("● first running", "Demo agent (demonstration)", "⎇ boatyard/first", "+12 \u22123")
        engine.set_workspace(engine.workspaces_["first"], activity=Activity.WAITING)
        await ui.sees("▲ first waiting for approval", "▲ 1 waiting")
        engine.set_workspace(engine.workspaces_["first"], state=WorkspaceState.CLOSED, activity=Activity.IDLE)
        await ui.sees("◐ first closed")


async def test_the_cursor_stays_on_its_thing_whatever_comes_before_it(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        ui.app.home.go_to_workspace("second", view="tree")
        tree = ui.app.home.tree_view
        before = tree.cursor_row
        project = next(iter(engine.projects_.values()))
        for number in range(5):
            engine.put_task(project, f"new {number}", TaskStatus.IN_PROGRESS)
        await ui.until(lambda: tree.cursor_row == before + 5, "the cursor moved along")
        assert tree.current is not None and tree.current.workspace == "second"


async def test_what_is_selected_stays_in_sight_when_its_task_is_done(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        ui.app.perform("task-done")
        await ui.sees("Done 2")
        assert ui.app.home.session.workspace == "second"
        assert ui.app.home.situation().workspace is not None


async def test_what_is_selected_stays_so_where_it_moves_up_from_the_last_row(engine: FakeEngine) -> None:
    """As a workspace does whose merge is taken back: its group is gone, and there are fewer rows."""
    for each in [*engine.tasks_]:
        status = TaskStatus.DONE if each == "task-1" else TaskStatus.TODO
        await engine.update_task(each, UpdateTask(status=status))
    async with driven(engine) as ui:
        await engine.remove_project("project-docs")
        await ui.open_workspace("second")
        tree = ui.app.home.tree_view
        await ui.until(lambda: tree.cursor_row == tree.row_count() - 1, "it is the last")
        await engine.update_task("task-1", UpdateTask(status=TaskStatus.TODO))
        await ui.until(lambda: tree.cursor_row < tree.row_count() - 1, "it is among the others")
        assert tree.current is not None and tree.current.workspace == "second"
        assert ui.app.home.session.workspace == "second"


async def test_space_folds_and_enter_drills_in_and_escape_comes_back(engine: FakeEngine) -> None:
    async with driven(engine, (80, 24)) as ui:
        tree = ui.app.home.tree_view
        await ui.press("g", "space")
        assert ui.rows("#tree")[1] == "docs"
        await ui.press("space", "j", "j", "j", "enter")
        await ui.until(lambda: ui.app.home.view == "session", "drilled in")
        assert not tree.is_on_screen
        await ui.press("escape")
        await ui.until(lambda: tree.is_on_screen and tree.has_focus, "back")


async def test_find_and_its_next_match(engine: FakeEngine) -> None:
    project = next(iter(engine.projects_.values()))
    engine.put_task(project, "Cache the pictures")
    async with driven(engine) as ui:
        tree = ui.app.home.tree_view
        await ui.press("slash")
        await ui.type("cache")
        await ui.press("enter")
        await ui.until(lambda: tree.current and tree.current.task_id == "task-1", "the first match")
        await ui.press("n")
        await ui.until(lambda: tree.current and tree.current.task_id == "task-4", "the next")
        await ui.press("N")
        await ui.until(lambda: tree.current and tree.current.task_id == "task-1", "the one before")
        await ui.press("escape", "n")
        await ui.sees("New task")


async def test_a_workspace_that_comes_later_is_selected_when_it_comes(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        ui.app.home.go_to_workspace("third")
        engine.put_workspace(engine.tasks_["task-2"], "third", state=WorkspaceState.CREATING)
        await ui.until(lambda: ui.app.home.session.workspace == "third", "selected")


async def test_what_went_since_the_rows_were_made_is_drawn_as_nothing(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        store, tree = ui.app.store, ui.app.home.tree_view
        gone = next(each.id for each in store.tasks.values() if each.title == "Drop the old export")
        store.apply(told.Removed(sequence=10**6, entity="workspace", id=store.workspaces["first"].id))
        store.apply(told.Removed(sequence=10**6, entity="task", id=gone))
        assert [tree.row(index, 80)[0] for index in range(tree.row_count())].count(()) == 2
        assert tree.row_text(0) == "app" and tree.row_text(3) == ""


async def test_the_cursor_goes_to_what_is_beside_what_has_gone_and_else_to_what_it_was_in(
    engine: FakeEngine,
) -> None:
    engine.put_workspace(engine.tasks_["task-1"], "second-2")
    async with driven(engine) as ui:
        tree = ui.app.home.tree_view
        await ui.open_workspace("second")
        for gone, then in (("second", "workspace:second-2"), ("second-2", "task:task-1")):
            await ui.until(lambda: tree.current and tree.current.workspace == gone, "at it")  # noqa: B023
            engine.set_workspace(engine.workspaces_[gone], archived=True)
            await ui.until(lambda: tree.current and tree.current.key == then, then)  # noqa: B023
            assert ui.app.home.situation().task == engine.tasks_["task-1"]


async def test_a_task_that_is_made_in_a_folded_project_is_gone_to(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        ui.app.home.go_to(f"project:{next(iter(engine.projects_))}")
        await ui.press("space")
        await ui.until(lambda: not any("second" in row for row in ui.rows("#tree")), "it is folded")
        before = set(engine.workspaces_)
        await ui.press("n")
        await ui.sees("New task")
        await ui.type("Paint the hull")
        await ui.press("enter")
        await ui.until(lambda: any("Paint the hull" in row for row in ui.rows("#tree")), "it is unfolded")
        (made,) = engine.workspaces_.keys() - before
        await ui.until(lambda: ui.app.home.session.workspace == made, "its session is shown")
