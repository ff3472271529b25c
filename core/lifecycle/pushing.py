"""Pushing a workspace's commits, or the target branches after a merge: planned first, journaled, then done.

What is pushed is written down by commit before the first branch moves. After a crash the rest is pushed
under the same leases; the remote is asked first where each branch is.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from core.errors import BoatyardError, ConflictError, NotFoundError
from core.lifecycle.context import Context
from core.lifecycle.copied_work import committed_copies
from core.lifecycle.facts import WorkspaceFacts, workspace_facts
from core.lifecycle.kept_failure import KeptFailure
from core.lifecycle.landing import Landing
from core.lifecycle.operation import Step, begin_operation
from core.lifecycle.place import Place
from core.lifecycle.snapshots import Snapshots
from core.review.push import (
    Pushed,
    as_planned,
    do_push,
    plan_push,
    pushed_target,
    pushed_work,
    record_pushed,
)
from core.review.target import ReviewTarget
from core.store import lookup
from core.store import models as m
from core.supervision.crash import crash_point
from core.values.entities import Operation
from core.values.events import OperationChanged
from core.values.pushing import PushReport, RepoPush
from core.values.states import MergeStyle, OperationStatus
from core.values.value import Value

PUSH_STEPS = (
    ("snapshot", "bring the work into the depot"),
    ("look", "ask the remote what it has"),
    ("push", "push"),
)


class PushWanted(Value, frozen=True, kw_only=True):
    """What is asked of a push, as the journal keeps it."""

    repo: str = ""
    """Name or id of the only repo; empty: all."""
    remote: str = ""
    """Empty: the one that git's settings say."""
    target: bool = False
    """Whether the target branches are pushed, not the workspace's own."""


class Pushing:
    """Says what pushes would do, does them, and goes on with what a crash left in the middle."""

    def __init__(self, context: Context, snapshots: Snapshots, landing: Landing) -> None:
        self._context = context
        self._snapshots = snapshots
        self._landing = landing

    async def preview(self, name: str, wanted: PushWanted) -> PushReport:
        """What a push would do now; nothing changes."""
        facts = await self._snapshots.take(name)
        found = await self.pushed(facts, wanted)
        return PushReport(workspace=name, repos=tuple([await plan_push(name, each) for each in found]))

    async def push(self, name: str, wanted: PushWanted) -> PushReport:
        """Pushes, and returns what was pushed.

        Raises:
            ConflictError: Somebody else's commits would be overwritten, or copied files would leave the
                machine. Nothing was pushed.
            GitError: A hook or the remote refused, or it cannot be reached.
        """
        operation, steps = await self.begin(name, wanted)
        ended = await self._context.operations.wait(operation.id)
        if ended.status is not OperationStatus.DONE:
            raise steps.failure or BoatyardError(f"the push of {name!r} did not end", hint="Try again.")
        return PushReport(workspace=name, repos=await self.plans(operation.id))

    async def begin(self, name: str, wanted: PushWanted) -> tuple[Operation, PushSteps]:
        """Begins to push in the background."""

        def write() -> Operation:
            arguments = msgspec.to_builtins(wanted)
            return begin_operation("push", lookup.live_workspace(name), PUSH_STEPS, arguments)

        operation = await self._context.store.write(write)
        self._context.hub.publish(OperationChanged(operation=operation))
        steps = PushSteps(self, operation, wanted)
        self._context.operations.launch(operation, steps.all())
        return operation, steps

    async def resume(self, operation: Operation, arguments: dict[str, object]) -> bool:
        """After a crash: goes on in the background, if it had been decided what to push."""
        if "plans" not in operation.result:
            return False
        steps = PushSteps(self, operation, msgspec.convert(arguments, PushWanted))
        self._context.operations.launch(operation, steps.all()[-1:])
        return True

    async def look(self, operation: Operation, wanted: PushWanted) -> None:
        """Plans the pushes and writes them into the journal.

        Raises:
            ConflictError: One of them must not be.
        """
        facts = await self._context.store.read(workspace_facts, operation.workspace)
        found = await self.pushed(facts, wanted)
        if not wanted.target:
            await self._refuse_copies(facts, [each.target for each in found])
        plans = [await plan_push(facts.name, each) for each in found]
        _refuse_overwriting(plans)
        await self._context.operations.set_result(operation.id, plans=msgspec.to_builtins(plans))

    async def take_snapshot(self, name: str) -> None:
        await self._snapshots.take(name)

    async def planned(self, operation: Operation) -> list[tuple[Pushed, RepoPush]]:
        """The pushes that the journal has, with where they go; without those that have nothing to push."""
        facts = await self._context.store.read(workspace_facts, operation.workspace)
        targets = {each.repo_id: each for each in await self._landing.targets(facts, refresh=False)}
        plans = [plan for plan in await self.plans(operation.id) if not plan.nothing]
        return [(await as_planned(targets[plan.repo_id], plan), plan) for plan in plans]

    async def plans(self, operation_id: str) -> tuple[RepoPush, ...]:
        """What the journal says of an operation's pushes."""

        def read() -> tuple[RepoPush, ...]:
            row = lookup.by_id(m.Operation, operation_id, "operation")
            return msgspec.convert(row.result.get("plans", []), tuple[RepoPush, ...])

        return await self._context.store.read(read)

    async def pushed(self, facts: WorkspaceFacts, wanted: PushWanted) -> list[Pushed]:
        """What is to be pushed where; of several repos only those with something of their own."""
        targets = _chosen(await self._landing.targets(facts, refresh=True), wanted.repo)
        if wanted.target:
            return [await pushed_target(each, wanted.remote) for each in targets]
        if len(targets) > 1:
            own = [each for each in targets if not await each.depot.is_ancestor(each.work.head, each.target)]
            targets = own or targets
        return [await pushed_work(each, facts.branch, wanted.remote) for each in targets]

    async def _refuse_copies(self, facts: WorkspaceFacts, targets: Sequence[ReviewTarget]) -> None:
        """What was copied from beside git, such as a `.env`, must not leave the machine with the commits."""
        place = Place(self._context.home, facts.name)
        found = await committed_copies(place, facts, targets, MergeStyle.MERGE)
        if found:
            raise ConflictError(
                f"{'; '.join(found)}; nothing was pushed",
                hint=f"In the workspace {facts.name}, take them out of all its commits (git rm --cached, "
                "then git commit --amend or git rebase -i).",
                details={"blocked": found},
            )


