"""Workspaces: made, closed, opened again, removed, recovered."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from core.engine.planning import Plan, Planner
from core.engine.projects import Projects, default_project_name
from core.engine.repos import Repos
from core.engine.tasks import Tasks, checked_title
from core.errors import BoatyardError, ConflictError, NotFoundError, UsageError
from core.git.clone import BRANCH_PREFIX
from core.lifecycle.closing import CLOSE_STEPS, RESTORE_STEPS, Closing
from core.lifecycle.context import Context
from core.lifecycle.create import Creation, step_labels
from core.lifecycle.facts import WorkspaceFacts, workspace_facts
from core.lifecycle.naming import free_name
from core.lifecycle.operation import Step, begin_operation
from core.lifecycle.place import Place
from core.lifecycle.removal import RECOVER_STEPS, REMOVE_STEPS, Removal
from core.store import lookup, views
from core.store import models as m
from core.values.entities import Operation, Repo, Task, Workspace
from core.values.events import OperationChanged, TaskChanged, WorkspaceChanged
from core.values.requests import (
    AddProject,
    AddTask,
    NewWorkspace,
    RemoveWorkspace,
    RunCommand,
    RunTask,
    UpdateProject,
)
from core.values.review import LossReport
from core.values.states import WorkspaceState


class Workspaces:
    """What a user can do with workspaces as a whole."""

    def __init__(
        self,
        context: Context,
        projects: Projects,
        repos: Repos,
        tasks: Tasks,
        creation: Creation,
        closing: Closing,
        removal: Removal,
    ) -> None:
        self._context = context
        self._projects = projects
        self._repos = repos
        self._tasks = tasks
        self._planner = Planner(context, projects, repos, tasks)
        self._creation = creation
        self._closing = closing
        self._removal = removal

    async def list(self) -> tuple[Workspace, ...]:
        def read() -> tuple[Workspace, ...]:
            query = m.Workspace.select().where(m.Workspace.state != WorkspaceState.DELETED)
            return views.workspaces(list(query.order_by(m.Workspace.created_at)))

        return await self._context.store.read(read)

    async def get(self, name: str) -> Workspace:
        return await self._context.store.read(lambda: views.workspace(lookup.live_workspace(name)))

    async def new(self, body: NewWorkspace) -> Operation:
        """Checks everything that can be known before, then begins to make the workspace.

        Raises:
            UsageError: The project has no repos, the name is illegal, a repository cannot be used.
            NotFoundError: The task, a target branch or the agent does not exist.
            ConflictError: The name is taken.
            UnreachableError: The container engine was asked for and does not answer.
            AgentError: The agent is not installed on this machine, where it would run.
        """
        return await self._begin(await self._planner.plan(body))

    async def run_task(self, body: RunTask) -> Operation:
        """Project, task and workspace in one go; what exists already is used.

        Nothing is made before all of it has been checked.
        """
        checked_title(body.title)
        if not body.repos:
            raise UsageError("no repository is named", hint="Give one with --repo PATH.")
        for path in body.repos:
            await self._planner.check_repo(path, body.target_branch)
        await self._planner.check(body.name, body.agent, body.settings)
        repos = [await self._repos.find_or_add(path) for path in body.repos]
        project = await self._project_for(body.project or default_project_name(repos[0].path), repos)
        task = await self._tasks.add(AddTask(project=project, title=body.title, description=body.description))
        try:
            return await self.new(
                NewWorkspace(
                    task=task.id,
                    name=body.name,
                    agent=body.agent,
                    target_branch=body.target_branch,
                    settings=body.settings,
                )
            )
        except BoatyardError:
            await self._tasks.remove(task.id)
            raise

    async def retry(self, name: str) -> Operation:
        """Runs the set-up scripts again, and starts the agent that was to start.

        Raises:
            ConflictError: Its set-up has not failed.
        """
        facts = await self._live(name, WorkspaceState.FAILED)
        executor = self._context.executors.get(facts.executor) if facts.executor else None
        labels = step_labels(agent=executor is not None, retry=True)
        operation = await self._write_operation("create", name, labels, WorkspaceState.CREATING)
        prompt = await self._context.store.read(_asked_prompt, name)
        steps = self._creation.steps(name, operation.id, executor, prompt, retry=True)
        self._context.operations.launch(operation, steps)
        return operation

    async def close(self, name: str) -> Operation:
        """Stops the workspace's processes and environment; everything is kept."""
        await self._live(name, WorkspaceState.OPEN, WorkspaceState.FAILED)
        return await self._launch("close", name, CLOSE_STEPS, self._closing.close_steps(name))

    async def restore(self, name: str) -> Operation:
        """Opens a closed workspace again."""
        await self._live(name, WorkspaceState.CLOSED)
        return await self._launch("restore", name, RESTORE_STEPS, self._closing.restore_steps(name))

    async def loss(self, name: str) -> LossReport:
        """What removing the workspace would put into the trash."""
        await self._context.store.read(lambda: lookup.live_workspace(name).id)
        return await self._removal.loss(name)

    async def remove(self, name: str, body: RemoveWorkspace) -> Operation:
        """Moves a workspace to the trash, from which `recover` brings it back.

        Raises:
            ConflictError: There is something to lose and it was not forced; the loss is told, counted.
        """
        facts = await self._live(name, WorkspaceState.OPEN, WorkspaceState.FAILED, WorkspaceState.CLOSED)
        if not body.force:
            _refuse_loss(await self._removal.loss(facts.name))
        return await self._launch("remove", name, REMOVE_STEPS, self._removal.remove_steps(name))

    async def recover(self, name: str) -> Operation:
        """Brings a removed workspace back, with everything that was in it."""
        row_state = await self._context.store.read(lambda: lookup.workspace(name).state)
        if row_state != WorkspaceState.DELETED:
            raise ConflictError(f"the workspace {name!r} was not removed", hint="It is in use.")
        return await self._launch("recover", name, RECOVER_STEPS, self._removal.recover_steps(name))

    async def shell(self, name: str, body: RunCommand) -> dict[str, tuple[str, ...]]:
        """The command line for the caller's own terminal; an empty command means a shell."""
        facts = await self._live(name, WorkspaceState.OPEN, WorkspaceState.FAILED)
        place = Place(self._context.home, name)
        runner = self._context.runners[facts.runner]
        environment = place.environment(facts)
        await runner.ensure(environment)
        return {"argv": runner.shell_argv(environment, body.argv, place.working_directory(facts))}

    # What the above is made of

    async def _live(self, name: str, *states: WorkspaceState) -> WorkspaceFacts:
        await self._context.store.read(lambda: lookup.live_workspace(name).id)
        facts = await self._context.store.read(workspace_facts, name)
        if facts.state not in states:
            wanted = " or ".join(state.value for state in states)
            raise ConflictError(
                f"the workspace {name!r} is {facts.state.value}, not {wanted}", hint=_way_out(facts)
            )
        return facts

    async def _begin(self, plan: Plan) -> Operation:
        def write() -> tuple[Workspace, Operation, Task]:
            row = _insert_workspace(plan, self._context.home.workspaces)
            operation = begin_operation(
                "create",
                row,
                step_labels(agent=plan.executor is not None),
                {"agent": plan.executor.name if plan.executor else "", "prompt": plan.prompt},
            )
            return views.workspace(row), operation, views.task(row.task)

        workspace, operation, task = await self._context.store.write(write)
        self._context.hub.publish(TaskChanged(task=task))
        self._context.hub.publish(WorkspaceChanged(workspace=workspace))
        self._context.hub.publish(OperationChanged(operation=operation))
        steps = self._creation.steps(workspace.name, operation.id, plan.executor, plan.prompt)
        self._context.operations.launch(operation, steps)
        return operation

    async def _launch(
        self, kind: str, name: str, labels: tuple[tuple[str, str], ...], steps: Sequence[Step]
    ) -> Operation:
        operation = await self._write_operation(kind, name, labels)
        self._context.operations.launch(operation, steps)
        return operation

    async def _write_operation(
        self, kind: str, name: str, labels: tuple[tuple[str, str], ...], state: WorkspaceState | None = None
    ) -> Operation:
        def write() -> tuple[Operation, Workspace]:
            row = lookup.workspace(name)
            _refuse_second_operation(row)
            if state is not None:
                row.state = state.value
                row.save()
            return begin_operation(kind, row, labels, {}), views.workspace(row)

        operation, workspace = await self._context.store.write(write)
        self._context.hub.publish(OperationChanged(operation=operation))
        if state is not None:
            self._context.hub.publish(WorkspaceChanged(workspace=workspace))
        return operation

    async def _project_for(self, name: str, repos: Sequence[Repo]) -> str:
        try:
            project = await self._projects.get(name)
        except NotFoundError:
            return (await self._projects.add(AddProject(name=name, repos=tuple(r.id for r in repos)))).id
        missing = tuple(repo.id for repo in repos if repo.id not in project.repo_ids)
        if missing:
            await self._projects.update(project.id, UpdateProject(add_repos=missing))
        return project.id


