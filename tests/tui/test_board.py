"""The board: columns by status, cards moved by key, filters, marks, and what is done with many at once."""

from __future__ import annotations

import msgspec
import pytest

from core.values import requests as ask
from core.values.prompting import Image
from core.values.states import Activity, TaskStatus
from tests.tui.harbour import Harbour
from tests.tui.steering import SIZES, Helm, at_the_helm
from tui.board.columns import Filter, build, read_filter

TODO, PROGRESS, REVIEW = TaskStatus.TODO, TaskStatus.IN_PROGRESS, TaskStatus.IN_REVIEW
DONE, CANCELLED = TaskStatus.DONE, TaskStatus.CANCELLED


def titles(helm: Helm, status: TaskStatus) -> list[str]:
    """What a column shows, from the top."""
    ids = helm.app.home.board.main.columns.tasks.get(status, [])
    return [helm.app.store.tasks[id_].title for id_ in ids]


def at(helm: Helm) -> str:
    """The title of the task at the cursor."""
    current = helm.app.home.board.current
    return current.title if current else ""


async def open_board(helm: Helm) -> None:
    await helm.press("6")
    await helm.until(lambda: helm.app.home.board.main.has_focus, "the board")


@pytest.fixture
def pier(harbour: Harbour) -> Harbour:
    """Four tasks to do, one in progress with two workspaces, one done, one cancelled."""
    app, docs = harbour.put_project("app"), harbour.put_project("docs", "/src/docs")
    for title in ("one", "two", "three"):
        harbour.put_task(app, title)
    harbour.put_task(docs, "four", description="About @style and **tone**")
    under_way = harbour.put_task(app, "under way", PROGRESS)
    harbour.put_task(app, "finished", DONE)
    harbour.put_task(app, "dropped", CANCELLED)
    harbour.put_workspace(under_way, "first", activity=Activity.RUNNING)
    harbour.put_workspace(under_way, "second", activity=Activity.WAITING)
    harbour.put_task(app, "a part", DONE, parent_workspace="first")
    harbour.put_task(app, "another part", parent_workspace="first")
    return harbour


@pytest.mark.parametrize("size", SIZES)
async def test_columns_show_what_there_is(pier: Harbour, size: tuple[int, int]) -> None:
    async with at_the_helm(pier, size) as helm:
        await open_board(helm)
        await helm.sees("To do 5", "In progress 1", "In review 0", "Done 2", "one", "two")
        assert "Cancelled" not in helm.text() and "dropped" not in helm.text()
        await helm.press("l")
        await helm.sees("under way", "waiting for approval", "parts 1/2")
        narrow = size[0] < 96
        await helm.until(lambda: ("three" in helm.text()) is not narrow, "one column at a time where narrow")
        await helm.press("X")
        await helm.sees("Cancelled 1")
        assert helm.lines()[-1].rstrip().endswith("? help  : find")


async def test_a_card_goes_from_column_to_column_and_back(pier: Harbour) -> None:
    async with at_the_helm(pier) as helm:
        await open_board(helm)
        await helm.press("j", "L", "L")
        await helm.until(lambda: titles(helm, REVIEW) == ["two"], "two columns on")
        assert at(helm) == "two"
        calls = [value for name, value in pier.calls if name == "move_task"]
        assert [body.status for _, body in calls] == [PROGRESS, REVIEW]
        assert calls[0][1].before, "at the top of the column"
        await helm.press("z")
        await helm.until(lambda: titles(helm, PROGRESS) == ["two", "under way"], "one back")
        await helm.press("z")
        await helm.until(lambda: titles(helm, TODO)[:3] == ["one", "two", "three"], "where it was")
        assert at(helm) == "two"
        await helm.press("H")
        await helm.sees("no column in that direction")


async def test_a_card_moves_within_its_column(pier: Harbour) -> None:
    async with at_the_helm(pier) as helm:
        await open_board(helm)
        await helm.press("J", "J")
        await helm.until(lambda: titles(helm, TODO)[:3] == ["two", "three", "one"], "down twice")
        assert at(helm) == "one"
        await helm.press("K")
        await helm.until(lambda: titles(helm, TODO)[:3] == ["two", "one", "three"], "up once")
        await helm.press("z", "z", "z")
        await helm.until(lambda: titles(helm, TODO)[:3] == ["one", "two", "three"], "as before")


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
def test_a_filter_lets_through_what_fits_every_word(pier: Harbour, text: str, shown: list[str]) -> None:
    from tui.engine.store import Store

    store = Store()
    for event in pier.log_of_events:
        store.apply(event)
    columns = build(store, read_filter(text), cancelled=False)
    assert [store.tasks[id_].title for id_ in columns.tasks[TODO]] == shown
    assert columns.left_out == 8 - sum(map(len, columns.tasks.values()))
    assert bool(columns.tasks[PROGRESS]) is (text in ("state:running",))
    assert read_filter("  ") == Filter()


async def test_the_filter_works_while_one_types_and_goes_with_escape(pier: Harbour) -> None:
    async with at_the_helm(pier) as helm:
        await open_board(helm)
        await helm.press("slash")
        await helm.sees("project:NAME")
        await helm.type("project:docs")
        await helm.until(lambda: titles(helm, TODO) == ["four"], "filtered")
        await helm.press("enter")
        await helm.sees("project:docs: 7 left out")
        assert at(helm) == "four" and helm.app.home.board.main.has_focus
        await helm.press("escape")
        await helm.until(lambda: len(titles(helm, TODO)) == 5, "everything again")
        assert helm.app.home.view == "board"
        await helm.press("escape")
        await helm.until(lambda: helm.app.home.view == "tree", "the tree")


