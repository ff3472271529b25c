"""What is typed for a task is kept as typed: after Escape, after an error, and at another terminal."""

from __future__ import annotations

import pytest

from core.errors import BoatyardError
from core.values import requests as ask
from core.values.entities import Task
from tests.tui.driver import Driver, driven
from tests.tui.fake_engine import FakeEngine

KIND = "draft_task"


async def kept(ui: Driver, engine: FakeEngine, key: str, **texts: str) -> None:
    """Returns when the engine has a draft."""

    def is_there() -> bool:
        scratch = engine.scratches.get((KIND, key))
        return scratch is not None and scratch.payload == texts

    await ui.until(is_there, f"{key} is kept")


async def test_a_new_task_that_was_left_with_escape_is_there_again(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        await ui.press("n")
        await ui.sees("New task")
        await ui.type("Paint the hull")
        await ui.press("tab")
        await ui.type("Red.")
        await kept(ui, engine, "new", title="Paint the hull", description="Red.")
        await ui.press("escape", "escape")
        await ui.until(lambda: len(ui.app.screen_stack) == 2, "it is closed")
    async with driven(engine) as other:  # at another terminal, too
        await other.press("n")
        await other.sees("New task", "Paint the hull", "Red.")
        await other.type("s")  # where it was left, and nothing of it is written over
        await other.press("tab")
        await other.type(" Two coats.")
        await other.press("shift+tab", "enter")
        await other.until(lambda: (KIND, "new") not in engine.scratches, "it is forgotten")
        made = {task.title: task.description for task in engine.tasks_.values()}
        assert made["Paint the hulls"] == "Red. Two coats."
        await other.press("n")
        await other.sees("New task", "What is to be done")


async def test_a_task_that_the_engine_refused_is_there_again(
    engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuses(body: ask.AddTask) -> Task:
        raise BoatyardError("the disk is full", hint="Free some.")

    monkeypatch.setattr(engine, "add_task", refuses)
    async with driven(engine) as ui:
        await ui.press("n")
        await ui.sees("New task")
        await ui.type("Paint the hull")
        await ui.press("enter")
        await ui.sees("the disk is full", "Free some. What you typed is kept.")
        await ui.press("n")
        await ui.sees("New task", "Paint the hull")


async def test_an_edit_that_was_left_goes_on_where_it_was(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        task = next(iter(engine.tasks_.values()))
        ui.app.home.go_to(f"task:{task.id}")
        ui.app.perform("task-edit")
        await ui.sees("Edit the task", task.title)
        await ui.press("end")
        await ui.type(" twice")
        await kept(ui, engine, task.id, title=f"{task.title} twice")
        await ui.press("escape")
        ui.app.perform("task-edit")
        await ui.sees("Edit the task", f"{task.title} twice")
        await ui.press("enter")
        await ui.until(lambda: engine.tasks_[task.id].title == f"{task.title} twice", "it is kept")
        await ui.until(lambda: (KIND, task.id) not in engine.scratches, "the draft is forgotten")
