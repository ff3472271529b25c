"""How a process's end is worked out, recorded, told and followed up."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import TypeVar

from core.errors import BoatyardError, StorageError, disk_trouble
from core.processes.run_directory import ExitReport
from core.runners import end_reason
from core.store import Store
from core.supervision import records
from core.supervision.bulletin import Bulletin
from core.supervision.crash import crash_point
from core.supervision.live import LiveProcess
from core.values.entities import Process
from core.values.states import ProcessStatus

log = logging.getLogger(__name__)

T = TypeVar("T")

GRACE_SECONDS = 3.0
"""Between the request to terminate and the kill."""
RETRY_SECONDS = 1.0
"""Between two attempts to record an end that the disk has no room for."""
FOLLOW_UP_SECONDS = 5.0
"""Between two attempts to see to what follows it."""


class Ending:
    """Sees every process of one engine off."""

    def __init__(
        self,
        store: Store,
        bulletin: Bulletin,
        on_end: Callable[[Process], Awaitable[None]],
        live: MutableMapping[str, LiveProcess],
    ) -> None:
        """
        Args:
            store: The database.
            bulletin: Where changes are told.
            on_end: Called after a process has ended and that is recorded.
            live: The processes that run; one that has ended is taken out.
        """
        self._store = store
        self._bulletin = bulletin
        self._on_end = on_end
        self._live = live
        self.following: dict[asyncio.Task[None], str] = {}
        """What follows ends and is under way, with its workspace."""

    async def note(self, live: LiveProcess, report: ExitReport | None) -> None:
        """Works out how the process ended: from its own account, the exit code and what we did."""
        live.output_ended.set()
        status, reason = _judge(report, live)
        if live.turn is not None:
            await live.turn.exited(report.code if report else -1)
            ended = live.turn.transcript.ended
            if ended is not None and report is not None and not (report.out_of_memory and report.code):
                status, reason = ended.status, ended.reason
        if live.stop_requested or await self._store.read(records.stop_was_requested, live.id):
            status, reason = ProcessStatus.KILLED, live.stop_reason or "stopped by you"
        if live.turn is not None:
            # What the agent left running in sessions of its own ends with it.
            await self.terminate(live)
        await self.finish(live, status, report.code if report else None, reason)

    async def give_up(self, live: LiveProcess, reason: str) -> None:
        """Ends a process that cannot be watched any more, so that nothing works on unseen."""
        await self.terminate(live)
        await self.finish(live, ProcessStatus.FAILED, live.run.exit_code(), reason)

    async def terminate(self, live: LiveProcess) -> None:
        """Ends the process's whole tree; one that cannot be reached is left, and the log says so."""
        try:
            await live.runner.terminate(live.environment, live.run, GRACE_SECONDS)
        except BoatyardError as error:
            log.warning("what %s of %s left running: %s", live.id, live.workspace, error)

    async def finish(self, live: LiveProcess, status: ProcessStatus, code: int | None, reason: str) -> None:
        """Records and tells an end, once, and begins with what follows it."""
        if live.finished:
            return
        live.finished = True
        if live.growth:
            live.growth.flush()
        summary = live.turn.transcript.ended.summary if live.turn and live.turn.transcript.ended else ""
        withdrawn = await self._until_stored(
            lambda: self._store.write(records.finish, live.id, status, code, reason, summary)
        )
        if live.turn is not None:
            crash_point("turn", "ended")
        self._live.pop(live.id, None)
        self._bulletin.approvals(withdrawn)
        process = await self._bulletin.tell(live.id)
        task = asyncio.create_task(self._follow_up(process))
        self.following[task] = live.workspace
        task.add_done_callback(self.following.pop)
        live.ended.set()
        for other in live.tasks:
            if other is not asyncio.current_task():
                other.cancel()

    async def _until_stored(self, write: Callable[[], Awaitable[T]]) -> T:
        """Writes, again and again while the disk has no room: an end must not be lost for that."""
        while True:
            try:
                return await write()
            except StorageError as error:
                log.error("the end of a process cannot be recorded yet: %s", error)
                await asyncio.sleep(RETRY_SECONDS)

    async def _follow_up(self, process: Process) -> None:
        """Sees to what follows an end, again and again while the disk has no room for it."""
        while True:
            try:
                await self._on_end(process)
                return
            except Exception as error:  # the process boundary: it has ended all the same
                if not isinstance(error, StorageError) and disk_trouble(error) is None:
                    log.exception("after the end of %s in %s", process.id, process.workspace)
                    return
                log.error("after the end of %s in %s: %s", process.id, process.workspace, error)
                await asyncio.sleep(FOLLOW_UP_SECONDS)


def _judge(report: ExitReport | None, live: LiveProcess) -> tuple[ProcessStatus, str]:
    """Status and reason from the exit code alone; a turn's own account goes before it."""
    reason = end_reason(report, live.environment.settings, isolates=live.runner.isolates)
    if report is None:
        return ProcessStatus.LOST, reason
    return ProcessStatus.FAILED if report.code else ProcessStatus.COMPLETED, reason
