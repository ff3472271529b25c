"""A commit of taken parts brought onto a branch of the user's, as an operation that a kill does not tear."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from core.git.landing import begin_branch, land, recover_landing
from core.git.user_repository import inspect_repository
from core.lifecycle.context import Context
from core.lifecycle.facts import workspace_facts
from core.lifecycle.operation import Step, begin_operation
from core.lifecycle.place import Place
from core.review.taken import Taken, keep_taken, let_taken_go
from core.store import lookup
from core.supervision.crash import crash_point
from core.values.entities import Operation
from core.values.events import OperationChanged

STEPS = (("land", "bring the commit onto the branch"),)


class Taking:
    """Begins such operations, and finishes those that were cut off."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def begin(self, name: str, taken: Taken) -> Operation:
        """Begins to bring a commit, which the workspace's depot has, onto its branch.

        Raises:
            ConflictError: Another operation on the workspace is under way.
        """
        await keep_taken(Place(self._context.home, name).depot(taken.repo_id), name, taken)

        def write() -> Operation:
            arguments = {"taken": msgspec.to_builtins(taken)}
            return begin_operation("take", lookup.live_workspace(name), STEPS, arguments)

        operation = await self._context.store.write(write)
        self._context.hub.publish(OperationChanged(operation=operation))
        self._context.operations.launch(operation, self._steps(operation, taken, again=False))
        return operation

    def steps_again(self, operation: Operation, arguments: Mapping[str, object]) -> Sequence[Step]:
        """The steps of an operation that was cut off."""
        return self._steps(operation, msgspec.convert(arguments["taken"], Taken), again=True)

    def _steps(self, operation: Operation, taken: Taken, *, again: bool) -> list[Step]:
        async def bring() -> None:
            crash_point("take", "begun")
            facts = await self._context.store.read(workspace_facts, operation.workspace)
            path = next(repo.path for repo in facts.repos if repo.repo_id == taken.repo_id)
            repository = await inspect_repository(path)
            depot = Place(self._context.home, operation.workspace).depot(taken.repo_id)
            label = f"boatyard: take from {operation.workspace}"
            if not taken.old:
                await begin_branch(repository, depot, taken.branch, taken.new, label=label)
            elif not again or not await recover_landing(
                repository,
                depot,
                taken.branch,
                old=taken.old,
                new=taken.new,
                started_at=operation.started_at,
            ):
                await land(repository, depot, taken.branch, old=taken.old, new=taken.new, label=label)
            await let_taken_go(depot, operation.workspace)
            await self._context.operations.set_result(
                operation.id, branch=taken.branch, commit=taken.new, made=not taken.old
            )

        return [Step("land", STEPS[0][1], bring, keeps=True)]