def _insert_workspace(plan: Plan, workspaces: Path) -> m.Workspace:
    name = free_name(plan.name, plan.task.title)
    row: m.Workspace = m.Workspace.create(
        task=plan.task.id,
        name=name,
        branch=BRANCH_PREFIX + name,
        runner=plan.runner.value,
        notice=plan.notice,
        working_directory=str(workspaces / name / "code"),
        settings=msgspec.to_builtins(plan.settings),
    )
    for position, (repo, branch, commit) in enumerate(plan.targets):
        m.WorkspaceRepo.create(
            workspace=row, repo=repo.id, position=position, target_branch=branch,
            base_commit=commit, head=commit,
        )  # fmt: skip
    m.Session.create(workspace=row, executor=plan.executor.name if plan.executor else "")
    return row


def _asked_prompt(name: str) -> str:
    """The prompt that the workspace was made with; empty: the task's text."""
    first = (
        m.Operation.select()
        .where(m.Operation.workspace_name == name, m.Operation.kind == "create")
        .order_by(m.Operation.created_at)
        .first()
    )
    return str(first.arguments.get("prompt", "")) if first else ""


def _refuse_second_operation(row: m.Workspace) -> None:
    running = m.Operation.get_or_none(m.Operation.workspace == row, m.Operation.status == "running")
    if running is not None:
        raise ConflictError(
            f"the workspace {row.name!r} is busy: {running.kind} is under way",
            hint="Wait until it has ended.",
        )


def _refuse_loss(loss: LossReport) -> None:
    parts = [
        (loss.unmerged_commits, "unmerged commit"),
        (loss.changed_files, "changed file"),
        (loss.untracked_files, "untracked file"),
        (loss.ignored_files, "ignored file"),
    ]
    told = ", ".join(f"{count} {noun}{'s' * (count != 1)}" for count, noun in parts if count)
    if told:
        raise ConflictError(
            f"removing {loss.workspace!r} would put {told} into the trash",
            hint="Use --force to do it; 'boatyard workspace recover' brings it back.",
            details=msgspec.to_builtins(loss),
        )


def _way_out(facts: WorkspaceFacts) -> str:
    return {
        WorkspaceState.CREATING: "Wait until it has been made.",
        WorkspaceState.CLOSED: f"Open it: boatyard workspace restore {facts.name}",
        WorkspaceState.FAILED: f"Its set-up failed; retry it: boatyard workspace retry {facts.name}",
        WorkspaceState.OPEN: "It is open.",
        WorkspaceState.DELETED: f"Recover it: boatyard workspace recover {facts.name}",
    }[facts.state]
