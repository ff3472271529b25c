"""The board: columns by status, cards moved by key, filters, marks, and what is done with many at once."""

from __future__ import annotations

import msgspec
import pytest

from core.errors import ConflictError
from core.values import requests as ask
from core.values.entities import Operation
from core.values.prompting import Image
from core.values.states import Activity, TaskStatus, WorkspaceState
from tests.tui.driver import SIZES, Driver, driven
from tests.tui.fake_engine import FakeEngine
from tui.board.columns import Filter, build, read_filter

TODO, PROGRESS, REVIEW = TaskStatus.TODO, TaskStatus.IN_PROGRESS, TaskStatus.IN_REVIEW
DONE, CANCELLED = TaskStatus.DONE, TaskStatus.CANCELLED


def titles(ui: Driver, status: TaskStatus) -> list[str]:
    """What a column shows, from the top."""
    ids = ui.app.home.board.main.columns.tasks.get(status, [])
    return [ui.app.store.tasks[id_].title for id_ in ids]


def at(ui: Driver) -> str:
    """The title of the task at the cursor."""
    current = ui.app.home.board.current
    return current.title if current else ""


async def open_board(ui: Driver) -> None:
    await ui.press("6")
    await ui.until(lambda: ui.app.home.board.main.has_focus, "the board")


@pytest.fixture
def pier(bare_engine: FakeEngine) -> FakeEngine:
    """Four tasks to do, one in progress with two workspaces, one done, one cancelled."""
    app, docs = bare_engine.put_project("app"), bare_engine.put_project("docs", "/src/docs")
    for title in ("one", "two", "three"):
        bare_engine.put_task(app, title)
    bare_engine.put_task(docs, "four", description="About @style and **tone**")
    under_way = bare_engine.put_task(app, "under way", PROGRESS)
    bare_engine.put_task(app, "finished", DONE)
    bare_engine.put_task(app, "dropped", CANCELLED)
    bare_engine.put_workspace(under_way, "first", activity=Activity.RUNNING)
    bare_engine.put_workspace(under_way, "second", activity=Activity.WAITING)
    bare_engine.put_task(app, "a part", DONE, parent_workspace="first")
    bare_engine.put_task(app, "another part", parent_workspace="first")
    return bare_engine


@pytest.mark.parametrize("size", SIZES)
async def test_columns_show_what_there_is(pier: FakeEngine, size: tuple[int, int]) -> None:
    async with driven(pier, size) as ui:
        await open_board(ui)
        await ui.sees("To do 5", "In progress 1", "In review 0", "Done 2", "one", "two")
        assert "Cancelled" not in ui.text() and "dropped" not in ui.text()
        await ui.press("l")
        await ui.sees("under way", "waiting for approval", "parts 1/2")
        narrow = size[0] < 96
        await ui.until(lambda: ("three" in ui.text()) is not narrow, "one column at a time where narrow")
        await ui.press("X")
        await ui.sees("Cancelled 1")
        assert ui.lines()[-1].rstrip().endswith("? help  : find")


async def test_a_card_goes_from_column_to_column_and_back(pier: FakeEngine) -> None:
    async with driven(pier) as ui:
        await open_board(ui)
        await ui.press("j", "L", "L")
        await ui.until(lambda: titles(ui, REVIEW) == ["two"], "two columns on")
        assert at(ui) == "two"
        calls = [value for name, value in pier.calls if name == "move_task"]
        assert [body.status for _, body in calls] == [PROGRESS, REVIEW]
        assert calls[0][1].before, "at the top of the column"
        await ui.press("z")
        await ui.until(lambda: titles(ui, PROGRESS) == ["two", "under way"], "one back")
        await ui.press("z")
        await ui.until(lambda: titles(ui, TODO)[:3] == ["one", "two", "three"], "where it was")
        assert at(ui) == "two"
        await ui.press("H")
        await ui.sees("no column in that direction")


