"""Tasks: new, started, done, cancelled, edited."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import UNSET

from core.client.environment import or_environment
from core.values import requests as ask
from core.values.entities import Task, Workspace
from core.values.states import OperationStatus, TaskStatus, WorkspaceState
from tui.tasks.pictures_sheet import PicturesSheet
from tui.tasks.task_sheet import EditSheet, StartSheet, TaskForm, TaskSheet
from tui.terminal.here import repository_here

if TYPE_CHECKING:
    from tui.app import BoatyardApp


NEW = "new"
"""The draft of a task that is a part of no other."""


async def new(app: BoatyardApp) -> None:
    """A new task, started at once unless told otherwise."""
    projects = sorted(app.store.projects.values(), key=lambda project: project.name.casefold())
    now = app.home.situation()
    at = next((i for i, project in enumerate(projects) if project == now.project), 0)
    keep = partial(app.task_drafts.keep, NEW)
    with app.opening():
        drafted, means = await app.task_drafts.of(NEW), await app.means()
    form = await app.ask(TaskSheet(means, projects, repository_here(), at, drafted=drafted, keep=keep))
    if form is None:
        return
    if form.start and form.agent:
        app.remember_agent(form.agent)
    if not form.project:
        async with app.task_drafts.sending(NEW):
            await _first(app, form)
        return
    body = ask.AddTask(project=form.project, title=form.title, description=form.description)
    async with app.task_drafts.sending(NEW):
        images = await _images(app, form.pictures)
        task = await app.client.add_task(body)
    await _attach(app, task.id, images)
    if form.start:
        await _open(app, task.id, form)
    else:
        show_task(app, task.id)


async def _images(app: BoatyardApp, paths: Sequence[str]) -> list[str]:
    """The ids of pictures; asked for before a task is made, for one of them may not be read."""
    return [(await app.client.add_image(ask.AddImage(path=path))).id for path in paths]


async def _attach(app: BoatyardApp, task_id: str, images: Sequence[str]) -> None:
    """Before the agent is started: it gets them with the prompt."""
    for image in images:
        await app.client.attach_image(task_id, ask.AttachImage(image=image))


def show_task(app: BoatyardApp, task_id: str) -> None:
    """Puts the cursor on a task, on the board where that is shown."""
    if app.home.view == "board":
        app.home.board.main.reveal(task_id)
    else:
        app.home.go_to(f"task:{task_id}")


async def subtask(app: BoatyardApp) -> None:
    """A new task that is a part of what the newest attempt at the selected one is about."""
    task = app.home.situation().task
    assert task is not None
    names = app.store.in_sight(task.id)
    if not names:
        key = app.keymap.hint("start")
        app.say(f"a part belongs to an attempt, and there is none yet: {key} starts one", severity="warning")
        return
    projects = [app.store.projects[task.project_id]]
    title = f"New part of {names[-1]}"
    key = f"part of {names[-1]}"
    keep = partial(app.task_drafts.keep, key)
    with app.opening():
        drafted, means = await app.task_drafts.of(key), await app.means()
    form = await app.ask(
        TaskSheet(means, projects, repository_here(), title=title, drafted=drafted, keep=keep)
    )
    if form is None:
        return
    body = ask.AddTask(
        project=form.project, title=form.title, description=form.description, parent_workspace=names[-1]
    )
    async with app.task_drafts.sending(key):
        images = await _images(app, form.pictures)
        part = await app.client.add_task(body)
    await _attach(app, part.id, images)
    if form.start:
        await _open(app, part.id, form)


async def pictures(app: BoatyardApp) -> None:
    """What the task's agents get to see with the prompt."""
    task = app.home.situation().task
    assert task is not None
    await app.ask(PicturesSheet(app.link, task.id, task.title))


