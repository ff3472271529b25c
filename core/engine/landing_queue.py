"""The landing queue: each workspace is updated, checked, and landed, or set aside with the reason.

Every step is one that stands for itself (an update, a check, a merge), each with its own journal. The queue
only says whose turn it is, so it can be stopped, or killed, at any point: whoever was in the middle is queued
again, and what was done is not done twice.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from core.engine.forecasting import Forecasting
from core.errors import BoatyardError, ConflictError, error_from_document
from core.lifecycle.checking import Checking
from core.lifecycle.context import Context
from core.lifecycle.landing import Landing
from core.lifecycle.updating import Updates
from core.store import lookup
from core.store import models as m
from core.values.conflicts import UpdateStyle
from core.values.entities import Operation
from core.values.events import LandingChanged
from core.values.landing import LandingEntry, LandingQueue, LandingStatus
from core.values.requests import QueueLanding
from core.values.states import MergeStyle, OperationStatus

log = logging.getLogger(__name__)

UNDER_WAY = (LandingStatus.UPDATING, LandingStatus.CHECKING, LandingStatus.LANDING)
ENDED = (LandingStatus.LANDED, LandingStatus.SET_ASIDE)
NAMED = 5


class SetAside(Exception):
    """A workspace does not land; says why."""

    def __init__(self, reason: str, process_id: str = "") -> None:
        super().__init__(reason)
        self.process_id = process_id


class LandingQueues:
    """The one queue of this engine."""

    def __init__(
        self,
        context: Context,
        updates: Updates,
        checking: Checking,
        landing: Landing,
        forecasting: Forecasting,
    ) -> None:
        self._context = context
        self._updates = updates
        self._checking = checking
        self._landing = landing
        self._forecasting = forecasting
        self._task: asyncio.Task[None] | None = None
        self._working = False
        self._stopping = False

    @property
    def running(self) -> bool:
        return self._working

    async def show(self) -> LandingQueue:
        """The queue, those that have ended included until they are taken out."""
        return LandingQueue(entries=await self._context.store.read(_entries), running=self.running)

    async def add(self, body: QueueLanding) -> LandingQueue:
        """Puts workspaces into the queue, and starts it when that is wanted.

        Raises:
            NotFoundError: There is no such workspace; then none is put in.
        """
        names = list(dict.fromkeys(body.workspaces))
        if body.by_forecast:
            ranks = {each.workspace: each.rank for each in await self._forecasting.look()}
            names.sort(key=lambda name: ranks.get(name) or len(ranks) + 1)
        await self._context.store.write(_add, names, body.style)
        queue = await self.tell()
        return await self.start() if body.start else queue

    async def resume(self) -> None:
        """Goes on where an earlier engine ended in the middle; what was stopped stands still."""
        if await self._context.store.read(_any_under_way):
            await self.start()

    async def start(self) -> LandingQueue:
        """Works through the queue in the background."""
        if not self.running:
            self._stopping, self._working = False, True
            self._task = asyncio.create_task(self._work())
        return await self.tell()

    async def stop(self) -> LandingQueue:
        """Stops after the step that is under way; a check is ended, and its workspace waits again."""
        self._stopping = True
        if self.running:
            assert self._task is not None
            checked = await self._context.store.read(_under_check)
            for process_id in checked:
                await self._context.supervisor.stop(process_id)
            await asyncio.wait([self._task])
        return await self.tell()

    async def drop(self, name: str) -> LandingQueue:
        """Takes a workspace out of the queue.

        Raises:
            ConflictError: It is its turn right now.
        """
        await self._context.store.write(_drop, name)
        return await self.tell()

    async def close(self) -> None:
        """Leaves what is under way to the next engine."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _work(self) -> None:
        """One after the other, until there is none, or it is to stop."""
        for process_id in await self._context.store.read(_under_check):
            await self._context.supervisor.stop(process_id, "the engine ended; it is checked again")
        await self._mark_those_that_landed()
        await self._context.store.write(_queue_again)
        while not self._stopping:
            entry = await self._context.store.read(_next)
            if entry is None:
                break
            try:
                await self._land(entry)
            except SetAside as why:
                await self._mark(entry.workspace, LandingStatus.SET_ASIDE, str(why), why.process_id)
            except BoatyardError as error:
                await self._mark(entry.workspace, LandingStatus.SET_ASIDE, error.message)
            except Exception as error:  # the worker boundary: the others go on
                log.exception("landing %s", entry.workspace)
                await self._mark(entry.workspace, LandingStatus.SET_ASIDE, f"unexpected {error!r}")
        self._working = False
        await self.tell()

    async def _mark_those_that_landed(self) -> None:
        """The engine may have ended right behind a merge: its workspace has nothing left to land."""
        for entry in await self._context.store.read(_entries):
            if entry.status is not LandingStatus.LANDING:
                continue
            try:
                preview = await self._landing.preview(entry.workspace, entry.style)
            except BoatyardError as error:  # it is queued again, and then says so itself
                log.info("whether %s has landed is not known: %s", entry.workspace, error)
                continue
            if not preview.conflicts and all(repo.old == repo.new for repo in preview.repos):
                await self._mark(entry.workspace, LandingStatus.LANDED, process_id=entry.process_id)

    async def _land(self, entry: LandingEntry) -> None:
        name = entry.workspace
        if self._context.supervisor.in_workspace(name):
            raise SetAside("something still runs in it")
        await self._mark(name, LandingStatus.UPDATING)
        await self._update(name)
        if not await self._going_on(name):
            return
        await self._mark(name, LandingStatus.CHECKING)
        checked = await self._checking.run(name)
        if not await self._going_on(name):
            return
        if not checked.passed:
            raise SetAside(checked.reason, checked.process_id)
        await self._mark(name, LandingStatus.LANDING, process_id=checked.process_id)
        merges = await self._landing.merge(name, entry.style, "")
        said = "" if merges else "there was nothing to land"
        await self._mark(name, LandingStatus.LANDED, said, checked.process_id)

    async def _update(self, name: str) -> None:
        """Brings the target branches in; conflicts are taken back, and it is set aside."""
        if await self._updates.halted(name) is not None:
            raise SetAside("an update of it has stopped at conflicts")
        operation = await self._updates.begin(name, UpdateStyle.MERGE)
        if operation is None:
            return
        await self._ended(operation)
        halted = await self._updates.halted(name)
        if halted is not None:
            paths = [conflict.path for conflict in halted.state().conflicts]
            await self._ended(await self._updates.give_up(name))
            more = f" and {len(paths) - NAMED} more" if len(paths) > NAMED else ""
            raise SetAside(f"in conflict with its target branch: {', '.join(paths[:NAMED])}{more}")

    async def _ended(self, operation: Operation) -> None:
        ended = await self._context.operations.wait(operation.id)
        if ended.status is not OperationStatus.DONE:
            raise error_from_document(dict(ended.error or {}))

    async def _going_on(self, name: str) -> bool:
        if self._stopping:
            await self._mark(name, LandingStatus.QUEUED)
        return not self._stopping

    async def _mark(
        self, name: str, status: LandingStatus, reason: str = "", process_id: str = ""
    ) -> LandingQueue:
        await self._context.store.write(_mark, name, status, reason, process_id)
        return await self.tell()

    async def tell(self) -> LandingQueue:
        """Tells everybody how the queue is now."""
        queue = await self.show()
        self._context.hub.publish(LandingChanged(queue=queue))
        return queue


