"""Taking a workspace's last merge back: all target branches go back to where they were, or none.

Everything that is in the way is looked for in all repositories before the first branch moves. What fails
after that (the user commits in that very second, a hook refuses) has the merge put again where it was
taken off already.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

import msgspec

from core.errors import BoatyardError, ConflictError
from core.git.depot import Depot
from core.git.obstacles import Obstacle, raise_all
from core.git.user_repository import UserRepository, branch_commit, inspect_repository
from core.lifecycle.context import Context
from core.lifecycle.facts import workspace_facts
from core.lifecycle.kept_failure import KeptFailure
from core.lifecycle.operation import Step, begin_operation
from core.lifecycle.place import Place
from core.lifecycle.snapshots import Snapshots
from core.lifecycle.unmerge_records import (
    LastMerge,
    already_taken_back,
    landed_of,
    last_merge,
    other_heads,
    record_unmerged,
)
from core.review.unmerge import (
    Landed,
    forget_landed,
    has_merge,
    keep_taken_off,
    merge_again,
    unmerge_obstacles,
    unmerge_one,
)
from core.store import lookup
from core.supervision.crash import crash_point
from core.values.entities import Operation
from core.values.events import FilesChanged, OperationChanged, TaskChanged, WorkspaceChanged
from core.values.review import RepoUnmerge, UnmergePreview, UnmergeResult
from core.values.states import OperationStatus

log = logging.getLogger(__name__)

UNMERGE_STEPS = (
    ("look", "look for what is in the way"),
    ("keep", "keep the merge in the depot's trash"),
    ("move", "move the target branches back"),
    ("record", "record that it is taken back"),
)


class Unmerging:
    """Says whether a merge can be taken back, takes it back, and finishes what a crash cut off."""

    def __init__(self, context: Context, snapshots: Snapshots) -> None:
        self._context = context
        self._snapshots = snapshots

    async def preview(self, name: str) -> UnmergePreview:
        """What taking the last merge back would do now, and what keeps it from that; nothing changes.

        Raises:
            ConflictError: There is none.
        """
        merge = await self._last(name)
        found = await self._obstacles(name, merge.landed)
        return UnmergePreview(
            workspace=name,
            repos=repos_of(merge.landed),
            blocked=tuple(obstacle.reason for obstacle in found),
            hint=found[0].hint if found else "",
            task_status=merge.task_was,
            carried_by=await self._carried_by(name, merge.landed),
        )

    async def unmerge(self, name: str, commits: Sequence[str]) -> UnmergeResult:
        """Takes the last merge back in all repositories, or in none.

        Args:
            name: The workspace.
            commits: What that merge has put onto the target branches, where it is to be that merge and no
                other; asked for again, it is answered as the first time.

        Raises:
            ConflictError: A branch has moved on or was pushed, something uncommitted is in the way, or
                it was another merge. Nothing changed.
            GitError: git or a hook refused. All is as it was.
        """
        if commits and (done := await self._context.store.read(already_taken_back, name, frozenset(commits))):
            return UnmergeResult(workspace=name, repos=repos_of(done))
        merge = await self._last(name)
        if commits and frozenset(commits) != merge.commits:
            raise ConflictError(
                f"{name!r} was merged again since",
                hint=f"To take the last merge back: boatyard workspace unmerge {name}",
            )
        operation = await self._begin(merge)
        steps = UnmergeSteps(self, operation, merge.landed)
        self._context.operations.launch(operation, steps.all())
        ended = await self._context.operations.wait(operation.id)
        if ended.status is not OperationStatus.DONE:
            raise steps.failure or BoatyardError(f"the merge of {name!r} stays", hint="Try again.")
        return UnmergeResult(workspace=name, repos=repos_of(merge.landed))

    def steps_again(self, operation: Operation, arguments: dict[str, object]) -> list[Step]:
        """The steps of an operation that was cut off; each can be repeated."""
        return UnmergeSteps(self, operation, landed_of(arguments)).all()

    async def look(self, name: str, landed: Sequence[Landed]) -> None:
        """
        Raises:
            ConflictError: Something lasting is in the way, in any of the repositories.
        """
        found = [each for each in await self._obstacles(name, landed) if not each.transient]
        raise_all(f"the merge of {name!r} is not taken back", found)

    async def place_of(self, name: str, landed: Landed) -> tuple[UserRepository, Depot]:
        """The user's repository and the depot of one part."""
        facts = await self._context.store.read(workspace_facts, name)
        path = next(repo.path for repo in facts.repos if repo.repo_id == landed.repo_id)
        depot = Place(self._context.home, name).depot(landed.repo_id)
        return await inspect_repository(path), depot

    async def record(self, operation: Operation, landed: Sequence[Landed]) -> None:
        """Writes down that it is taken back, in the depots and in the database; may be repeated."""
        name = operation.workspace
        for each in landed:
            repository, depot = await self.place_of(name, each)
            await forget_landed(name, each, depot)
            await depot.refresh(repository)
        workspace, task = await self._context.store.write(record_unmerged, operation.id)
        self._context.hub.publish(WorkspaceChanged(workspace=workspace))
        if task is not None:
            self._context.hub.publish(TaskChanged(task=task))
        try:
            # What had landed counts as the workspace's own changes again.
            await self._snapshots.take(name)
        except BoatyardError as error:
            log.warning("after taking back the merge of %s: %s", name, error)
        self._context.hub.publish(FilesChanged(workspace=name))

    async def _last(self, name: str) -> LastMerge:
        """The last merge, with what the user has taken back by hand."""
        merge = await self._context.store.read(last_merge, name)
        landed = []
        for each in merge.landed:
            repository, _ = await self.place_of(name, each)
            at = await branch_commit(repository, each.target_branch)
            landed.append(msgspec.structs.replace(each, by_hand=at == each.old))
        return LastMerge(name, tuple(landed), merge.task_was)

    async def _obstacles(self, name: str, landed: Sequence[Landed]) -> list[Obstacle]:
        found: list[Obstacle] = []
        for each in landed:
            found += await unmerge_obstacles(each, *await self.place_of(name, each))
        return found

    async def _carried_by(self, name: str, landed: Sequence[Landed]) -> tuple[str, ...]:
        """Other workspaces that started from the merge, or were brought up to it."""
        heads, found = await self._context.store.read(other_heads, name), dict[str, None]()
        for each in landed:
            _, depot = await self.place_of(name, each)
            for other, repo_id, head in heads:
                if repo_id == each.repo_id and other not in found and await has_merge(each, head, depot):
                    found[other] = None
        return tuple(found)

    async def _begin(self, merge: LastMerge) -> Operation:
        def write() -> Operation:
            arguments: dict[str, object] = {
                "landed": msgspec.to_builtins(merge.landed), "task_was": merge.task_was,
            }  # fmt: skip
            return begin_operation(
                "unmerge", lookup.live_workspace(merge.workspace), UNMERGE_STEPS, arguments
            )

        operation = await self._context.store.write(write)
        self._context.hub.publish(OperationChanged(operation=operation))
        return operation


