"""Places on the board: between two others, wherever there is room, and where there is none left."""

from __future__ import annotations

from itertools import pairwise

import pytest

from core.engine.board import Place, numbers
from core.errors import ConflictError, NotFoundError, UsageError
from core.values.events import TaskChanged
from core.values.requests import POSITION_LIMIT, AddTask, MoveTask, UpdateTask
from core.values.states import TaskStatus
from tests.yard import Yard


async def titles(yard: Yard, status: TaskStatus) -> list[str]:
    return [task.title for task in await yard.client.tasks() if task.status is status]


async def test_a_task_is_moved_within_its_column_and_to_another(yard: Yard) -> None:
    one, two, three = [await yard.task(title) for title in ("one", "two", "three")]
    async with yard.watch() as watch:
        moved = await yard.client.move_task(three.id, MoveTask(before=two.id))
        assert (await watch.until(TaskChanged, lambda e: e.task == moved)).task.title == "three"
    assert await titles(yard, TaskStatus.TODO) == ["one", "three", "two"]
    await yard.client.move_task(one.id, MoveTask(after=three.id))
    assert await titles(yard, TaskStatus.TODO) == ["three", "one", "two"]
    await yard.client.move_task(three.id, MoveTask())
    assert await titles(yard, TaskStatus.TODO) == ["one", "two", "three"]
    done = await yard.client.move_task(two.id, MoveTask(status=TaskStatus.DONE))
    assert done.status is TaskStatus.DONE and await titles(yard, TaskStatus.TODO) == ["one", "three"]
    await yard.client.move_task(one.id, MoveTask(status=TaskStatus.DONE, before=two.id))
    assert await titles(yard, TaskStatus.DONE) == ["one", "two"]


async def test_a_move_that_makes_no_sense_changes_nothing(yard: Yard) -> None:
    one, two = await yard.task("one"), await yard.task("two")
    before = await yard.client.tasks()
    with pytest.raises(UsageError, match="before one and after another"):
        await yard.client.move_task(one.id, MoveTask(before=two.id, after=two.id))
    with pytest.raises(ConflictError, match="'two' is not in that column"):
        await yard.client.move_task(one.id, MoveTask(status=TaskStatus.DONE, after=two.id))
    with pytest.raises(ConflictError, match="'one' is not in that column"):
        await yard.client.move_task(one.id, MoveTask(after=one.id))
    with pytest.raises(NotFoundError):
        await yard.client.move_task(one.id, MoveTask(after="0000ffff"))
    assert await yard.client.tasks() == before


async def test_moves_to_the_same_place_again_and_again_keep_the_order(yard: Yard) -> None:
    tasks = [await yard.task(str(number)) for number in range(6)]
    first = tasks[0].id
    for task in tasks[1:] * 5:
        await yard.client.move_task(task.id, MoveTask(after=first))
    assert await titles(yard, TaskStatus.TODO) == ["0", "5", "4", "3", "2", "1"]


async def test_a_task_that_is_added_again_stands_where_it_stood(yard: Yard) -> None:
    one, two = await yard.task("one"), await yard.task("two")
    await yard.client.update_task(one.id, UpdateTask(position=5))
    again = AddTask(project="harbour", title="one again", status=TaskStatus.DONE, position=0)
    added = await yard.client.add_task(again)
    assert (added.position, added.status) == (0, TaskStatus.DONE)
    assert [task.title for task in await yard.client.tasks()] == ["one again", "two", "one"]
    assert two.position == 1


@pytest.mark.parametrize("positions", [[], [0], [0, 0, 0], [0, 1, 2], [POSITION_LIMIT] * 3, [5, 6, 9]])
def test_there_is_a_number_for_every_place(positions: list[int]) -> None:
    places = [Place(str(number), position) for number, position in enumerate(positions)]
    for at in range(len(places) + 1):
        own, changed = numbers(places, at)
        found = [(changed.get(place.id, place.position), place.id) for place in places]
        order = [*found[:at], (own, "new"), *found[at:]]
        values = [position for position, _ in order]
        assert all(0 <= value <= POSITION_LIMIT for value in values)
        fresh = values if changed else values[max(0, at - 1) : at + 2]
        assert all(one < other for one, other in pairwise(fresh))
