"""Merging a workspace into the user's branches: computed first, journaled, then landed repo by repo."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

import msgspec

from core.errors import BoatyardError
from core.git.merge import let_merge_go
from core.git.user_repository import inspect_repository
from core.lifecycle.context import Context
from core.lifecycle.copied_work import committed_copies, refuse_copies
from core.lifecycle.facts import WorkspaceFacts, workspace_facts
from core.lifecycle.operation import Step, begin_operation
from core.lifecycle.place import Place
from core.lifecycle.snapshots import Snapshots
from core.lifecycle.turn_records import last_summary, move_task
from core.lifecycle.unread import refuse_unread, unread_sentences
from core.review.merge import PreparedMerge, land_merge, merge_preview, prepare_merge, recover_merge
from core.review.target import ReviewTarget, review_target
from core.store import lookup, views
from core.store import models as m
from core.store.models.fields import now
from core.supervision.crash import crash_point
from core.values.entities import Merge, Operation, Task, Workspace
from core.values.events import FilesChanged, OperationChanged, TaskChanged, WorkspaceChanged
from core.values.review import MergePreview
from core.values.states import MergeStyle, OperationStatus, TaskStatus

log = logging.getLogger(__name__)

BODY_LIMIT = 4000
"""Characters of what an agent said that go into a drafted message."""
MERGE_STEPS = (
    ("snapshot", "bring the work into the depot"),
    ("compute", "compute the merge"),
    ("land", "move the target branches"),
    ("record", "record the merge"),
)


class Landing:
    """Previews merges, makes them, and puts right what a crash left in the middle."""

    def __init__(self, context: Context, snapshots: Snapshots) -> None:
        self._context = context
        self._snapshots = snapshots

    async def targets(self, facts: WorkspaceFacts, *, refresh: bool) -> list[ReviewTarget]:
        """What is reviewed: each repo's work against its target, as the depots have them."""
        place = Place(self._context.home, facts.name)
        return [
            await review_target(
                repo_id=repo.repo_id,
                name=repo.name,
                depot=place.depot(repo.repo_id),
                repository=await inspect_repository(repo.path),
                target_branch=repo.target_branch,
                workspace=facts.name,
                refresh=refresh,
            )
            for repo in facts.repos
        ]

    async def preview(self, name: str, style: MergeStyle | None) -> MergePreview:
        """What a merge would do now; nothing changes."""
        facts = await self._snapshots.take(name)
        targets = await self.targets(facts, refresh=True)
        chosen = style or facts.merge_style
        preview = await merge_preview(name, targets, chosen, await self.drafted(facts))
        copies = await committed_copies(Place(self._context.home, name), facts, targets, chosen)
        blocked = (*preview.blocked, *copies, *unread_sentences(facts))
        return msgspec.structs.replace(preview, blocked=blocked)

    async def merge(
        self, name: str, style: MergeStyle | None, message: str, *, push: bool = False
    ) -> tuple[Merge, ...]:
        """Merges into all target branches, or into none.

        Args:
            name: The workspace.
            style: None: as its project says.
            message: Empty: drafted.
            push: Whether the caller will push afterwards; only noted, for the case of a crash between.

        Raises:
            ConflictError: There are conflicts, or something uncommitted is in the way. Nothing changed.
            GitError: git or a hook refused.
        """
        facts = await self._context.store.read(workspace_facts, name)
        said = message.strip() or await self.drafted(facts)
        run = _MergeRun(self, self._context, facts, style or facts.merge_style, said)
        operation = await self._begin(facts, run, push=push)
        self._context.operations.launch(operation, run.steps(operation.id))
        ended = await self._context.operations.wait(operation.id)
        if ended.status is not OperationStatus.DONE:
            await self.let_go(name)
            raise run.failure or BoatyardError(f"the merge of {name!r} did not end", hint="Try again.")
        return await self._context.store.read(_merges_of, ended.id)

    async def recover(self, operation: Operation, prepared: list[dict[str, str]]) -> list[str]:
        """After a crash: which of the prepared repos' merges are on their target branches."""
        facts = await self._context.store.read(workspace_facts, operation.workspace)
        targets = {each.repo_id: each for each in await self.targets(facts, refresh=True)}
        landed = []
        for plan in prepared:
            if await recover_merge(
                facts.name,
                targets[plan["repo_id"]],
                old=plan["old"],
                new=plan["new"],
                source=plan["source"],
                started_at=operation.started_at,
            ):
                landed.append(plan["repo_id"])
        return landed

    async def let_go(self, name: str) -> None:
        """Forgets what was prepared for a merge that has not landed; may be repeated."""
        facts = await self._context.store.read(workspace_facts, name)
        for repo in facts.repos:
            try:
                await let_merge_go(Place(self._context.home, name).depot(repo.repo_id), name)
            except BoatyardError as error:  # the next merge, or the removal, takes them along
                log.warning("what was prepared for %s stays in a depot: %s", name, error)

    async def record(self, operation_id: str, prepared: list[dict[str, str]]) -> None:
        """Writes down what has landed; may be repeated."""
        workspace, task = await self._context.store.write(
            _record, operation_id, prepared, self._context.config.merge.finishes_task
        )
        name = workspace.name
        self._context.hub.publish(WorkspaceChanged(workspace=workspace))
        if task is not None:
            self._context.hub.publish(TaskChanged(task=task))
        try:
            # What was landed does not count as the workspace's own changes any more.
            await self._snapshots.take(name)
        except BoatyardError as error:
            log.warning("after the merge of %s: %s", name, error)
        self._context.hub.publish(FilesChanged(workspace=name))

    async def drafted(self, facts: WorkspaceFacts) -> str:
        """The commit message that a merge gets when the user gives none."""
        summary = await self._context.store.read(last_summary, facts.id)
        return drafted_message(facts.task_title, facts.task_description, summary)

    async def take_snapshot(self, name: str) -> WorkspaceFacts:
        return await self._snapshots.take(name)

    async def _begin(self, facts: WorkspaceFacts, run: _MergeRun, *, push: bool) -> Operation:
        def write() -> Operation:
            row = lookup.live_workspace(facts.name)
            arguments: dict[str, object] = {"style": run.style.value, "push": push}
            return begin_operation("merge", row, MERGE_STEPS, arguments)

        operation = await self._context.store.write(write)
        self._context.hub.publish(OperationChanged(operation=operation))
        return operation


