"""Sessions: prompts sent, permissions answered, follow-ups queued."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec

from core.engine.approvals import find_option
from core.engine.forms import checked_values
from core.engine.images import check_images
from core.engine.rules import remember
from core.engine.scratches import put_draft_back, take_draft
from core.engine.texts import check_prompt
from core.errors import ConflictError, UsageError
from core.lifecycle.budgets import note_budget
from core.lifecycle.closing import Closing
from core.lifecycle.context import Context
from core.lifecycle.facts import WorkspaceFacts, workspace_facts
from core.lifecycle.operation import refuse_busy
from core.lifecycle.queue_records import Queued, enqueue, first_queued, forget, sent_before
from core.lifecycle.queue_records import prompt_id as prompt_id_of
from core.lifecycle.telling import tell_queue, tell_workspace
from core.lifecycle.turn_records import running_turn, turn_runs
from core.lifecycle.turns import Turns
from core.store import lookup, views
from core.store import models as m
from core.supervision.crash import crash_point
from core.supervision.records import answer_approval
from core.values.answers import SendAnswer, StoppedAnswer
from core.values.conversation import AgentCommand, AgentModes
from core.values.entities import Approval, Process, QueuedPrompt, Session, Workspace
from core.values.events import ApprovalChanged, ScratchChanged
from core.values.prompting import Scratch
from core.values.requests import AnswerApproval, SendPrompt, SetMode
from core.values.states import ApprovalStatus, ProcessStatus, WorkspaceState


class Sessions:
    """What a user can do with the conversations of a workspace."""

    def __init__(
        self, context: Context, turns: Turns, closing: Closing, usual: Callable[[str], Awaitable[str]]
    ) -> None:
        """
        Args:
            context: What all share.
            turns: Starts them.
            closing: Ends sessions.
            usual: The agent that is taken in a workspace where none is named; empty: there is none.
        """
        self._context = context
        self._usual = usual
        self._turns = turns
        self._closing = closing

    async def seen(self, name: str) -> Workspace:
        """Notes that the user has seen how the workspace's turns have ended."""

        def write() -> bool:
            ids = m.ExecutionProcess.select(m.ExecutionProcess.id).join(m.Session)
            ended = ids.where(
                m.Session.workspace == lookup.live_workspace(name),
                m.ExecutionProcess.status != ProcessStatus.RUNNING,
            )
            turn = m.CodingAgentTurn
            return bool(turn.update(seen=True).where(turn.process.in_(ended), ~turn.seen).execute())

        if await self._context.store.write(write):
            return await tell_workspace(self._context, name)
        return await self._context.store.read(lambda: views.workspace(lookup.workspace(name)))

    async def list(self, name: str) -> tuple[Session, ...]:
        def read() -> tuple[Session, ...]:
            row = lookup.live_workspace(name)
            live = row.sessions.where(m.Session.dropped.is_null() | ~m.Session.dropped)
            return tuple(views.session(each, name) for each in live.order_by(m.Session.created_at))

        return await self._context.store.read(read)

    async def send(self, name: str, body: SendPrompt) -> SendAnswer:
        """Starts a turn, or queues the prompt behind the turn that runs.

        It goes through the queue in either case, so that an engine which dies on the way finds it there.
        A request that was made before is answered with what has become of it.

        Raises:
            UsageError: The prompt is empty or too long, or no agent is named and none was used before.
            NotFoundError: An attachment is not known.
            ConflictError: The workspace is not open, or no turn may start in it.
        """
        if not check_prompt(body.prompt).strip():
            raise UsageError("the prompt is empty", hint="Say what the agent is to do.")
        facts = await self._open(name)
        prompt_id = prompt_id_of(name, body.request_id)
        async with self._turns.starting(name):
            before = await self._context.store.read(sent_before, name, prompt_id)
            if before is not None:
                return _answer(before)
            executor = self._context.executors.get(await self._agent_name(facts, body.agent))
            prompt = Queued(prompt_id, executor.name, body.prompt, body.attachments)
            queued, waits, draft = await self._context.store.write(_enqueue, facts, prompt)
            crash_point("turn", "queued")
            if waits:
                await tell_queue(self._context, name)
                self._turns.go_on(name)
                self._tell_no_draft(draft)
                return SendAnswer(queued=queued)
            try:
                facts = await self._context.store.read(workspace_facts, name)
                answer = SendAnswer(process=await self._turns.start(facts, executor, prompt))
            except BaseException:
                await self._context.store.write(_forget, prompt_id, draft)
                raise
            self._tell_no_draft(draft)
            return answer

    def _tell_no_draft(self, draft: Scratch | None) -> None:
        if draft is not None:
            self._context.hub.publish(ScratchChanged(scratch=Scratch(kind=draft.kind, id=draft.id)))

    async def stop(self, name: str) -> StoppedAnswer:
        """Stops everything that runs in the workspace. Queued prompts stay queued.

        Raises:
            ConflictError: The workspace is being made: what is to be stopped is yet to start.
        """
        await self._context.store.read(lambda: refuse_busy(lookup.live_workspace(name), ("create",)))
        await self._closing.stop_processes(name)
        return StoppedAnswer(stopped=name)

    async def interrupt(self, name: str) -> StoppedAnswer:
        """Asks the agent that works in the workspace to end its turn; its conversation can go on after it.

        Returns at once: an agent that does not listen goes on until it is stopped.

        Raises:
            ConflictError: No agent works there.
        """
        process_id = await self._context.store.read(lambda: running_turn(lookup.live_workspace(name).id))
        if process_id is None or not await self._context.supervisor.interrupt(process_id):
            raise ConflictError(f"no agent works in {name!r}", hint="There is nothing to interrupt.")
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
            answered = answer_approval(row.id, option.id, values)
            remember(answered, option)
            return answered, str(row.key), values

        approval, key, values = await self._context.store.write(write)
        crash_point("answer", "kept")
        await self._context.supervisor.answer(approval.process_id, key, approval.chosen, values)
        self._context.hub.publish(ApprovalChanged(approval=approval))
        await tell_workspace(self._context, approval.workspace)
        return approval

    async def commands(self, name: str) -> tuple[AgentCommand, ...]:
        """The commands that the agent of the latest session offers; a prompt can begin with one."""

        def read() -> tuple[AgentCommand, ...]:
            row = lookup.live_workspace(name)
            session = lookup.latest_session(row)
            return msgspec.convert(tuple(session.commands) if session else (), tuple[AgentCommand, ...])

        return await self._context.store.read(read)

    async def modes(self, name: str) -> AgentModes:
        """The modes that the agent of the latest session can work in, and the one that it is in."""
        return await self._context.store.read(
            lambda: _modes(lookup.latest_session(lookup.live_workspace(name)))
        )

    async def set_mode(self, name: str, body: SetMode) -> AgentModes:
        """Has the agent work in another mode: now, if a turn runs, and in the turns to come.

        Raises:
            UsageError: The agent has no such mode.
            ConflictError: No agent has told of its modes in this workspace yet.
        """

        def write() -> AgentModes:
            session = lookup.latest_session(lookup.live_workspace(name))
            modes = _modes(session)
            if session is None or not modes.available:
                raise ConflictError(
                    f"no agent with modes has worked in {name!r} yet", hint="Send it a prompt first."
                )
            names = [mode.id for mode in modes.available]
            if body.mode not in names:
                raise UsageError(
                    f"the agent has no mode {body.mode[:60]!r}", hint=f"It has: {', '.join(names)}."
                )
            session.mode = body.mode
            session.save()
            return modes

        await self._context.store.write(write)
        running = await self._context.store.read(lambda: running_turn(lookup.live_workspace(name).id))
        if running is not None:
            await self._context.supervisor.set_mode(running, body.mode)
        return await self.modes(name)

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
        name = asked or facts.executor or await self._usual(facts.name)
        if not name:
            raise UsageError(
                f"no agent has worked in {facts.name!r} yet",
                hint="Name one with --agent; see 'boatyard agent list'.",
            )
        return name