async def test_a_card_moves_within_its_column(pier: FakeEngine) -> None:
    async with driven(pier) as ui:
        await open_board(ui)
        await ui.press("J", "J")
        await ui.until(lambda: titles(ui, TODO)[:3] == ["two", "three", "one"], "down twice")
        assert at(ui) == "one"
        await ui.press("K")
        await ui.until(lambda: titles(ui, TODO)[:3] == ["two", "one", "three"], "up once")
        await ui.press("z", "z", "z")
        await ui.until(lambda: titles(ui, TODO)[:3] == ["one", "two", "three"], "as before")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("t", ["two", "three", "four", "another part"]),
        ("project:docs", ["four"]),
        ("@style", ["four"]),
        ("state:running", []),
        ("state:none two", ["two"]),
    ],
)
def test_a_filter_lets_through_what_fits_every_word(pier: FakeEngine, text: str, shown: list[str]) -> None:
    from tui.engine.store import Store

    store = Store()
    for event in pier.log_of_events:
        store.apply(event)
    columns = build(store, read_filter(text), cancelled=False)
    assert [store.tasks[id_].title for id_ in columns.tasks[TODO]] == shown
    assert columns.left_out == 8 - sum(map(len, columns.tasks.values()))
    assert bool(columns.tasks[PROGRESS]) is (text in ("state:running",))
    assert read_filter("  ") == Filter()


async def test_the_filter_works_while_one_types_and_goes_with_escape(pier: FakeEngine) -> None:
    async with driven(pier) as ui:
        await open_board(ui)
        await ui.press("slash")
        await ui.sees("project:NAME")
        await ui.type("project:docs")
        await ui.until(lambda: titles(ui, TODO) == ["four"], "filtered")
        await ui.press("enter")
        await ui.sees("project:docs: 7 left out")
        assert at(ui) == "four" and ui.app.home.board.main.has_focus
        await ui.press("escape")
        await ui.until(lambda: len(titles(ui, TODO)) == 5, "everything again")
        assert ui.app.home.view == "board"
        await ui.press("escape")
        await ui.until(lambda: ui.app.home.view == "tree", "the tree")


async def test_marked_tasks_change_together_and_one_key_takes_it_back(pier: FakeEngine) -> None:
    async with driven(pier) as ui:
        await open_board(ui)
        await ui.press("space", "j", "space")
        await ui.sees("2 marked")
        await ui.press("b")
        await ui.sees("2 tasks", "In review")
        await ui.press("x")
        await ui.until(lambda: "one" not in titles(ui, TODO), "gone from the column")
        assert [task.status for task in pier.tasks_.values()].count(CANCELLED) == 3
        await ui.sees("2 tasks: cancelled; z takes it back")
        assert not ui.app.home.board.main.marked
        await ui.press("z")
        await ui.until(lambda: titles(ui, TODO)[:3] == ["one", "two", "three"], "all back, in order")


async def test_tasks_are_removed_and_come_back_with_all_that_was_on_them(pier: FakeEngine) -> None:
    four = next(task for task in pier.tasks_.values() if task.title == "four")
    picture = Image(id="image-1", name="a.png", mime_type="image/png", size=9, sha256="0")
    pier.images_[picture.id], pier.pictures_[four.id] = picture, [picture]
    async with driven(pier) as ui:
        await open_board(ui)
        await ui.press("j", "j", "j", "space", "l", "space", "b", "R")
        await ui.sees("the task has workspaces", "'four' removed; z takes it back")
        await ui.until(lambda: "four" not in titles(ui, TODO), "removed")
        await ui.press("z")
        await ui.until(lambda: "four" in titles(ui, TODO), "back")
        added = await ui.asked("add_task")
        assert (added.position, added.description) == (four.position, four.description)
        assert (await ui.asked("attach_image"))[1] == ask.AttachImage(image="image-1")


async def test_enter_opens_the_newest_attempt_and_escape_comes_back(pier: FakeEngine) -> None:
    async with driven(pier) as ui:
        await open_board(ui)
        await ui.press("l", "enter")
        await ui.until(lambda: ui.app.home.session.workspace == "second", "its session")
        await ui.press("escape")
        await ui.until(lambda: ui.app.home.view == "board", "back on the board")
        assert at(ui) == "under way"
        await ui.press("h", "enter")
        await ui.sees("Start the task", "Permissions")


