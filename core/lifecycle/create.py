"""The making of a workspace, from its row to the agent's first turn.

Until the clones are whole a failure takes everything back. From there on everything is kept, so that the
user can look at what there is, and go on from the step that failed.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace

from core.agents.driver import Executor
from core.errors import AgentError, BoatyardError
from core.git.clone import create_clone, remove_clone
from core.git.remotes import fetch_for
from core.git.removal import remove_below
from core.git.user_repository import inspect_repository, user_identity
from core.lifecycle.attachments import images_of_task
from core.lifecycle.bringing import Bringing
from core.lifecycle.budgets import note_budget
from core.lifecycle.context import Context
from core.lifecycle.facts import RepoFacts, WorkspaceFacts, workspace_facts
from core.lifecycle.images import WorkspaceImages
from core.lifecycle.operation import Step
from core.lifecycle.origin import Origin, origin_of, take_over_landed
from core.lifecycle.own_files import OwnFiles
from core.lifecycle.place import Place
from core.lifecycle.processes import Processes
from core.lifecycle.queue_records import Queued, enqueue, prompt_id, sent_before
from core.lifecycle.set_up import SetUp, begun_process
from core.lifecycle.spares import Spares
from core.lifecycle.turns import Turns
from core.store import models as m
from core.store import views
from core.store.models.fields import now
from core.values.entities import Workspace
from core.values.events import Removed, WorkspaceChanged
from core.values.states import RunReason, WorkspaceState

STEPS = (
    ("depot", "bring the depots up to date"),
    ("clone", "clone the repositories"),
    ("files", "copy files"),
    ("environment", "start the environment"),
    ("work", "bring the work over"),
    ("agent", "look for the agent"),
    ("setup", "run the set-up scripts"),
    ("start", "start the agent"),
)
AGENT_STEPS = frozenset({"agent", "start"})
"""Steps that a workspace without an agent does not have."""
REMIX_STEPS = frozenset({"work"})
"""Steps that only a remix has."""
POINT_OF_KEEPING = "environment"
"""From this step on a failure takes nothing back."""
PROBE_SECONDS = 30.0


def step_labels(*, agent: bool, remix: bool = False, first: str = "depot") -> tuple[tuple[str, str], ...]:
    """Names and labels of the steps, in order, from a step on."""
    without = (frozenset() if agent else AGENT_STEPS) | (frozenset() if remix else REMIX_STEPS)
    begin = next(index for index, (name, _) in enumerate(STEPS) if name == first)
    return tuple(step for step in STEPS[begin:] if step[0] not in without)


def is_kept(step: str) -> bool:
    """Whether a failure at this step takes nothing back."""
    names = [name for name, _ in STEPS]
    return step in names and names.index(step) >= names.index(POINT_OF_KEEPING)


class Creation:
    """The steps that make one workspace; each can be repeated."""

    def __init__(self, context: Context, processes: Processes, turns: Turns, spares: Spares) -> None:
        self._context = context
        self._spares = spares
        self._processes = processes
        self._turns = turns
        self._files = Bringing(context)
        self._set_up = SetUp(context, processes)
        self._origin = Origin(context)
        self._own_files = OwnFiles(context)

    def steps(
        self, name: str, operation_id: str, executor: Executor | None, prompt: str, *, first: str = "depot",
        remix: bool = False,
    ) -> list[Step]:  # fmt: skip
        """The steps of a creation, as `step_labels` names them."""
        labels = dict(STEPS)

        def kept(step: str, do: Callable[[], Awaitable[None]], *refuses: type[BoatyardError]) -> Step:
            wrong = refuses if first == STEPS[0][0] else ()  # a workspace that was there before stays
            return Step(step, labels[step], lambda: self._or_failed(name, do), keeps=True, refuses=wrong)

        def start() -> Awaitable[None]:
            return self._start(name, operation_id, executor, prompt)

        every = {
            "depot": Step(
                "depot", labels["depot"], lambda: self._depot(name, operation_id), lambda: self._forget(name)
            ),
            "clone": Step("clone", labels["clone"], lambda: self._clone(name), lambda: self._unclone(name)),
            "files": Step("files", labels["files"], lambda: self._files.bring(name, operation_id)),
            "environment": replace(
                kept("environment", lambda: self._ensure(name, operation_id)),
                undo=lambda: self._remove(name),
            ),
            "work": kept("work", lambda: self._origin.bring(name, operation_id)),
            "agent": kept("agent", lambda: self._probe(name, executor), AgentError),
            "setup": kept("setup", lambda: self._run_set_up(name, operation_id)),
            "start": Step("start", labels["start"], start, keeps=True),
        }
        return [every[step] for step, _ in step_labels(agent=executor is not None, remix=remix, first=first)]

    async def _or_failed(self, name: str, do: Callable[[], Awaitable[None]]) -> None:
        """Does a step; when it fails the workspace waits for the user: retry, a shell, or removal."""
        try:
            await do()
        except Exception:  # whatever it is goes on to the operation, which tells it
            await self._set_state(name, WorkspaceState.FAILED)
            raise

    async def _facts(self, name: str) -> WorkspaceFacts:
        return await self._context.store.read(workspace_facts, name)

    def _place(self, name: str) -> Place:
        return Place(self._context.home, name)

    async def _depot(self, name: str, operation_id: str) -> None:
        facts = await self._facts(name)
        remix = await self._context.store.read(origin_of, name)
        fetch = await self._context.store.read(_wants_fetch, operation_id)
        for repo in facts.repos:
            source = await inspect_repository(repo.path)
            if fetch:
                await self._context.operations.report(operation_id, "depot", detail=f"{repo.name}: fetching")
                remote = await fetch_for(source, repo.target_branch) or "no remote, nothing to fetch"
                await self._context.operations.report(operation_id, "depot", detail=f"{repo.name}: {remote}")
            depot = self._place(name).depot(repo.repo_id)
            await depot.ensure(source)
            commit = await depot.target(repo.target_branch)
            if remix is not None:
                await take_over_landed(depot, await self._context.store.read(_parent_of, name), name)
            else:
                await self._context.store.write(_set_base, facts.id, repo.repo_id, commit)
        await self._own_files.note(name, operation_id)

    async def _clone(self, name: str) -> None:
        facts = await self._facts(name)
        await asyncio.to_thread(self._place(name).root.mkdir, 0o700, exist_ok=True)
        await asyncio.gather(*(self._clone_one(facts, repo) for repo in facts.repos))

    async def _clone_one(self, facts: WorkspaceFacts, repo: RepoFacts) -> None:
        place = self._place(facts.name)
        source = await inspect_repository(repo.path)
        began = time.monotonic()
        depot = place.depot(repo.repo_id)
        await create_clone(
            place.clone(repo.name),
            depot,
            target=repo.target_branch,
            commit=repo.head,
            identity=await user_identity(source),
            source=source,
            spare=self._spares.of(repo.repo_id),
        )
        self._spares.note_clone(repo, depot, time.monotonic() - began)

    async def _unclone(self, name: str) -> None:
        place = self._place(name)
        for repo in (await self._facts(name)).repos:
            await remove_clone(place.clone(repo.name))
        await asyncio.to_thread(remove_below, self._context.home.workspaces, place.root)

    async def _forget(self, name: str) -> None:
        """Deletes the row: the name is free again, and nothing is left of the attempt but its report."""
        facts = await self._facts(name)
        for repo in facts.repos:
            depot = self._place(name).depot(repo.repo_id)
            if depot.exists():
                await depot.forget_workspace(name)
        await self._context.store.write(lambda: m.Workspace.delete_by_id(facts.id))
        self._context.hub.publish(Removed(entity="workspace", id=facts.id))

    async def _ensure(self, name: str, operation_id: str) -> None:
        await WorkspaceImages(self._context).prepare(name, operation_id)
        facts = await self._facts(name)
        environment = self._place(name).environment(facts)
        await asyncio.to_thread(environment.prepare)
        await self._context.runners[facts.runner].ensure(environment)

    async def _remove(self, name: str) -> None:
        facts = await self._facts(name)
        await self._context.runners[facts.runner].remove(self._place(name).environment(facts))

    async def _probe(self, name: str, executor: Executor | None) -> None:
        if executor is None:
            return
        facts = await self._facts(name)
        runner = self._context.runners[facts.runner]
        argv = executor.probe_argv(contained=runner.isolates)
        answer = await runner.exec(self._place(name).environment(facts), argv, timeout_seconds=PROBE_SECONDS)
        if answer.exit_code:
            where = (
                f"in the image {facts.settings.image or 'of the workspace'}" if runner.isolates else "here"
            )
            raise AgentError(
                f"the agent {executor.name!r} is not installed {where}", hint=executor.install_hint()
            )

    async def _run_set_up(self, name: str, operation_id: str) -> None:
        await self._set_up.run(await self._facts(name), operation_id)
        await self._set_state(name, WorkspaceState.OPEN, now())

    async def _start(self, name: str, operation_id: str, executor: Executor | None, prompt: str) -> None:
        if executor is None:
            return
        facts = await self._facts(name)
        cwd = self._place(name).working_directory(facts)
        process_id = await self._context.store.read(begun_process, operation_id, RunReason.CODING_AGENT, cwd)
        if process_id is None:
            images = await self._context.store.read(images_of_task, facts.task_id)
            # The id is the same however often this step is begun: it is never queued twice.
            first = Queued(prompt_id(name, operation_id), executor.name, prompt or facts.prompt, images)
            async with self._turns.starting(name):
                if await self._context.store.write(_held_back, facts, first):
                    return
                process_id = (await self._turns.start(facts, executor, first)).id
        await self._context.operations.set_result(operation_id, process_id=process_id)

    async def _set_state(self, name: str, state: WorkspaceState, set_up_at: float | None = None) -> None:
        workspace = await self._context.store.write(set_state, name, state, set_up_at)
        self._context.hub.publish(WorkspaceChanged(workspace=workspace))


def set_state(name: str, state: WorkspaceState, set_up_at: float | None = None) -> Workspace:
    """Records a workspace's state, and when its set-up was completed if it was now."""
    row = m.Workspace.get(m.Workspace.name == name)
    row.state = state.value
    row.setup_completed_at = set_up_at or row.setup_completed_at
    row.last_activity_at = now()
    row.save()
    return views.workspace(row)


def _held_back(facts: WorkspaceFacts, first: Queued) -> bool:
    """Queues the first prompt where a budget is used up; whether that is so."""
    if not note_budget(facts.id):
        return False
    if sent_before(facts.name, first.id) is None:
        enqueue(facts.id, first)
    return True


def _parent_of(name: str) -> str:
    row = m.Workspace.get(m.Workspace.name == name)
    return str(row.parent_workspace.name) if row.parent_workspace else ""


def _set_base(workspace_id: str, repo_id: str, commit: str) -> None:
    m.WorkspaceRepo.update(base_commit=commit, head=commit).where(
        m.WorkspaceRepo.workspace == workspace_id, m.WorkspaceRepo.repo == repo_id
    ).execute()


def _wants_fetch(operation_id: str) -> bool:
    return bool(m.Operation.get_by_id(operation_id).arguments.get("fetch"))