def _modes(session: m.Session | None) -> AgentModes:
    """What the agent of a session has told, with what the user has chosen since."""
    if session is None or not session.modes:
        return AgentModes()
    return msgspec.structs.replace(msgspec.convert(session.modes, AgentModes), chosen=session.mode or "")


def _enqueue(facts: WorkspaceFacts, prompt: Queued) -> tuple[QueuedPrompt, bool, Scratch | None]:
    """Puts a prompt into the queue; whether it has to wait there, and the draft that it was."""
    check_images(prompt.attachments)
    # Between two turns, and while an engine that has just started comes to its queues, more waits than runs.
    waits = bool(note_budget(facts.id)) or turn_runs(facts.id) or first_queued(facts.name) is not None
    # One that starts now goes before those that a paused queue holds back.
    row = enqueue(facts.id, prompt, first=not waits)
    return (
        views.queued_prompt(row, facts.name),
        waits,
        take_draft(facts.name, prompt.prompt, pictures=bool(prompt.attachments)),
    )


def _forget(prompt_id: str, draft: Scratch | None) -> None:
    """Takes a prompt back that could not be sent."""
    forget(prompt_id)
    if draft is not None:
        put_draft_back(draft)


def _answer(sent: Process | QueuedPrompt) -> SendAnswer:
    return SendAnswer(process=sent) if isinstance(sent, Process) else SendAnswer(queued=sent)


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