class _MergeRun:
    """One merge under way; its prepared commits are journaled before the first branch moves."""

    def __init__(
        self, landing: Landing, context: Context, facts: WorkspaceFacts, style: MergeStyle, message: str
    ) -> None:
        self.style = style
        self.failure: BoatyardError | None = None
        self._landing = landing
        self._context = context
        self._facts = facts
        self._message = message
        self._prepared: list[PreparedMerge] = []

    def steps(self, operation_id: str) -> list[Step]:
        labels = dict(MERGE_STEPS)
        return [
            Step("snapshot", labels["snapshot"], self._guard(self._snapshot)),
            Step("compute", labels["compute"], self._guard(lambda: self._compute(operation_id))),
            Step("land", labels["land"], self._guard(lambda: self._land(operation_id)), keeps=True),
            Step("record", labels["record"], self._guard(lambda: self._record(operation_id)), keeps=True),
        ]

    def _guard(self, work: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
        """Keeps the error itself, for the caller who waits: the journal has only its document."""

        async def guarded() -> None:
            try:
                await work()
            except BoatyardError as error:
                self.failure = error
                raise

        return guarded

    async def _snapshot(self) -> None:
        self._facts = await self._landing.take_snapshot(self._facts.name)

    async def _compute(self, operation_id: str) -> None:
        targets = await self._landing.targets(self._facts, refresh=True)
        place = Place(self._context.home, self._facts.name)
        refuse_unread(self._facts)
        refuse_copies(self._facts, await committed_copies(place, self._facts, targets, self.style))
        self._prepared = await prepare_merge(
            self._facts.name, targets, self.style, self._message, hooks=self._context.config.merge.hooks
        )
        await self._context.operations.set_result(operation_id, prepared=self._plans())

    def _plans(self) -> list[dict[str, str]]:
        return [
            {
                "repo_id": each.target.repo_id,
                "target_branch": each.target.target_branch,
                "old": each.merged.old,
                "new": each.merged.new,
                "source": each.merged.source,
                "before": each.target.work.landed or "",
                "result_before": each.target.work.landed_result or "",
            }
            for each in self._prepared
            if not each.nothing
        ]

    async def _land(self, operation_id: str) -> None:
        landed: list[str] = []
        for number, each in enumerate(self._prepared):
            try:
                await land_merge(self._facts.name, each)
            except BoatyardError:
                if there := [plan for plan in self._plans() if plan["repo_id"] in landed]:
                    await self._landing.record(operation_id, there)
                raise
            landed.append(each.target.repo_id)
            crash_point("merge", f"land:{number}")

    async def _record(self, operation_id: str) -> None:
        await self._landing.record(operation_id, self._plans())


def drafted_message(title: str, description: str, summary: str) -> str:
    """A commit message of a task: its title, and what the agent said it did, or else the description."""
    body = (summary.strip() or description.strip())[:BODY_LIMIT]
    return title + (f"\n\n{body}" if body else "")


def _record(
    operation_id: str, prepared: list[dict[str, str]], finishes_task: bool
) -> tuple[Workspace, Task | None]:
    operation = lookup.by_id(m.Operation, operation_id, "operation")
    workspace = operation.workspace
    before, task = workspace.task.status, None
    for plan in prepared:
        _, created = m.Merge.get_or_create(
            workspace=workspace,
            repo=plan["repo_id"],
            commit=plan["new"],
            defaults={
                "target_branch": plan["target_branch"],
                "style": operation.arguments["style"],
                "source": plan["source"],
                "merged_at": now(),
            },
        )
        if created:
            _note_on_last_turn(workspace, plan)
    operation.result = {**operation.result, "recorded": True}
    if prepared and finishes_task and len(prepared) == len(operation.result["prepared"]):
        open_states = tuple(status for status in TaskStatus if status is not TaskStatus.DONE)
        task = move_task(workspace.task_id, TaskStatus.DONE, open_states)
    if task is not None:
        operation.result["task_was"] = before
    operation.save()
    return views.workspace(workspace), task


def _note_on_last_turn(workspace: m.Workspace, plan: dict[str, str]) -> None:
    last = (
        m.ProcessRepoState.select(m.ProcessRepoState.process)
        .join(m.ExecutionProcess)
        .join(m.Session)
        .where(m.Session.workspace == workspace, m.ProcessRepoState.repo == plan["repo_id"])
        .order_by(m.ExecutionProcess.started_at.desc())
        .first()
    )
    if last is not None:
        m.ProcessRepoState.update(merge_commit=plan["new"]).where(
            m.ProcessRepoState.process == last.process_id, m.ProcessRepoState.repo == plan["repo_id"]
        ).execute()


def _merges_of(operation_id: str) -> tuple[Merge, ...]:
    operation = lookup.by_id(m.Operation, operation_id, "operation")
    commits = [plan["new"] for plan in operation.result.get("prepared", [])]
    rows = m.Merge.select().where(m.Merge.workspace == operation.workspace_id, m.Merge.commit.in_(commits))
    return tuple(views.merge(row) for row in rows)