@pytest.mark.parametrize(("key", "view"), [("2", "session"), ("3", "files"), ("4", "diff")])
async def test_a_panes_key_shows_the_newest_attempts_from_the_board_and_from_the_tasks_row(
    pier: FakeEngine, key: str, view: str
) -> None:
    async with driven(pier) as ui:
        await ui.press("6")
        await ui.sees("In review")
        await ui.press("l", key)
        await ui.until(lambda: ui.app.home.view == view, view)
        shown = ui.app.home.situation().workspace
        assert shown is not None and shown.name == "second"
        await ui.press("escape")
        await ui.until(lambda: ui.app.home.view == "board", "back on the board")
        ui.app.home.go_to(f"task:{shown.task_id}")
        await ui.press(key)
        await ui.until(lambda: ui.app.home.view == view, f"{view} from the tree")
        assert ui.app.home.situation().workspace == shown
        ui.app.home.go_to("project:project-app")
        await ui.press("3")
        await ui.sees("files: no workspace is selected")


async def test_a_task_is_written_and_seen_as_markdown(pier: FakeEngine) -> None:
    async with driven(pier) as ui:
        await open_board(ui)
        await ui.press("e")
        await ui.sees("Edit the task")
        await ui.press("tab")
        await ui.type("# Why")
        await ui.press("ctrl+o")
        await ui.until(lambda: ui.app.screen.query_one("Description").has_class("-preview"), "the preview")
        await ui.until(lambda: "# Why" not in ui.text() and "Why" in ui.text(), "as Markdown")
        await ui.press("ctrl+o", "enter")
        body = (await ui.asked("update_task"))[1]
        assert (body.title, body.description) == (msgspec.UNSET, "# Why")
        await ui.sees("Why")


async def test_a_part_belongs_to_the_newest_attempt(pier: FakeEngine) -> None:
    async with driven(pier) as ui:
        await open_board(ui)
        await ui.press("ctrl+n")
        await ui.sees("there is none yet")
        await ui.press("l", "ctrl+n")
        await ui.sees("New part of second")
        await ui.type("a third part")
        await ui.press("tab", "tab", "tab", "right", "enter")
        added = await ui.asked("add_task")
        assert (added.title, added.parent_workspace) == ("a third part", "second")
        await ui.sees("parts 1/3")


async def test_pictures_are_attached_taken_away_and_brought_back(pier: FakeEngine) -> None:
    one = next(iter(pier.tasks_))
    picture = Image(id="image-1", name="a.png", mime_type="image/png", size=2048, sha256="0")
    pier.images_[picture.id], pier.pictures_[one] = picture, [picture]
    async with driven(pier) as ui:
        await open_board(ui)
        await ui.press("d", "p")
        await ui.sees("Pictures of one", "a.png", "image/png")
        await ui.press("tab", "d")
        await ui.sees("No picture yet", "z brings it back")
        await ui.press("z")
        await ui.until(lambda: pier.pictures_[one] == [picture], "it is back")


async def test_help_and_palette_work_on_the_board(pier: FakeEngine) -> None:
    async with driven(pier) as ui:
        await open_board(ui)
        await ui.press("question_mark")
        await ui.type("column")
        await ui.sees("The card, or all marked")
        await ui.press("escape", "colon")
        await ui.type("the board")
        await ui.sees("all tasks in columns by status")


async def test_ten_thousand_tasks_are_there_and_only_those_in_sight_are_drawn(
    bare_engine: FakeEngine,
) -> None:
    app = bare_engine.put_project("app")
    for number in range(10_000):
        bare_engine.put_task(app, f"task {number}", list(TaskStatus)[number % 4])
    async with driven(bare_engine) as ui:
        await open_board(ui)
        await ui.press("G")
        await ui.sees("To do 2500", "task 9996")
        await ui.press("slash")
        await ui.type("9996")
        await ui.until(lambda: titles(ui, TODO) == ["task 9996"], "one of them")
        assert len(ui.app.home.board.main._strips) < 200


async def test_a_click_and_the_wheel_move_the_cursor(pier: FakeEngine) -> None:
    async with driven(pier) as ui:
        await open_board(ui)
        await ui.pilot.click("#columns-of-tasks", offset=(5, 2 + 3))
        assert at(ui) == "two"
        await ui.pilot.click("#columns-of-tasks", offset=(40, 2))
        assert at(ui) == "under way"


