"""Workspaces begun: everything checked first, then all rows made in one transaction, then the steps run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec

from core.engine.planning import Plan, Planner
from core.engine.projects import checked_name, default_project_name, find_or_make_project, link
from core.engine.repos import Repos
from core.engine.tasks import Tasks, insert_task
from core.errors import UsageError
from core.git.clone import BRANCH_PREFIX
from core.lifecycle.context import Context
from core.lifecycle.create import Creation, step_labels
from core.lifecycle.facts import workspace_facts
from core.lifecycle.naming import free_name
from core.lifecycle.operation import begin_operation
from core.lifecycle.ports import claim_ports, default_ports
from core.store import models as m
from core.store import views
from core.values.entities import Operation, Project, Repo, Task, Workspace
from core.values.events import OperationChanged, ProjectChanged, RepoChanged, TaskChanged, WorkspaceChanged
from core.values.requests import AddTask, NewWorkspace, RunTask


class Starting:
    """Makes workspaces for tasks, and whole tasks in one go."""

    def __init__(
        self, context: Context, repos: Repos, tasks: Tasks, planner: Planner, creation: Creation
    ) -> None:
        self._context = context
        self._repos = repos
        self._tasks = tasks
        self._planner = planner
        self._creation = creation

    async def new(self, body: NewWorkspace) -> Operation:
        """See `Workspaces.new`."""
        task = await self._tasks.get(body.task)
        paths = await self._context.store.read(_paths_of_project, task.project_id)
        plan = await self._planner.plan(body, paths)
        folder = self._context.home.workspaces

        def write() -> tuple[Operation, Workspace, Task]:
            row = m.Task.get_by_id(task.id)
            workspace = insert_workspace(plan, row, folder)
            self._claim_ports(plan, workspace)
            return _begin(plan, workspace), views.workspace(workspace), views.task(row)

        operation, workspace, task = await self._context.store.write(write)
        return self._launch(plan, operation, workspace, task)

    async def begin(
        self, plan: Plan, task_id: str, adopt: Callable[[m.Workspace], dict[str, object]]
    ) -> Operation:
        """Begins a remix: `adopt` completes its rows and gives what its operation has to know."""

        def write() -> tuple[Operation, Workspace, Task]:
            row = m.Task.get_by_id(task_id)
            workspace = insert_workspace(plan, row, self._context.home.workspaces)
            self._claim_ports(plan, workspace)
            operation = _begin(plan, workspace, adopt(workspace))
            return operation, views.workspace(workspace), views.task(row)

        operation, workspace, task = await self._context.store.write(write)
        return self._launch(plan, operation, workspace, task, remix=True)

    async def run_task(self, body: RunTask) -> Operation:
        """See `Workspaces.run_task`."""
        if not body.repos and not body.project:
            raise UsageError("no repository is named", hint="Give one with --repo PATH.")
        ask = AddTask(project="", title=body.title, description=body.description)
        wanted = [await self._repos.locate(key) for key in body.repos]
        name = checked_name(body.project or default_project_name(wanted[0]))
        known = await self._context.store.read(_paths_of_known_project, name)
        if not known and not wanted:
            raise UsageError(
                f"the project {name!r} has no repositories, and none is named",
                hint="Give one with --repo PATH.",
            )
        request = NewWorkspace(
            task="",
            name=body.name,
            agent=body.agent,
            target_branch=body.target_branch,
            targets=body.targets,
            fetch=body.fetch,
            template=body.template,
            settings=body.settings,
        )
        plan = await self._planner.plan(request, list(dict.fromkeys((*known, *wanted))))
        style = self._context.config.merge.style.value
        folder = self._context.home.workspaces

        def write() -> tuple[list[Repo], Project, Operation, Workspace, Task]:
            project = find_or_make_project(name, style)
            new_repos = link(project, wanted)
            row = insert_task(project, ask)
            workspace = insert_workspace(plan, row, folder)
            self._claim_ports(plan, workspace)
            operation = _begin(plan, workspace)
            return new_repos, views.project(project), operation, views.workspace(workspace), views.task(row)

        new_repos, project, operation, workspace, task = await self._context.store.write(write)
        for repo in new_repos:
            self._context.hub.publish(RepoChanged(repo=repo))
        self._context.hub.publish(ProjectChanged(project=project))
        return self._launch(plan, operation, workspace, task)

    def _claim_ports(self, plan: Plan, workspace: m.Workspace) -> None:
        scripts = [repo.dev_server_script for repo in workspace_facts(workspace.name).repos]
        inner = plan.settings.ports or default_ports(sum(bool(script.strip()) for script in scripts))
        claim_ports(workspace, inner, self._context.home.instance)

    def _launch(
        self, plan: Plan, operation: Operation, workspace: Workspace, task: Task, *, remix: bool = False
    ) -> Operation:
        self._context.hub.publish(TaskChanged(task=task))
        self._context.hub.publish(WorkspaceChanged(workspace=workspace))
        self._context.hub.publish(OperationChanged(operation=operation))
        steps = self._creation.steps(workspace.name, operation.id, plan.executor, plan.prompt, remix=remix)
        self._context.operations.launch(operation, steps)
        return operation


def insert_workspace(plan: Plan, task: m.Task, workspaces: Path) -> m.Workspace:
    """The rows of a planned workspace.

    Raises:
        ConflictError: Its name has been taken meanwhile.
    """
    name = free_name(plan.name, task.title)
    row: m.Workspace = m.Workspace.create(
        task=task,
        name=name,
        branch=BRANCH_PREFIX + name,
        runner=plan.runner.value,
        notice=plan.notice,
        working_directory=str(workspaces / name / "code"),
        settings=msgspec.to_builtins(plan.settings),
    )
    for position, (path, branch, commit) in enumerate(plan.targets):
        m.WorkspaceRepo.create(
            workspace=row,
            repo=m.Repo.get(m.Repo.path == path),
            position=position,
            target_branch=branch,
            base_commit=commit,
            head=commit,
        )
    m.Session.create(workspace=row, executor=plan.executor.name if plan.executor else "")
    return row


def _begin(plan: Plan, workspace: m.Workspace, remix: dict[str, object] | None = None) -> Operation:
    labels = step_labels(agent=plan.executor is not None, remix=remix is not None)
    agent = plan.executor.name if plan.executor else ""
    asked = {"prompt": plan.prompt, "fetch": plan.fetch, "image_given": plan.image_given}
    arguments: dict[str, object] = {"agent": agent, **asked, **(remix or {})}
    if plan.template:
        arguments["template"] = plan.template
        m.Template.update(use_count=m.Template.use_count + 1).where(m.Template.id == plan.template).execute()
    return begin_operation("create", workspace, labels, arguments)


def _paths_of_project(project_id: str) -> list[str]:
    """The repositories of a project.

    Raises:
        UsageError: It has none.
    """
    project = m.Project.get_by_id(project_id)
    paths = _paths(project)
    if not paths:
        raise UsageError(
            f"the project {project.name!r} has no repository",
            hint=f"Add one: boatyard project set {project.name} --add-repo PATH",
        )
    return paths


def _paths_of_known_project(name: str) -> list[str]:
    project = m.Project.get_or_none(m.Project.name == name)
    return _paths(project) if project else []


def _paths(project: m.Project) -> list[str]:
    query = m.ProjectRepo.select(m.ProjectRepo, m.Repo).join(m.Repo).where(m.ProjectRepo.project == project)
    return [link.repo.path for link in query.order_by(m.ProjectRepo.position)]
