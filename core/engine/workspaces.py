"""Workspaces: made, closed, opened again, removed, recovered."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from core.engine.starting import Starting
from core.errors import ConflictError
from core.lifecycle.closing import CLOSE_STEPS, RESTORE_STEPS, Closing
from core.lifecycle.context import Context
from core.lifecycle.create import POINT_OF_KEEPING, Creation, is_kept, step_labels
from core.lifecycle.facts import WorkspaceFacts, workspace_facts
from core.lifecycle.idleness import touch
from core.lifecycle.operation import Step, begin_operation, refuse_busy
from core.lifecycle.origin import origin_of
from core.lifecycle.place import Place
from core.lifecycle.removal import RECOVER_STEPS, REMOVE_STEPS, Removal
from core.store import lookup, views
from core.store import models as m
from core.values.answers import ShellAnswer
from core.values.entities import Operation, Workspace
from core.values.events import OperationChanged, WorkspaceChanged
from core.values.requests import (
    NewWorkspace,
    RemoveWorkspace,
    RunCommand,
    RunTask,
)
from core.values.review import LossReport
from core.values.states import WorkspaceState

REMOVABLE = (
    WorkspaceState.OPEN,
    WorkspaceState.FAILED,
    WorkspaceState.CLOSED,
    WorkspaceState.CREATING,  # one whose making has ended without an end; while it is made it is busy
)


class Workspaces:
    """What a user can do with workspaces as a whole."""

    def __init__(
        self, context: Context, starting: Starting, creation: Creation, closing: Closing, removal: Removal
    ) -> None:
        self._context = context
        self._starting = starting
        self._creation = creation
        self._closing = closing
        self._removal = removal

    async def list(self, archived: bool = False) -> tuple[Workspace, ...]:
        """The workspaces, or the archived ones instead."""

        def read() -> tuple[Workspace, ...]:
            query = m.Workspace.select().where(
                m.Workspace.state != WorkspaceState.DELETED, m.Workspace.archived == archived
            )
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
        return await self._starting.new(body)

    async def run_task(self, body: RunTask) -> Operation:
        """Project, task and workspace in one go; what exists already is used.

        Nothing is made before all of it has been checked.
        """
        return await self._starting.run_task(body)

    async def retry(self, name: str) -> Operation:
        """Goes on with a creation from the step that failed, and starts the agent that was to start.

        Raises:
            ConflictError: Its set-up has not failed.
        """
        facts = await self._live(name, WorkspaceState.FAILED)
        executor = self._context.executors.get(facts.executor) if facts.executor else None
        prompt = await self._context.store.read(_asked_prompt, name)
        first = await self._context.store.read(_failed_step, name)
        remix = await self._context.store.read(origin_of, name) is not None
        labels = step_labels(agent=executor is not None, remix=remix, first=first)
        operation = await self._write_operation(
            "create", name, labels, (WorkspaceState.FAILED,),
            {"agent": facts.executor, "prompt": prompt}, WorkspaceState.CREATING,
        )  # fmt: skip
        steps = self._creation.steps(name, operation.id, executor, prompt, first=first, remix=remix)
        self._context.operations.launch(operation, steps)
        return operation

    async def close(self, name: str) -> Operation:
        """Stops the workspace's processes and environment; everything is kept."""
        states = (WorkspaceState.OPEN, WorkspaceState.FAILED)
        return await self._launch("close", name, CLOSE_STEPS, states, self._closing.close_steps(name))

    async def restore(self, name: str) -> Operation:
        """Opens a closed workspace again."""
        states = (WorkspaceState.CLOSED,)
        return await self._launch("restore", name, RESTORE_STEPS, states, self._closing.restore_steps(name))

    async def loss(self, name: str) -> LossReport:
        """What removing the workspace would put into the trash."""
        await self._context.store.read(lambda: lookup.live_workspace(name).id)
        return await self._removal.loss(name)

    async def remove(self, name: str, body: RemoveWorkspace) -> Operation:
        """Moves a workspace to the trash, from which `recover` brings it back.

        Raises:
            ConflictError: There is something to lose and it was not forced; the loss is told, counted.
        """
        facts = await self._live(name, *REMOVABLE)
        if not body.force and facts.state is not WorkspaceState.CREATING:
            _refuse_loss(await self._removal.loss(facts.name))
        return await self._launch("remove", name, REMOVE_STEPS, REMOVABLE, self._removal.remove_steps(name))

    async def recover(self, name: str) -> Operation:
        """Brings a removed workspace back, with everything that was in it."""
        states = (WorkspaceState.DELETED,)
        return await self._launch("recover", name, RECOVER_STEPS, states, self._removal.recover_steps(name))

    async def shell(self, name: str, body: RunCommand) -> ShellAnswer:
        """The command line for the caller's own terminal; an empty command means a shell."""
        facts = await self._live(name, WorkspaceState.OPEN, WorkspaceState.FAILED)
        place = Place(self._context.home, name)
        runner = self._context.runners[facts.runner]
        environment = place.environment(facts)
        await runner.ensure(environment)
        await self._context.store.write(touch, name, self._context.clock())
        cwd = place.working_directory(facts)
        return ShellAnswer(argv=runner.shell_argv(environment, body.argv, cwd))

    # What the above is made of

    async def _live(self, name: str, *states: WorkspaceState) -> WorkspaceFacts:
        await self._context.store.read(lambda: lookup.live_workspace(name).id)
        facts = await self._context.store.read(workspace_facts, name)
        _check_state(name, facts.state, states)
        return facts

    async def _launch(
        self,
        kind: str,
        name: str,
        labels: tuple[tuple[str, str], ...],
        states: tuple[WorkspaceState, ...],
        steps: Sequence[Step],
    ) -> Operation:
        return await self.launch(kind, name, labels, states, lambda _: steps)

    async def launch(
        self,
        kind: str,
        name: str,
        labels: tuple[tuple[str, str], ...],
        states: tuple[WorkspaceState, ...],
        steps: Callable[[Operation], Sequence[Step]],
        arguments: dict[str, object] | None = None,
    ) -> Operation:
        """Begins an operation on a workspace that is in one of the states, and on which nothing else is."""
        operation = await self._write_operation(kind, name, labels, states, arguments or {})
        self._context.operations.launch(operation, steps(operation))
        return operation

    async def _write_operation(
        self,
        kind: str,
        name: str,
        labels: tuple[tuple[str, str], ...],
        states: tuple[WorkspaceState, ...],
        arguments: dict[str, object],
        becomes: WorkspaceState | None = None,
    ) -> Operation:
        """Writes the intent, if the workspace is in one of the states and nothing else is under way."""

        def write() -> tuple[Operation, Workspace]:
            row = lookup.workspace(name) if WorkspaceState.DELETED in states else lookup.live_workspace(name)
            refuse_busy(row)
            _check_state(name, WorkspaceState(row.state), states)
            if becomes is not None:
                row.state = becomes.value
                row.save()
            return begin_operation(kind, row, labels, arguments), views.workspace(row)

        operation, workspace = await self._context.store.write(write)
        self._context.hub.publish(OperationChanged(operation=operation))
        if becomes is not None:
            self._context.hub.publish(WorkspaceChanged(workspace=workspace))
        return operation


