"""What is typed for a task is kept as typed: after Escape, after an error, and at another terminal."""

from __future__ import annotations

import pytest

from core.errors import BoatyardError
from core.values import requests as ask
from core.values.entities import Task
from tests.tui.harbour import Harbour
from tests.tui.steering import Helm, at_the_helm

KIND = "draft_task"


async def kept(helm: Helm, fleet: Harbour, key: str, **texts: str) -> None:
    """Returns when the engine has a draft."""

    def is_there() -> bool:
        scratch = fleet.scratches.get((KIND, key))
        return scratch is not None and scratch.payload == texts

    await helm.until(is_there, f"{key} is kept")


async def test_a_new_task_that_was_left_with_escape_is_there_again(fleet: Harbour) -> None:
    async with at_the_helm(fleet) as helm:
        await helm.press("n")
        await helm.sees("New task")
        await helm.type("Paint the hull")
        await helm.press("tab")
        await helm.type("Red.")
        await kept(helm, fleet, "new", title="Paint the hull", description="Red.")
        await helm.press("escape", "escape")
        await helm.until(lambda: len(helm.app.screen_stack) == 2, "it is closed")
    async with at_the_helm(fleet) as other:  # at another terminal, too
        await other.press("n")
        await other.sees("New task", "Paint the hull", "Red.")
        await other.press("enter")
        await other.until(lambda: (KIND, "new") not in fleet.scratches, "it is forgotten")
        assert "Paint the hull" in {task.title for task in fleet.tasks_.values()}
        await other.press("n")
        await other.sees("New task", "What is to be done")


async def test_a_task_that_the_engine_refused_is_there_again(
    fleet: Harbour, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuses(body: ask.AddTask) -> Task:
        raise BoatyardError("the disk is full", hint="Free some.")

    monkeypatch.setattr(fleet, "add_task", refuses)
    async with at_the_helm(fleet) as helm:
        await helm.press("n")
        await helm.sees("New task")
        await helm.type("Paint the hull")
        await helm.press("enter")
        await helm.sees("the disk is full")
        await helm.press("n")
        await helm.sees("New task", "Paint the hull")


async def test_an_edit_that_was_left_goes_on_where_it_was(fleet: Harbour) -> None:
    async with at_the_helm(fleet) as helm:
        task = next(iter(fleet.tasks_.values()))
        helm.app.home.go_to(f"task:{task.id}")
        helm.app.perform("task-edit")
        await helm.sees("Edit the task", task.title)
        await helm.press("end")
        await helm.type(" twice")
        await kept(helm, fleet, task.id, title=f"{task.title} twice")
        await helm.press("escape")
        helm.app.perform("task-edit")
        await helm.sees("Edit the task", f"{task.title} twice")
        await helm.press("enter")
        await helm.until(lambda: fleet.tasks_[task.id].title == f"{task.title} twice", "it is kept")
        await helm.until(lambda: (KIND, task.id) not in fleet.scratches, "the draft is forgotten")
