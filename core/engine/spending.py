"""Budgets kept: turns that overdraw one are asked to stop, and those that a rate limit ended begin again."""

from __future__ import annotations

import asyncio
import logging

from core.engine.sessions import Sessions
from core.errors import BoatyardError, ConflictError
from core.lifecycle.budgets import overdrawn, usage_of
from core.lifecycle.context import Context
from core.lifecycle.telling import tell_queue
from core.store import lookup
from core.store import models as m
from core.values.answers import SendAnswer
from core.values.entities import TaskUsage
from core.values.requests import SendPrompt
from core.values.states import ProcessStatus, WorkspaceState

log = logging.getLogger(__name__)

PAUSE_SECONDS = 2.0


class Spending:
    """What agents use, and what becomes of those that use too much."""

    def __init__(self, context: Context, sessions: Sessions) -> None:
        self._context = context
        self._sessions = sessions
        self._stopping: set[asyncio.Task[None]] = set()
        self.waiting = 0
        """Turns that will begin again when a rate limit is over: the engine stays for them."""

    async def usage(self, task: str) -> TaskUsage:
        """What a task and its project have used, and may."""
        return await self._context.store.read(usage_of, task)

    async def run(self) -> None:
        """Looks after running turns for ever."""
        seen = -1
        while True:
            try:
                # Time passes without anything being told; everything else is.
                if self.waiting or self._context.supervisor.running or seen != self._context.hub.sequence:
                    seen = self._context.hub.sequence
                    await self.look()
            except BoatyardError as error:
                log.warning("budgets: %s", error)
            except Exception:  # the worker boundary: budgets must not end the engine
                log.exception("budgets")
            await asyncio.sleep(PAUSE_SECONDS)

    async def look(self) -> None:
        """One look: what overdraws a budget is stopped, what a limit held back may go on."""
        for process_id, name, reason in await self._context.store.write(overdrawn):
            if not any(task.get_name() == process_id for task in self._stopping):
                log.info("stopping the turn %s of %s: %s", process_id, name, reason)
                task = asyncio.create_task(self._stop(process_id, name, reason), name=process_id)
                self._stopping.add(task)
                task.add_done_callback(self._stopping.discard)
        if self._context.config.turns.resume_after_rate_limit:
            names, self.waiting = await self._context.store.read(_limited, self._context.clock())
            for name in names:
                try:
                    await self.resume(name)
                except BoatyardError as error:
                    log.info("%s does not go on after its rate limit: %s", name, error)

    async def resume(self, name: str) -> SendAnswer:
        """Begins the last turn of a workspace again, which failed; the agent goes on in its conversation.

        Raises:
            ConflictError: The last turn did not fail.
        """

        def read() -> tuple[str, SendPrompt]:
            row = _last_turn(lookup.live_workspace(name))
            if row is None or row.status not in (ProcessStatus.FAILED, ProcessStatus.LOST):
                raise ConflictError(f"the last turn of {name!r} did not fail", hint="Send it a prompt.")
            turn = m.CodingAgentTurn.get(m.CodingAgentTurn.process == row)
            return row.id, SendPrompt(
                prompt=turn.prompt,
                agent=str(row.action.get("executor", "")),
                attachments=tuple(turn.attachments or ()),
                request_id=f"again {row.id}",
            )

        _, body = await self._context.store.read(read)
        return await self._sessions.send(name, body)

    async def close(self) -> None:
        """Leaves what is being stopped to the next engine."""
        for task in self._stopping:
            task.cancel()
        await asyncio.gather(*self._stopping, return_exceptions=True)

    async def _stop(self, process_id: str, name: str, reason: str) -> None:
        await self._context.supervisor.stop(process_id, reason)
        await tell_queue(self._context, name)


def _last_turn(workspace: m.Workspace) -> m.ExecutionProcess | None:
    e = m.ExecutionProcess
    query = (
        e.select()
        .join(m.Session)
        .where(m.Session.workspace == workspace, e.run_reason == "coding_agent", ~e.dropped)
        .order_by(e.started_at.desc())
    )
    row: m.ExecutionProcess | None = query.first()
    return row


def _limited(moment: float) -> tuple[list[str], int]:
    """Workspaces whose last turn a rate limit ended that is over now, and how many still wait for that."""
    w = m.Workspace
    query = w.select().where(w.state == WorkspaceState.OPEN, w.rate_limited_until > 0)
    over, waiting = [], 0
    for row in query:
        last = _last_turn(row)
        if last is not None and last.status == ProcessStatus.FAILED:
            if row.rate_limited_until <= moment:
                over.append(str(row.name))
            else:
                waiting += 1
    return over, waiting