async def _first(app: BoatyardApp, form: TaskForm) -> None:
    """A task in a repository that Boatyard does not know yet."""
    path = str(Path(form.path).expanduser())
    images = await _images(app, form.pictures)
    if form.start and not images:
        body = ask.RunTask(
            title=form.title, repos=(path,), description=form.description, agent=form.agent,
            settings=or_environment(ask.WantedSettings(runner=form.runner, approve=form.approve)),
        )  # fmt: skip
        operation = await app.client.run_task(body)
        app.home.go_to_workspace(operation.workspace)
        return
    repo = await app.client.add_repo(ask.AddRepo(path=path))
    project = await app.client.add_project(ask.AddProject(name=repo.name, repos=(repo.id,)))
    added = ask.AddTask(project=project.id, title=form.title, description=form.description)
    task = await app.client.add_task(added)
    await _attach(app, task.id, images)
    if form.start:
        await _open(app, task.id, form)
    else:
        app.home.go_to(f"task:{task.id}")


async def _open(app: BoatyardApp, task_id: str, form: TaskForm) -> None:
    named = form.target_branch.split() if "=" in form.target_branch else []
    targets = {repo: branch for repo, _, branch in (text.partition("=") for text in named)}
    body = ask.NewWorkspace(
        task=task_id,
        name=form.name,
        agent=form.agent,
        target_branch="" if targets else form.target_branch,
        targets=targets,
        fetch=form.fetch,
        template=form.template,
        settings=or_environment(
            ask.WantedSettings(
                runner=form.runner,
                approve=form.approve,
                env=dict(form.env),
                secrets=dict(form.secrets),
                image="" if form.image.startswith("./") else form.image,
                dockerfile=form.image.removeprefix("./") if form.image.startswith("./") else "",
            )
        ),
    )
    operation = await app.client.new_workspace(body)
    app.home.go_to_workspace(operation.workspace)


async def start(app: BoatyardApp) -> None:
    """A workspace on the task; a set-up that failed is tried again instead."""
    now = app.home.situation()
    if now.workspace is not None and _half_made(app, now.workspace):
        await app.client.retry_setup(now.workspace.name)
        app.home.show_view("session")
        return
    assert now.task is not None
    repos = app.store.repos_of(now.task.project_id)
    branch = next((repo.target_branch for repo in repos if repo.target_branch), "")
    again = bool(app.store.workspaces_of.get(now.task.id))
    with app.opening():
        means = await app.means()
    form = await app.ask(StartSheet(means, now.task.title, branch, again))
    if form is not None:
        app.remember_agent(form.agent)
        await _open(app, now.task.id, form)


def _half_made(app: BoatyardApp, workspace: Workspace) -> bool:
    """Whether the workspace's creation stopped at a step that can be tried again."""
    operation = app.store.operations.get(workspace.name)
    failed = operation is not None and operation.status is OperationStatus.FAILED
    return workspace.state is WorkspaceState.FAILED or (
        failed and operation is not None and operation.kind == "create"
    )


async def edit(app: BoatyardApp) -> None:
    """Another title or description."""
    task = app.home.situation().task
    assert task is not None
    keep = partial(app.task_drafts.keep, task.id)
    with app.opening():
        drafted = await app.task_drafts.of(task.id)
    changed = await app.ask(EditSheet(task.title, task.description, drafted=drafted, keep=keep))
    if changed is not None:
        title, description = (UNSET if part is None else part for part in changed[:2])
        async with app.task_drafts.sending(task.id):
            images = await _images(app, changed[2])
            await app.client.update_task(task.id, ask.UpdateTask(title=title, description=description))
        await _attach(app, task.id, images)


async def _set_status(app: BoatyardApp, status: TaskStatus) -> None:
    task = app.home.situation().task
    assert task is not None
    before = task.status
    with app.deed():
        await app.client.update_task(task.id, ask.UpdateTask(status=status))

    async def back(of: Task = task) -> None:
        await app.client.update_task(of.id, ask.UpdateTask(status=before))

    app.can_undo(f"{task.title!r} is {status.value.replace('_', ' ')} now", back)


async def done(app: BoatyardApp) -> None:
    """The task is done."""
    await _set_status(app, TaskStatus.DONE)


async def cancel(app: BoatyardApp) -> None:
    """The task is not to be done."""
    await _set_status(app, TaskStatus.CANCELLED)


async def todo(app: BoatyardApp) -> None:
    """The task is to be done after all."""
    await _set_status(app, TaskStatus.TODO)