async def test_marked_tasks_change_together_and_one_key_takes_it_back(pier: Harbour) -> None:
    async with at_the_helm(pier) as helm:
        await open_board(helm)
        await helm.press("space", "j", "space")
        await helm.sees("2 marked")
        await helm.press("b")
        await helm.sees("2 tasks", "In review")
        await helm.press("x")
        await helm.until(lambda: "one" not in titles(helm, TODO), "gone from the column")
        assert [task.status for task in pier.tasks_.values()].count(CANCELLED) == 3
        await helm.sees("2 tasks: cancelled; z takes it back")
        assert not helm.app.home.board.main.marked
        await helm.press("z")
        await helm.until(lambda: titles(helm, TODO)[:3] == ["one", "two", "three"], "all back, in order")


async def test_tasks_are_removed_and_come_back_with_all_that_was_on_them(pier: Harbour) -> None:
    four = next(task for task in pier.tasks_.values() if task.title == "four")
    picture = Image(id="image-1", name="a.png", mime_type="image/png", size=9, sha256="0")
    pier.images_[picture.id], pier.pictures_[four.id] = picture, [picture]
    async with at_the_helm(pier) as helm:
        await open_board(helm)
        await helm.press("j", "j", "j", "space", "l", "space", "b", "R")
        await helm.sees("the task has workspaces", "'four' removed; z takes it back")
        await helm.until(lambda: "four" not in titles(helm, TODO), "removed")
        await helm.press("z")
        await helm.until(lambda: "four" in titles(helm, TODO), "back")
        added = await helm.asked("add_task")
        assert (added.position, added.description) == (four.position, four.description)
        assert (await helm.asked("attach_image"))[1] == ask.AttachImage(image="image-1")


async def test_enter_opens_the_newest_attempt_and_escape_comes_back(pier: Harbour) -> None:
    async with at_the_helm(pier) as helm:
        await open_board(helm)
        await helm.press("l", "enter")
        await helm.until(lambda: helm.app.home.session.workspace == "second", "its session")
        await helm.press("escape")
        await helm.until(lambda: helm.app.home.view == "board", "back on the board")
        assert at(helm) == "under way"
        await helm.press("h", "enter")
        await helm.sees("Start the task", "Permissions")


async def test_a_task_is_written_and_seen_as_markdown(pier: Harbour) -> None:
    async with at_the_helm(pier) as helm:
        await open_board(helm)
        await helm.press("e")
        await helm.sees("Edit the task")
        await helm.press("tab")
        await helm.type("# Why")
        await helm.press("ctrl+o")
        await helm.until(
            lambda: helm.app.screen.query_one("Description").has_class("-preview"), "the preview"
        )
        await helm.until(lambda: "# Why" not in helm.text() and "Why" in helm.text(), "as Markdown")
        await helm.press("ctrl+o", "enter")
        body = (await helm.asked("update_task"))[1]
        assert (body.title, body.description) == (msgspec.UNSET, "# Why")
        await helm.sees("Why")


async def test_a_part_belongs_to_the_newest_attempt(pier: Harbour) -> None:
    async with at_the_helm(pier) as helm:
        await open_board(helm)
        await helm.press("ctrl+n")
        await helm.sees("there is none yet")
        await helm.press("l", "ctrl+n")
        await helm.sees("New part of second")
        await helm.type("a third part")
        await helm.press("tab", "tab", "tab", "right", "enter")
        added = await helm.asked("add_task")
        assert (added.title, added.parent_workspace) == ("a third part", "second")
        await helm.sees("parts 1/3")


async def test_pictures_are_attached_taken_away_and_brought_back(pier: Harbour) -> None:
    one = next(iter(pier.tasks_))
    picture = Image(id="image-1", name="a.png", mime_type="image/png", size=2048, sha256="0")
    pier.images_[picture.id], pier.pictures_[one] = picture, [picture]
    async with at_the_helm(pier) as helm:
        await open_board(helm)
        await helm.press("d", "p")
        await helm.sees("Pictures of one", "a.png", "image/png")
        await helm.press("tab", "d")
        await helm.sees("No picture yet", "z brings it back")
        await helm.press("z")
        await helm.until(lambda: pier.pictures_[one] == [picture], "it is back")


async def test_help_and_palette_work_on_the_board(pier: Harbour) -> None:
    async with at_the_helm(pier) as helm:
        await open_board(helm)
        await helm.press("question_mark")
        await helm.type("column")
        await helm.sees("The card, or all marked")
        await helm.press("escape", "colon")
        await helm.type("the board")
        await helm.sees("all tasks in columns by status")


async def test_ten_thousand_tasks_are_there_and_only_those_in_sight_are_drawn(harbour: Harbour) -> None:
    app = harbour.put_project("app")
    for number in range(10_000):
        harbour.put_task(app, f"task {number}", list(TaskStatus)[number % 4])
    async with at_the_helm(harbour) as helm:
        await open_board(helm)
        await helm.press("G")
        await helm.sees("To do 2500", "task 9996")
        await helm.press("slash")
        await helm.type("9996")
        await helm.until(lambda: titles(helm, TODO) == ["task 9996"], "one of them")
        assert len(helm.app.home.board.main._strips) < 200


async def test_a_click_and_the_wheel_move_the_cursor(pier: Harbour) -> None:
    async with at_the_helm(pier) as helm:
        await open_board(helm)
        await helm.pilot.click("#columns-of-tasks", offset=(5, 2 + 3))
        assert at(helm) == "two"
        await helm.pilot.click("#columns-of-tasks", offset=(40, 2))
        assert at(helm) == "under way"
