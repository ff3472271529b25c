"""Sessions: prompts sent, permissions answered, follow-ups queued."""

from __future__ import annotations

import msgspec

from core.engine.approvals import find_option
from core.engine.forms import checked_values
from core.engine.texts import check_prompt
from core.errors import ConflictError, NotFoundError, UsageError
from core.lifecycle.closing import Closing
from core.lifecycle.context import Context
from core.lifecycle.facts import WorkspaceFacts, workspace_facts
from core.lifecycle.operation import refuse_busy
from core.lifecycle.turn_records import turn_runs
from core.lifecycle.turns import Turns
from core.store import lookup, views
from core.store import models as m
from core.supervision.records import answer_approval
from core.values.answers import RemovedAnswer, SendAnswer, StoppedAnswer
from core.values.conversation import AgentCommand
from core.values.entities import Approval, QueuedPrompt, Session, Workspace
from core.values.events import ApprovalChanged, WorkspaceChanged
from core.values.requests import AnswerApproval, SendPrompt
from core.values.states import ApprovalStatus, WorkspaceState


class Sessions:
    """What a user can do with the conversations of a workspace."""

    def __init__(self, context: Context, turns: Turns, closing: Closing) -> None:
        self._context = context
        self._turns = turns
        self._closing = closing

    async def list(self, name: str) -> tuple[Session, ...]:
        def read() -> tuple[Session, ...]:
            row = lookup.live_workspace(name)
            return tuple(views.session(each, name) for each in row.sessions.order_by(m.Session.created_at))

        return await self._context.store.read(read)

    async def send(self, name: str, body: SendPrompt) -> SendAnswer:
        """Starts a turn, or queues the prompt behind the turn that runs.

        Raises:
            UsageError: The prompt is empty or too long, or no agent is named and none was used before.
            ConflictError: The workspace is not open.
        """
        if not check_prompt(body.prompt).strip():
            raise UsageError("the prompt is empty", hint="Say what the agent is to do.")
        facts = await self._open(name)
        executor = self._context.executors.get(await self._agent_name(facts, body.agent))
        async with self._turns.starting(name):
            if await self._context.store.read(turn_runs, facts.id):
                return SendAnswer(queued=await self._queue(facts, executor.name, body.prompt))
            facts = await self._context.store.read(workspace_facts, name)
            return SendAnswer(process=await self._turns.start(facts, executor, body.prompt))

    async def stop(self, name: str) -> StoppedAnswer:
        """Stops everything that runs in the workspace. Queued prompts stay queued.

        Raises:
            ConflictError: The workspace is being made: what is to be stopped is yet to start.
        """
        await self._context.store.read(lambda: refuse_busy(lookup.live_workspace(name), ("create",)))
        await self._closing.stop_processes(name)
        return StoppedAnswer(stopped=name)

    async def approvals(self, name: str) -> tuple[Approval, ...]:
        def read() -> tuple[Approval, ...]:
            row = lookup.live_workspace(name)
            return pending_approvals(m.Session.workspace == row)

        return await self._context.store.read(read)

    async def answer(self, approval_id: str, body: AnswerApproval) -> Approval:
        """Answers an agent's request; the decision is kept before the agent hears it.

        Raises:
            NotFoundError: There is no such request, or no such option.
            ConflictError: It was answered or withdrawn already.
            UsageError: What is filled in does not fit the request's form.
        """

        def write() -> tuple[Approval, str, dict[str, object]]:
            row = lookup.by_id(m.Approval, approval_id, "approval")
            if row.status != ApprovalStatus.PENDING:
                raise ConflictError(
                    "this request needs no answer any more: it is " + row.status,
                    hint="Look at the conversation for what the agent does now.",
                )
            option = find_option(views.approval(row).options, body.option)
            values = checked_values(views.approval(row).form, option, body.values)
            return answer_approval(row.id, option.id, values), str(row.key), values

        approval, key, values = await self._context.store.write(write)
        await self._context.supervisor.answer(approval.process_id, key, approval.chosen, values)
        self._context.hub.publish(ApprovalChanged(approval=approval))
        await self._tell_workspace(approval.workspace)
        return approval

    async def commands(self, name: str) -> tuple[AgentCommand, ...]:
        """The commands that the agent of the latest session offers; a prompt can begin with one."""

        def read() -> tuple[AgentCommand, ...]:
            row = lookup.live_workspace(name)
            session = row.sessions.order_by(m.Session.created_at.desc()).first()
            return msgspec.convert(tuple(session.commands) if session else (), tuple[AgentCommand, ...])

        return await self._context.store.read(read)

    async def queue(self, name: str) -> tuple[QueuedPrompt, ...]:
        """The follow-ups that wait, in the order in which they will start."""

        def read() -> tuple[QueuedPrompt, ...]:
            row = lookup.live_workspace(name)
            return tuple(
                views.queued_prompt(each, name) for each in row.queue.order_by(m.QueuedPrompt.position)
            )

        return await self._context.store.read(read)

    async def drop_queued(self, name: str, prompt_id: str) -> RemovedAnswer:
        """Takes a prompt out of the queue."""

        def write() -> str:
            row = lookup.by_id(m.QueuedPrompt, prompt_id, "queued prompt")
            if row.workspace.name != name:
                raise NotFoundError(
                    f"there is no such prompt in the queue of {name!r}",
                    hint=f"'boatyard workspace queue {name}' lists what waits.",
                )
            row.delete_instance()
            return str(row.id)

        dropped = await self._context.store.write(write)
        await self._tell_workspace(name)
        return RemovedAnswer(removed=dropped)

    async def _open(self, name: str) -> WorkspaceFacts:
        await self._context.store.read(lambda: lookup.live_workspace(name).id)
        facts = await self._context.store.read(workspace_facts, name)
        if facts.state is not WorkspaceState.OPEN:
            raise ConflictError(
                f"the workspace {name!r} is {facts.state.value}",
                hint=f"Open it first: boatyard workspace restore {name}"
                if facts.state is WorkspaceState.CLOSED
                else "Wait until it is open.",
            )
        return facts

    async def _agent_name(self, facts: WorkspaceFacts, asked: str) -> str:
        name = asked or facts.executor or self._context.config.default_agent
        if not name:
            raise UsageError(
                f"no agent has worked in {facts.name!r} yet",
                hint="Name one with --agent; see 'boatyard agent list'.",
            )
        return name

    async def _queue(self, facts: WorkspaceFacts, executor: str, prompt: str) -> QueuedPrompt:
        def write() -> QueuedPrompt:
            last = m.QueuedPrompt.select(m.QueuedPrompt.position).where(m.QueuedPrompt.workspace == facts.id)
            position = last.order_by(m.QueuedPrompt.position.desc()).scalar()
            row = m.QueuedPrompt.create(
                workspace=facts.id,
                executor=executor,
                prompt=prompt,
                position=0 if position is None else position + 1,
            )
            return views.queued_prompt(row, facts.name)

        queued = await self._context.store.write(write)
        await self._tell_workspace(facts.name)
        return queued

    async def _tell_workspace(self, name: str) -> None:
        def read() -> Workspace:
            return views.workspace(lookup.workspace(name))

        self._context.hub.publish(WorkspaceChanged(workspace=await self._context.store.read(read)))


def pending_approvals(condition: object) -> tuple[Approval, ...]:
    """Requests that wait, oldest first; `condition` is over sessions. Call on the store's thread."""
    query = (
        m.Approval.select(m.Approval, m.ExecutionProcess, m.Session, m.Workspace)
        .join(m.ExecutionProcess)
        .join(m.Session)
        .join(m.Workspace)
        .where(m.Approval.status == ApprovalStatus.PENDING, condition)
        .order_by(m.Approval.created_at)
    )
    return tuple(views.approval(row) for row in query)