class PushSteps(KeptFailure):
    """The steps of one push; what they need of each other is in the journal alone."""

    def __init__(self, pushing: Pushing, operation: Operation, wanted: PushWanted) -> None:
        self._pushing = pushing
        self._operation = operation
        self._wanted = wanted

    def all(self) -> list[Step]:
        """In order; the last one is what is left to do after a crash."""
        labels = dict(PUSH_STEPS)
        return [
            Step("snapshot", labels["snapshot"], self.kept(self._snapshot)),
            Step("look", labels["look"], self.kept(self._look)),
            Step("push", labels["push"], self.kept(self._push), keeps=True),
        ]

    async def _snapshot(self) -> None:
        await self._pushing.take_snapshot(self._operation.workspace)

    async def _look(self) -> None:
        await self._pushing.look(self._operation, self._wanted)

    async def _push(self) -> None:
        """One that was pushed before a crash is found at the remote, and only recorded."""
        done: list[str] = []
        for number, (pushed, plan) in enumerate(await self._pushing.planned(self._operation)):
            try:
                await do_push(pushed, plan)
            except BoatyardError as error:
                error.details["pushed"] = done
                raise
            crash_point("push", f"pushed:{number}")
            await record_pushed(self._operation.workspace, pushed, plan.new)
            done.append(plan.repo_id)


def _chosen(targets: Sequence[ReviewTarget], repo: str) -> list[ReviewTarget]:
    found = [each for each in targets if not repo or repo in (each.repo_id, each.name)]
    if not found:
        names = ", ".join(target.name for target in targets)
        raise NotFoundError(f"the workspace has no repo {repo[:80]!r}", hint=f"Its repos: {names}.")
    return found


def _refuse_overwriting(plans: Sequence[RepoPush]) -> None:
    refused = [plan for plan in plans if plan.refused]
    if refused:
        raise ConflictError(
            "; ".join(plan.refused for plan in refused) + "; nothing was pushed",
            hint="They would be lost. Bring them in (git fetch, then merge or rebase) and push again.",
            details={"refused": [plan.refused for plan in refused]},
        )
