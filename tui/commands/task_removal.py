"""Removing tasks, and bringing them back: a task without workspaces is nothing but what is written on it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.errors import BoatyardError, NotFoundError
from core.values import requests as ask
from core.values.entities import Task

if TYPE_CHECKING:
    from tui.app import BoatyardApp


async def remove_tasks(app: BoatyardApp, tasks: Sequence[Task]) -> None:
    """Removes those that can be; says which cannot, and why. One undo brings all of them back."""
    with app.deed():
        gone, kept = await _remove(app, tasks)
    if gone:

        async def back() -> None:
            for task, pictures in gone:
                await bring_back(app, task, pictures)

        named = repr(gone[0][0].title) if len(gone) == 1 else f"{len(gone)} tasks"
        app.can_undo(f"{named} removed", back)
    for reason in kept[:3]:
        app.fail(reason)


async def _remove(
    app: BoatyardApp, tasks: Sequence[Task]
) -> tuple[list[tuple[Task, tuple[str, ...]]], list[BoatyardError]]:
    """The tasks that are gone with their pictures, and why the others are not."""
    gone: list[tuple[Task, tuple[str, ...]]] = []
    kept: list[BoatyardError] = []
    for task in tasks:
        try:
            pictures = tuple(image.id for image in await app.client.task_images(task.id))
            await app.client.remove_task(task.id)
            gone.append((task, pictures))
        except NotFoundError:
            continue  # somebody else has removed it
        except BoatyardError as error:
            kept.append(error)
    return gone, kept


async def bring_back(app: BoatyardApp, task: Task, pictures: Sequence[str]) -> None:
    """A task with all that was written on it, where it stood; it has another id."""
    body = ask.AddTask(
        project=task.project_id, title=task.title, description=task.description, status=task.status,
        position=task.position, parent_workspace=task.parent_workspace or "",
    )  # fmt: skip
    again = await app.client.add_task(body)
    limits = {name: getattr(task.budget, name) for name in task.budget.__struct_fields__}
    if any(limit is not None for limit in limits.values()):
        await app.client.update_task(again.id, ask.UpdateTask(budget=ask.SetBudget(**limits)))
    for picture in pictures:
        await app.client.attach_image(again.id, ask.AttachImage(image=picture))
