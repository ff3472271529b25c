"""The queue of a workspace's follow-ups: looked at, put in order, changed, gone on with."""

from __future__ import annotations

from msgspec import UNSET

from core.engine.texts import check_prompt
from core.errors import ConflictError, UsageError
from core.lifecycle.context import Context
from core.lifecycle.queue_records import drop, move_to, queue_of, queued_row
from core.lifecycle.telling import tell_queue
from core.lifecycle.turns import Turns
from core.store import lookup, views
from core.store import models as m
from core.supervision.records import pause_queue
from core.values.answers import RemovedAnswer
from core.values.entities import QueuedPrompt
from core.values.requests import UpdateQueued


class Queue:
    """What a user can do with prompts that wait."""

    def __init__(self, context: Context, turns: Turns) -> None:
        self._context = context
        self._turns = turns

    async def list(self, name: str) -> tuple[QueuedPrompt, ...]:
        """The follow-ups that wait, in the order in which they will start."""
        return await self._context.store.read(queue_of, name)

    async def update(self, name: str, key: str, body: UpdateQueued) -> QueuedPrompt:
        """Changes a prompt's text or its place. One that could not be started is tried again on resuming.

        Raises:
            UsageError: The text is empty or too long.
            NotFoundError: It does not wait there, or not any more.
        """

        def write() -> QueuedPrompt:
            row = queued_row(name, key)
            if body.prompt is not UNSET:
                if not check_prompt(str(body.prompt)).strip():
                    raise UsageError("the prompt is empty", hint="Drop it if it is not wanted.")
                row.prompt, row.trouble = body.prompt, None
                row.save()
            if body.position is not UNSET:
                move_to(row, int(body.position))
            return views.queued_prompt(m.QueuedPrompt.get_by_id(row.id), name)

        # Not while the queue's first prompt is being started: what starts is what is told.
        async with self._turns.starting(name):
            queued = await self._context.store.write(write)
        await tell_queue(self._context, name)
        return queued

    async def drop(self, name: str, key: str) -> RemovedAnswer:
        """Takes a prompt out of the queue.

        Raises:
            NotFoundError: It does not wait there, or not any more.
        """

        def write() -> str:
            row = queued_row(name, key)
            drop(row)
            if not row.workspace.queue.exists():
                pause_queue(row.workspace_id, "")
            return str(row.id)

        async with self._turns.starting(name):
            dropped = await self._context.store.write(write)
        await tell_queue(self._context, name)
        return RemovedAnswer(removed=dropped)

    async def resume(self, name: str) -> tuple[QueuedPrompt, ...]:
        """Lets a queue go on that waits because a turn failed or was stopped.

        Returns:
            What still waits behind the prompt that has started.

        Raises:
            ConflictError: Nothing waits, or a budget keeps it waiting.
        """

        def write() -> None:
            row = lookup.live_workspace(name)
            if not row.queue.exists():
                raise ConflictError(f"nothing waits in {name!r}", hint="Send it a prompt.")
            if row.paused:
                raise ConflictError(
                    f"no turn starts in {name!r}: {row.paused}",
                    hint="Raise the budget: boatyard task set, or boatyard project set.",
                )
            pause_queue(row.id, "")

        await self._context.store.write(write)
        await self._turns.start_queued(name)
        return await self.list(name)
