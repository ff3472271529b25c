"""How much agents may use: seen and set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.values import requests as ask
from tui.tasks.budget_sheet import BudgetSheet

if TYPE_CHECKING:
    from tui.app import BoatyardApp


async def budget(app: BoatyardApp) -> None:
    """The budget of the task at hand, else of the project."""
    now = app.home.situation()
    if now.task is not None:
        with app.opening():
            usage = await app.client.task_usage(now.task.id)
        limits = await app.ask(BudgetSheet(now.task.title, usage.budget, usage.total))
        if limits is not None:
            await app.client.update_task(now.task.id, ask.UpdateTask(budget=limits))
            app.say("The task's budget is kept")
    else:
        await project_budget(app)


async def project_budget(app: BoatyardApp) -> None:
    """The budget of the project."""
    project = app.home.situation().project
    assert project is not None
    limits = await app.ask(BudgetSheet(project.name, project.budget, None))
    if limits is not None:
        await app.client.update_project(project.id, ask.UpdateProject(budget=limits))
        app.say("The project's budget is kept")
