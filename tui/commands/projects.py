"""Projects: added by a repository's path, forgotten."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import ConflictError
from core.values import requests as ask
from core.values.wording import counted
from tui.tasks.task_sheet import PathSheet
from tui.terminal.here import repository_here
from tui.widgets.menu import question

if TYPE_CHECKING:
    from tui.app import BoatyardApp


async def add(app: BoatyardApp) -> None:
    """A project with one repository; more repositories join a project of the same name."""
    known = {repo.path for repo in app.store.repos.values()}
    here = repository_here()
    form = await app.ask(PathSheet("" if here in known else here))
    if form is None:
        return
    path, name = form
    address = "://" in path or (":" in path and "/" not in path.partition(":")[0])
    if address:
        app.say(f"cloning {path}: this may take a while")
    repo = await app.client.add_repo(ask.AddRepo(path=path if address else str(Path(path).expanduser())))
    name = name or repo.display_name or repo.name
    existing = next((p for p in app.store.projects.values() if p.name == name), None)
    if existing is not None and repo.id not in existing.repo_ids:
        project = await app.client.update_project(existing.id, ask.UpdateProject(add_repos=(repo.id,)))
    else:
        project = await app.client.add_project(ask.AddProject(name=name, repos=(repo.id,)))
    app.home.go_to(f"project:{project.id}")
    app.say(f"{project.name} is a project now: {app.keymap.hint('new')} makes its first task")


async def remove(app: BoatyardApp) -> None:
    """Forgets a project and its tasks; the user's repositories are not touched."""
    project = app.home.situation().project
    assert project is not None
    tasks = app.store.tasks_of(project.id)
    if names := [name for task in tasks for name in app.store.workspaces_of.get(task.id, ())]:
        raise ConflictError(
            f"the project has workspaces: {', '.join(names[:5])}{' …' if len(names) > 5 else ''}",
            hint=app.keymap.fill("Remove those first, each with {dispose} and then {dispose-remove}."),
        )
    text = (
        f"Forget the project {project.name} and its {counted(len(tasks), 'task')}?\n"
        "Your repositories stay as they are. This cannot be undone."
    )
    if await app.ask(question("Remove the project", text, "Remove the project")):
        await app.client.remove_project(project.id)