async def test_marked_tasks_land_in_the_order_that_the_forecast_proposes(bare_engine: FakeEngine) -> None:
    app = bare_engine.put_project("app")
    for name in ("first", "second"):
        bare_engine.put_workspace(bare_engine.put_task(app, f"task of {name}", REVIEW), name)
    bare_engine.put_task(app, "nothing yet", REVIEW)
    async with driven(bare_engine) as ui:
        await open_board(ui)
        await ui.press("l", "l", "space", "space", "space")
        await ui.sees("3 marked")
        await ui.press("b", "l")
        body = await ui.asked("queue_landing")
        assert (set(body.workspaces), body.by_forecast, body.start) == ({"first", "second"}, True, False)
        await ui.sees("Landing", "first", "second")


async def test_a_task_with_several_attempts_does_not_land_from_the_board(pier: FakeEngine) -> None:
    async with driven(pier) as ui:
        await open_board(ui)
        await ui.press("l", "b", "l")
        await ui.sees("'under way' has 2 attempts", "V shows them side by side")
        assert not [name for name, _ in pier.calls if name == "queue_landing"]


async def test_the_attempts_of_marked_tasks_are_archived_and_come_back(pier: FakeEngine) -> None:
    pier.set_workspace(pier.workspaces_["second"], state=WorkspaceState.CLOSED)
    async with driven(pier) as ui:
        await open_board(ui)
        await ui.press("l", "b")
        await ui.sees("2 workspaces: archive script, close, hide")
        await ui.press("a")
        await ui.sees("2 workspaces archived; z takes it back")
        states = [(each.state, each.archived) for each in pier.workspaces_.values()]
        assert states == [(WorkspaceState.CLOSED, True)] * 2
        await ui.press("z")
        await ui.until(lambda: not any(each.archived for each in pier.workspaces_.values()), "shown again")
        assert pier.workspaces_["first"].state is WorkspaceState.OPEN
        assert pier.workspaces_["second"].state is WorkspaceState.CLOSED, "as it was before"


async def test_what_cannot_be_archived_is_said_and_the_rest_is(
    pier: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = pier.archive_workspace

    async def refusing(name: str, body: ask.ArchiveWorkspace) -> Operation:
        if name == "first":
            raise ConflictError("the workspace 'first' is being updated", hint="Wait.")
        return await archive(name, body)

    monkeypatch.setattr(pier, "archive_workspace", refusing)
    async with driven(pier) as ui:
        await open_board(ui)
        await ui.press("l", "b", "a")
        await ui.sees("the workspace 'first' is being updated", "second archived; z takes it back")
        await ui.press("z")
        assert await ui.asked("restore_workspace") == "second"


async def test_a_filter_goes_from_a_column_that_it_empties_to_what_it_found(pier: FakeEngine) -> None:
    async with driven(pier, (80, 24)) as ui:
        await open_board(ui)
        await ui.press("l")
        await ui.until(lambda: ui.app.home.board.main.status is not TODO, "in another column")
        await ui.press("slash")
        await ui.type("project:docs four")
        await ui.press("enter")
        await ui.until(lambda: at(ui) == "four", "at what was found")
        await ui.sees("four")


async def test_what_is_filtered_and_marked_is_told_where_the_pane_has_no_border(pier: FakeEngine) -> None:
    async with driven(pier, (80, 24)) as ui:
        await open_board(ui)
        await ui.press("slash")
        await ui.type("project:none")
        await ui.press("enter")
        await ui.sees("project:none: 8 left out")
        await ui.press("escape")
        await ui.until(lambda: "left out" not in ui.text(), "the filter is gone")
        await ui.press("space")
        await ui.sees("1 marked")


async def test_it_opens_at_the_task_in_hand(pier: FakeEngine) -> None:
    async with driven(pier, (80, 24)) as ui:
        name = next(iter(pier.workspaces_))
        task = pier.tasks_[pier.workspaces_[name].task_id]
        await ui.open_workspace(name)
        await open_board(ui)
        assert at(ui) == task.title and ui.app.home.board.main.status is task.status is not TODO
        await ui.sees(task.title)