def _entries() -> tuple[LandingEntry, ...]:
    rows = m.LandingEntry.select(m.LandingEntry, m.Workspace).join(m.Workspace)
    ordered = rows.order_by(m.LandingEntry.position)
    return tuple(_entry(row, place) for place, row in enumerate(ordered, 1))


def _entry(row: m.LandingEntry, place: int) -> LandingEntry:
    return LandingEntry(
        workspace=row.workspace.name,
        position=place,
        status=LandingStatus(row.status),
        style=MergeStyle(row.style) if row.style else None,
        reason=row.reason,
        process_id=row.process_id or "",
    )


def _add(names: Sequence[str], style: MergeStyle | None) -> None:
    rows = [lookup.live_workspace(name) for name in names]
    last = m.LandingEntry.select(m.LandingEntry.position).order_by(m.LandingEntry.position.desc()).first()
    position = last.position if last else 0
    for row in rows:
        present = m.LandingEntry.get_or_none(m.LandingEntry.workspace == row)
        if present is not None and present.status not in ENDED:
            continue
        position += 1
        m.LandingEntry.replace(
            workspace=row, position=position, style=style.value if style else None,
            status=LandingStatus.QUEUED.value, reason="", process_id=None,
        ).execute()  # fmt: skip


def _drop(name: str) -> None:
    row = lookup.workspace(name)
    entry = m.LandingEntry.get_or_none(m.LandingEntry.workspace == row)
    if entry is not None and entry.status in UNDER_WAY:
        raise ConflictError(f"{name!r} is landing right now", hint="Stop the landing queue first.")
    if entry is not None:
        entry.delete_instance()


def _any_under_way() -> bool:
    return any(entry.status in UNDER_WAY for entry in _entries())


def _queue_again() -> None:
    """Whoever was in the middle when the queue was last worked through waits again."""
    m.LandingEntry.update(status=LandingStatus.QUEUED.value).where(
        m.LandingEntry.status.in_([status.value for status in UNDER_WAY])
    ).execute()


def _next() -> LandingEntry | None:
    return next((entry for entry in _entries() if entry.status is LandingStatus.QUEUED), None)


def _mark(name: str, status: LandingStatus, reason: str, process_id: str) -> None:
    m.LandingEntry.update(status=status.value, reason=reason, process_id=process_id or None).where(
        m.LandingEntry.workspace == lookup.workspace(name)
    ).execute()


def _under_check() -> list[str]:
    """Check scripts that run in workspaces whose turn it is."""
    rows = (
        m.ExecutionProcess.select(m.ExecutionProcess)
        .join(m.Session)
        .join(m.Workspace)
        .join(m.LandingEntry)
        .where(m.LandingEntry.status == LandingStatus.CHECKING.value, m.ExecutionProcess.status == "running")
    )
    return [str(row.id) for row in rows if "check" in row.action]