class UnmergeSteps(KeptFailure):
    """The steps of one such operation; what they need of each other is in the journal alone."""

    def __init__(self, unmerging: Unmerging, operation: Operation, landed: Sequence[Landed]) -> None:
        self._unmerging = unmerging
        self._operation = operation
        self._landed = landed
        self._name = operation.workspace

    def all(self) -> list[Step]:
        labels = dict(UNMERGE_STEPS)
        return [
            Step("look", labels["look"], self.kept(self._look)),
            Step("keep", labels["keep"], self.kept(self._keep)),
            Step("move", labels["move"], self.kept(self._move)),
            Step("record", labels["record"], self.kept(self._record), keeps=True),
        ]

    async def _look(self) -> None:
        await self._unmerging.look(self._name, self._landed)

    async def _keep(self) -> None:
        for each in self._landed:
            _, depot = await self._unmerging.place_of(self._name, each)
            await keep_taken_off(self._name, each, depot)

    async def _move(self) -> None:
        since = self._operation.started_at
        for number, each in enumerate(self._landed):
            try:
                repository, depot = await self._unmerging.place_of(self._name, each)
                await unmerge_one(self._name, each, repository, depot, since=since)
            except BoatyardError as error:
                await self._merge_again(self._landed[:number], error)
                raise
            crash_point("unmerge", f"move:{number}")

    async def _merge_again(self, moved: Sequence[Landed], error: BoatyardError) -> None:
        """Puts the merge back where it was taken off; what that does not do is said with the error."""
        for each in moved:
            try:
                repository, depot = await self._unmerging.place_of(self._name, each)
                await merge_again(self._name, each, repository, depot)
            except BoatyardError as second:
                error.message += (
                    f"; and the merge is off {each.target_branch}, where it could not be put again: "
                )
                error.message += second.message

    async def _record(self) -> None:
        await self._unmerging.record(self._operation, self._landed)


def repos_of(landed: Sequence[Landed]) -> tuple[RepoUnmerge, ...]:
    return tuple(
        RepoUnmerge(repo_id=each.repo_id, target_branch=each.target_branch, commit=each.new, before=each.old)
        for each in landed
    )