def _asked_prompt(name: str) -> str:
    """The prompt that the workspace was made with; empty: the task's text."""
    first = (
        m.Operation.select()
        .where(m.Operation.workspace_name == name, m.Operation.kind == "create")
        .order_by(m.Operation.created_at)
        .first()
    )
    return str(first.arguments.get("prompt", "")) if first else ""


def _failed_step(name: str) -> str:
    """The step at which the latest attempt to make the workspace stopped; at least one that is kept."""
    last = (
        m.Operation.select()
        .where(m.Operation.workspace_name == name, m.Operation.kind == "create")
        .order_by(m.Operation.created_at.desc())
        .first()
    )
    steps = views.operation(last).steps if last else ()
    failed = next((step.name for step in steps if step.error or step.ended_at is None), POINT_OF_KEEPING)
    return failed if is_kept(failed) and failed != "start" else POINT_OF_KEEPING


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


def _check_state(name: str, state: WorkspaceState, states: Sequence[WorkspaceState]) -> None:
    if state not in states:
        wanted = " or ".join(each.value for each in states)
        raise ConflictError(
            f"the workspace {name!r} is {state.value}, not {wanted}", hint=_way_out(name, state)
        )


def _way_out(name: str, state: WorkspaceState) -> str:
    return {
        WorkspaceState.CREATING: "Wait until it has been made.",
        WorkspaceState.CLOSED: f"Open it: boatyard workspace restore {name}",
        WorkspaceState.FAILED: f"Its set-up failed; retry it: boatyard workspace retry {name}",
        WorkspaceState.OPEN: "It is open.",
        WorkspaceState.DELETED: f"Recover it: boatyard workspace recover {name}",
    }[state]
