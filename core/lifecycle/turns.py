"""What happens around a turn: a checkpoint before and after, the cleanup script, the task, the queue."""

from __future__ import annotations

import logging
import time

from core.agents.driver import Executor
from core.errors import BoatyardError
from core.lifecycle.context import Context
from core.lifecycle.facts import WorkspaceFacts, workspace_facts
from core.lifecycle.place import Place
from core.lifecycle.processes import Processes
from core.lifecycle.snapshots import Snapshots
from core.store import models as m
from core.store import views
from core.values.entities import Process, Task
from core.values.events import TaskChanged, WorkspaceChanged
from core.values.states import CheckpointKind, ProcessStatus, RunReason, TaskStatus, WorkspaceState

log = logging.getLogger(__name__)


class Turns:
    """Starts turns and sees to what follows them."""

    def __init__(self, context: Context, processes: Processes, snapshots: Snapshots) -> None:
        self._context = context
        self._processes = processes
        self._snapshots = snapshots

    async def start(self, facts: WorkspaceFacts, executor: Executor, prompt: str) -> Process:
        """Starts a turn in the workspace's latest session, or in a new one for another executor."""
        session_id, resume = await self._context.store.write(_session_for, facts, executor.name)
        await self._snapshots.checkpoint(
            facts.name, CheckpointKind.BEFORE_TURN, f"before: {_first_line(prompt)}"
        )
        facts = await self._context.store.read(workspace_facts, facts.name)
        process = await self._processes.run_agent(facts, session_id, executor, prompt, resume)
        await self._set_task(facts, TaskStatus.IN_PROGRESS, (TaskStatus.TODO, TaskStatus.IN_REVIEW))
        return process

    async def ended(self, process: Process) -> None:
        """Called when any process has ended and that is recorded."""
        if process.run_reason is not RunReason.CODING_AGENT:
            return
        try:
            await self._after_turn(process)
        except BoatyardError as error:
            log.warning("after the turn in %s: %s", process.workspace, error)
            await self._context.store.write(_note, process.workspace, f"After the last turn: {error.message}")
        if process.status is ProcessStatus.COMPLETED:
            await self.start_queued(process.workspace)

    async def start_queued(self, name: str) -> None:
        """Starts the first queued follow-up, if there is one. A failed turn leaves the queue waiting."""
        queued = await self._context.store.read(_first_queued, name)
        if queued is None:
            return
        prompt_id, executor_name, prompt = queued
        facts = await self._context.store.read(workspace_facts, name)
        executor = self._context.executors.get(executor_name or facts.executor)
        try:
            await self.start(facts, executor, prompt)
        except BoatyardError as error:
            log.warning("the queued prompt of %s was not started: %s", name, error)
            return
        await self._context.store.write(lambda: m.QueuedPrompt.delete_by_id(prompt_id))
        await self._tell_workspace(name)

    async def _after_turn(self, process: Process) -> None:
        facts = await self._context.store.read(workspace_facts, process.workspace)
        if facts.state is not WorkspaceState.OPEN:
            return
        turn = await self._context.store.read(lambda: m.CodingAgentTurn.get_by_id(process.id).prompt)
        await self._snapshots.checkpoint(facts.name, CheckpointKind.AFTER_TURN, f"after: {_first_line(turn)}")
        facts = await self._context.store.read(workspace_facts, process.workspace)
        await self._context.store.write(_record_heads, process.id, facts)
        await self._clean_up(facts)
        if not await self._context.store.read(_others_run, facts):
            await self._set_task(facts, TaskStatus.IN_REVIEW, (TaskStatus.IN_PROGRESS,))

    async def _clean_up(self, facts: WorkspaceFacts) -> None:
        for repo in facts.repos:
            if repo.cleanup_script.strip():
                cwd = str(Place(self._context.home, facts.name).code / repo.name)
                await self._processes.run_script(
                    facts, RunReason.CLEANUP_SCRIPT, repo.cleanup_script, cwd,
                    {"BOATYARD_TARGET_BRANCH": repo.target_branch},
                )  # fmt: skip

    async def _set_task(
        self, facts: WorkspaceFacts, status: TaskStatus, only_from: tuple[TaskStatus, ...]
    ) -> None:
        task = await self._context.store.write(move_task, facts.task_id, status, only_from)
        if task is not None:
            self._context.hub.publish(TaskChanged(task=task))

    async def _tell_workspace(self, name: str) -> None:
        workspace = await self._context.store.read(
            lambda: views.workspace(m.Workspace.get(m.Workspace.name == name))
        )
        self._context.hub.publish(WorkspaceChanged(workspace=workspace))


def move_task(task_id: str, status: TaskStatus, only_from: tuple[TaskStatus, ...]) -> Task | None:
    """Sets a task's status if it has one of the given ones now; None when it stays."""
    row = m.Task.get_by_id(task_id)
    if row.status not in only_from:
        return None
    row.status, row.updated_at = status.value, time.time()
    row.save()
    return views.task(row)


def _session_for(facts: WorkspaceFacts, executor: str) -> tuple[str, str]:
    """Session and the agent's own id of it: the latest one, if it is the same executor's or nobody's."""
    if facts.session_id and facts.executor in ("", executor):
        m.Session.update(executor=executor).where(m.Session.id == facts.session_id).execute()
        return facts.session_id, facts.agent_session_id
    row = m.Session.create(workspace=facts.id, executor=executor)
    return str(row.id), ""


def _first_queued(name: str) -> tuple[str, str, str] | None:
    row = (
        m.QueuedPrompt.select()
        .join(m.Workspace)
        .where(m.Workspace.name == name)
        .order_by(m.QueuedPrompt.position)
        .first()
    )
    return (row.id, row.executor, row.prompt) if row else None


def _others_run(facts: WorkspaceFacts) -> bool:
    """Whether an agent still works on the same task, in any workspace."""
    query = (
        m.ExecutionProcess.select()
        .join(m.Session)
        .join(m.Workspace)
        .where(
            m.Workspace.task == facts.task_id,
            m.ExecutionProcess.status == ProcessStatus.RUNNING,
            m.ExecutionProcess.run_reason == RunReason.CODING_AGENT,
        )
    )
    return bool(query.exists())


def _record_heads(process_id: str, facts: WorkspaceFacts) -> None:
    for repo in facts.repos:
        m.ProcessRepoState.update(head_after=repo.head).where(
            m.ProcessRepoState.process == process_id, m.ProcessRepoState.repo == repo.repo_id
        ).execute()


def _note(name: str, notice: str) -> None:
    m.Workspace.update(notice=notice).where(m.Workspace.name == name).execute()


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0][:72]
