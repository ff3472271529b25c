"""What happens around a turn: a checkpoint before and after, the cleanup script, the task, the queue.

The end of a turn has been seen to when its heads are recorded, which is done last: an engine that finds
a turn without them sees to its end again.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from typing import Any

from core.agents.driver import Executor
from core.errors import BoatyardError, ConflictError
from core.git.changes import changed_files
from core.lifecycle import turn_records as records
from core.lifecycle.attachments import Attachments
from core.lifecycle.budgets import look_again, note_budget
from core.lifecycle.context import Context
from core.lifecycle.facts import WorkspaceFacts, workspace_facts
from core.lifecycle.place import Place
from core.lifecycle.processes import NewTurn, Processes
from core.lifecycle.prompts import account, tags_in, told
from core.lifecycle.queue_records import Queued, could_not_start, first_queued, waiting_queues
from core.lifecycle.snapshots import Snapshots
from core.lifecycle.telling import tell_queue, tell_workspace
from core.store import models as m
from core.supervision.crash import crash_point
from core.values.entities import Process, Task
from core.values.events import TaskChanged
from core.values.states import CheckpointKind, ProcessStatus, RunReason, TaskStatus, WorkspaceState

log = logging.getLogger(__name__)


class Turns:
    """Starts turns and sees to what follows them."""

    def __init__(self, context: Context, processes: Processes, snapshots: Snapshots) -> None:
        self._context = context
        self._processes = processes
        self._snapshots = snapshots
        self._attachments = Attachments(context)
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._caught_up = asyncio.Event()
        self._going_on: dict[str, asyncio.Task[None]] = {}

    def starting(self, name: str) -> asyncio.Lock:
        """Held while it is decided whether a prompt starts now, and while it is started."""
        return self._locks[name]

    async def start(self, facts: WorkspaceFacts, executor: Executor, prompt: Queued) -> Process:
        """Starts a turn in the workspace's latest session, or in a new one for another executor.

        Call with `starting` held where another turn may be started at the same time. If the prompt is in
        the queue, it leaves it when the turn is written down, not before.
        """
        session = records.session_for(facts, executor.name)
        kept = await self._snapshots.checkpoint(
            facts.name, CheckpointKind.BEFORE_TURN, f"before: {_first_line(prompt.prompt)}"
        )
        crash_point("turn", "kept")
        facts = await self._context.store.read(workspace_facts, facts.name)
        sent = told(
            prompt.prompt,
            await self._context.store.read(tags_in, prompt.prompt),
            await self._account(facts) if session.handover else "",
        )
        attached = await self._attachments.bring(facts, prompt.attachments)
        turn = NewTurn(
            session.id, session.resume, prompt, sent, attached, checkpoint=kept.number, mode=session.mode
        )
        process = await self._processes.run_agent(facts, executor, turn)
        await self._set_task(facts, TaskStatus.IN_PROGRESS, (TaskStatus.TODO, TaskStatus.IN_REVIEW))
        return process

    async def _account(self, facts: WorkspaceFacts) -> str:
        """What happened so far, for an agent that was not there."""
        turns = await self._context.store.read(records.earlier_turns, facts.id)
        if not turns:
            return ""
        place = Place(self._context.home, facts.name)
        changed = [
            change
            for repo in facts.repos
            if repo.snapshot
            for change in await changed_files(
                place.depot(repo.repo_id), repo.repo_id, repo.base_commit, repo.snapshot
            )
        ]
        return account(facts, turns, changed)

    async def ended(self, process: Process) -> None:
        """Called when any process has ended and that is recorded."""
        if process.run_reason is not RunReason.CODING_AGENT:
            return
        try:
            await self._after_turn(process)
        except BoatyardError as error:
            log.warning("after the turn in %s: %s", process.workspace, error)
            notice = f"After the last turn: {error.message}"
            await self._context.store.write(records.note, process.workspace, notice)
            await tell_workspace(self._context, process.workspace)
        if process.status is ProcessStatus.COMPLETED:
            await self.start_queued(process.workspace)
        else:
            await tell_queue(self._context, process.workspace)

    def go_on(self, name: str) -> None:
        """Starts what waits in a workspace as soon as the ends of its earlier turns have been seen to."""
        if name not in self._going_on:
            task = self._going_on[name] = asyncio.create_task(self._go_on(name))
            task.add_done_callback(lambda _: self._going_on.pop(name, None))

    async def _go_on(self, name: str) -> None:
        await self._caught_up.wait()
        await self._context.supervisor.settle(name)
        try:
            await self.start_queued(name)
        except BoatyardError as error:  # removed meanwhile, say
            log.warning("the queue of %s does not go on: %s", name, error)

    async def close(self) -> None:
        """Starts nothing any more."""
        tasks = list(self._going_on.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def catch_up(self) -> None:
        """Sees to the ends of turns that an earlier engine did not come to."""
        try:
            await self._catch_up()
        finally:
            self._caught_up.set()

    async def _catch_up(self) -> None:
        for process in await self._context.store.read(records.unsettled):
            log.info("seeing to the end of the turn %s in %s", process.id, process.workspace)
            await self.ended(process)
        for name in await self._context.store.read(waiting_queues):
            log.info("going on with the queue of %s", name)
            await self.start_queued(name)

    async def budget_changed(self, condition: Any) -> None:
        """Lets everything go on that a budget does not hold back any more.

        Args:
            condition: Over workspaces and tasks: whose budget was changed.
        """
        for name in await self._context.store.write(look_again, condition):
            await self.start_queued(name)

    async def start_queued(self, name: str) -> None:
        """Starts the first queued follow-up, if there is one, nothing runs and the queue is not paused.

        One that cannot be started stays where it is, says why, and lets the queue wait for the user.
        """
        async with self.starting(name):
            facts = await self._context.store.read(workspace_facts, name)
            await self._context.store.write(note_budget, facts.id)
            queued = await self._context.store.read(first_queued, name)
            if queued is None or await self._context.store.read(records.turn_runs, facts.id):
                return
            try:
                executor = self._context.executors.get(queued.executor or facts.executor)
                await self.start(facts, executor, queued)
            except (BoatyardError, OSError) as error:
                log.warning("the queued prompt of %s was not started: %s", name, error)
                trouble = getattr(error, "message", str(error))
                await self._context.store.write(could_not_start, name, queued.id, trouble)
        await tell_queue(self._context, name)

    async def _after_turn(self, process: Process) -> None:
        facts = await self._context.store.read(workspace_facts, process.workspace)
        settled = await self._context.store.read(records.is_settled, process.id)
        if facts.state is not WorkspaceState.OPEN or settled:
            return
        prompt = await self._context.store.read(lambda: m.CodingAgentTurn.get_by_id(process.id).prompt)
        await self._snapshots.checkpoint(
            facts.name, CheckpointKind.AFTER_TURN, f"after: {_first_line(prompt)}"
        )
        crash_point("turn", "checked")
        facts = await self._context.store.read(workspace_facts, process.workspace)
        if process.status is not ProcessStatus.KILLED:
            await self._clean_up(facts)
        self._tell_task(await self._context.store.write(records.settle, process.id, facts))
        crash_point("turn", "settled")

    async def _clean_up(self, facts: WorkspaceFacts) -> None:
        """Runs the cleanup scripts, one after the other; what they change is no part of the turn."""
        for repo in facts.repos:
            if repo.cleanup_script.strip():
                cwd = str(Place(self._context.home, facts.name).code / repo.name)
                env = {"BOATYARD_TARGET_BRANCH": repo.target_branch}
                try:
                    process = await self._processes.run_script(
                        facts, RunReason.CLEANUP_SCRIPT, repo.cleanup_script, cwd, env
                    )
                except ConflictError as error:
                    log.info("no cleanup in %s: %s", facts.name, error)
                    return
                await self._context.supervisor.wait(process.id)

    async def _set_task(
        self, facts: WorkspaceFacts, status: TaskStatus, only_from: tuple[TaskStatus, ...]
    ) -> None:
        self._tell_task(await self._context.store.write(records.move_task, facts.task_id, status, only_from))

    def _tell_task(self, task: Task | None) -> None:
        if task is not None:
            self._context.hub.publish(TaskChanged(task=task))


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0][:72]
