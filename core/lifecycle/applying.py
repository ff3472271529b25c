"""What was computed in the depots brought into a workspace, as an operation that a kill does not tear.

Everything that changes a workspace's files at once (an update from the target branch, a part of a diff taken
back or taken over) is a plan: by repo, the commit that the files get and where the branch is put. The plan is
written down with the operation; bringing it is the same for all.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import msgspec

from core.errors import ConflictError
from core.lifecycle.checkpoint_records import RepoState, checkpoint_states
from core.lifecycle.context import Context
from core.lifecycle.halted import write_halt
from core.lifecycle.operation import Step, begin_operation
from core.lifecycle.placing import Placing
from core.lifecycle.snapshots import Snapshots
from core.lifecycle.telling import tell_workspace
from core.lifecycle.turn_records import turn_runs
from core.store import lookup
from core.store import models as m
from core.values.entities import Operation
from core.values.events import OperationChanged
from core.values.states import WorkspaceState

STEPS = (
    ("keep", "keep the present as a checkpoint"),
    ("check", "look whether anything is in the way"),
    ("files", "bring the files"),
    ("record", "record where the workspace is"),
)
CHANGEABLE = (WorkspaceState.OPEN, WorkspaceState.FAILED, WorkspaceState.CLOSED)


class Goal(msgspec.Struct, frozen=True):
    """What one repo gets."""

    commit: str
    """A commit of all that its files will be."""
    head: str
    """Where the workspace's branch is put."""
    expected: str
    """The snapshot that this was computed from; anything else there is not overwritten."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What a workspace gets."""

    goals: dict[str, Goal]
    """By repo id; other repos stay as they are."""
    message: str
    """Of the checkpoint that is taken before."""
    seen: tuple[RepoState, ...] = ()
    """What that keeps of all repos, where one of them changes and no ignored file can be in the way. Empty:
    it looks for itself."""
    halt: list[dict[str, object]] | None = None
    """Where an update stops then (see `core.lifecycle.updating`); empty: none is under way any more."""
    result: dict[str, object] = {}
    """What the operation gives its caller."""


class Applying:
    """Begins such operations, and finishes those that were cut off."""

    def __init__(self, context: Context, snapshots: Snapshots, placing: Placing) -> None:
        self._context = context
        self._snapshots = snapshots
        self._placing = placing

    async def begin(self, kind: str, name: str, plan: Plan) -> Operation:
        """Begins to bring a plan; `kind` is `apply` or `update`.

        Raises:
            ConflictError: An agent works in the workspace, or it is not ready.
        """

        def write() -> Operation:
            row = lookup.live_workspace(name)
            check_changeable(row)
            return begin_operation(kind, row, STEPS, {"plan": msgspec.to_builtins(plan)})

        operation = await self._context.store.write(write)
        self._context.hub.publish(OperationChanged(operation=operation))
        self._context.operations.launch(operation, self.steps(operation, plan))
        return operation

    def steps_again(self, operation: Operation, arguments: Mapping[str, object]) -> list[Step]:
        """The steps of an operation that was cut off."""
        return self.steps(operation, msgspec.convert(arguments["plan"], Plan), again=True)

    def steps(self, operation: Operation, plan: Plan, *, again: bool = False) -> list[Step]:
        labels, name = dict(STEPS), operation.workspace
        # `files` looks before it writes: with one repository, what it refuses the first time changed nothing.
        at_once = bool(plan.seen) and not again

        async def keep() -> None:
            if not plan.seen:
                await self._refuse_changed(name, plan)
            await self._placing.keep(operation.id, name, _states(plan), plan.message, plan.seen)
            await self._context.operations.set_result(operation.id, **plan.result)

        async def check() -> None:
            if not at_once:
                await self._placing.check(operation.id, name, await self._wanted(operation.id, name, plan))

        async def files() -> None:
            await self._placing.files(operation.id, name, await self._wanted(operation.id, name, plan))

        return [
            Step("keep", labels["keep"], keep),
            Step("check", labels["check"], check),
            Step("files", labels["files"], files, keeps=True, refuses=(ConflictError,) if at_once else ()),
            Step("record", labels["record"], lambda: self._record(operation.id, name, plan), keeps=True),
        ]

    async def _refuse_changed(self, name: str, plan: Plan) -> None:
        facts = await self._snapshots.take(name)
        for repo in facts.repos:
            goal = plan.goals.get(repo.repo_id)
            if goal is not None and goal.expected != repo.snapshot:
                raise ConflictError(
                    f"files of {repo.name} in {name!r} have changed meanwhile",
                    hint="Look at it again, and say again what is to be done. Nothing was changed.",
                )

    async def _wanted(self, operation_id: str, name: str, plan: Plan) -> dict[str, RepoState]:
        """The goals, with the empty folders that are there now."""
        before = (await self._context.operations.get(operation_id)).result.get("before")
        kept = await self._context.store.read(checkpoint_states, name, cast(int, before))
        return {repo_id: _with_folders(state, kept.get(repo_id)) for repo_id, state in _states(plan).items()}

    async def _record(self, operation_id: str, name: str, plan: Plan) -> None:
        await self._snapshots.take(name)
        if plan.halt is not None:
            before = (await self._context.operations.get(operation_id)).result.get("before")
            await self._context.store.write(write_halt, name, plan.halt, cast(int, before))
        await tell_workspace(self._context, name)


async def refuse_unchangeable(context: Context, name: str) -> None:
    """Refuses early what `Applying.begin` would refuse, before anything is compared in vain: under an agent
    that works, each look finds other files.

    Raises:
        ConflictError: As for `Applying.begin`.
    """
    await context.store.read(lambda: check_changeable(lookup.live_workspace(name)))


def check_changeable(row: m.Workspace) -> None:
    """Refuses to change the files of a workspace that is not ready. Call on the store's thread.

    Raises:
        ConflictError: It is being made, or an agent works in it.
    """
    if row.state not in CHANGEABLE:
        raise ConflictError(f"the workspace {row.name!r} is {row.state}", hint="Wait until it has been made.")
    if turn_runs(row.id):
        raise ConflictError(
            f"an agent works in {row.name!r}",
            hint=f"Wait for it, or stop it: boatyard workspace stop {row.name}",
        )


def _with_folders(state: RepoState, kept: RepoState | None) -> RepoState:
    return RepoState(state.repo_id, state.commit, state.head, kept.folders if kept else ())


def _states(plan: Plan) -> dict[str, RepoState]:
    return {id_: RepoState(id_, goal.commit, goal.head, ()) for id_, goal in plan.goals.items()}
