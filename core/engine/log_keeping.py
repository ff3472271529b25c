"""How long the output of ended processes is kept: by age and by size, as `[logs]` says.

The files go first, then it is noted: a kill in between leaves a log without files, which the next pass
notes. What runs is never touched, nor what has ended in the last hour. What was asked and how it ended
stays in the database.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

from core.engine.conversations import Conversations
from core.engine.indexing import Indexing
from core.errors import UsageError
from core.git.removal import remove_below
from core.lifecycle.context import Context
from core.lifecycle.place import Place
from core.processes.run_directory import RunDirectory
from core.store import models as m
from core.values.answers import LogReport, RemovedLog
from core.values.requests import PruneLogs
from core.values.states import ProcessStatus

DAY = 24 * 3600.0
MEGABYTE = 10**6
YOUNG_SECONDS = 3600.0
"""What has ended so lately is kept whatever it takes: somebody may be looking at it."""


@dataclass(frozen=True)
class Kept:
    """An ended process whose output is there."""

    id: str
    workspace: str
    label: str
    completed_at: float


class LogKeeping:
    """Removes output that is not kept any longer."""

    def __init__(self, context: Context, conversations: Conversations, indexing: Indexing) -> None:
        self._context = context
        self._conversations = conversations
        self._indexing = indexing

    async def prune(self, body: PruneLogs) -> LogReport:
        """Removes what is too old or too much, or only says what that would be.

        Raises:
            UsageError: The settings keep everything.
        """
        logs = self._context.config.logs
        if not (logs.keep_days or logs.max_mb):
            raise UsageError(
                "the settings keep all logs", hint="Set keep_days or max_mb in [logs] of config.toml."
            )
        due = await self._due(logs.keep_days, logs.max_mb)
        if not body.dry_run:
            for log in due:
                await self._remove(log)
            if due:
                await self._indexing.forget({log.process_id for log in due})
        return LogReport(logs=tuple(due), size=sum(log.size for log in due), dry_run=body.dry_run)

    async def _due(self, keep_days: float, max_mb: int) -> list[RemovedLog]:
        kept = await self._context.store.read(_kept)
        sized = await asyncio.to_thread(self._sizes, kept)
        moment, left = self._context.clock(), sum(log.size for log in sized)
        due = []
        for log in sized:
            age = moment - log.completed_at
            too_old = keep_days and age > keep_days * DAY
            too_much = max_mb and left > max_mb * MEGABYTE and age > YOUNG_SECONDS
            if too_old or too_much:
                due.append(log)
                left -= log.size
        return due

    def _sizes(self, kept: list[Kept]) -> list[RemovedLog]:
        found = []
        for each in kept:
            run = RunDirectory(self._folder(each.workspace, each.id))
            size = run.size("out") + run.size("err")
            found.append(
                RemovedLog(
                    process_id=each.id, workspace=each.workspace, label=each.label, size=size,
                    completed_at=each.completed_at,
                )
            )  # fmt: skip
        return found

    async def _remove(self, log: RemovedLog) -> None:
        place, folder = Place(self._context.home, log.workspace), self._folder(log.workspace, log.process_id)
        await asyncio.to_thread(remove_below, self._context.home.workspaces, folder)
        await asyncio.to_thread((place.journal / f"{log.process_id}.jsonl").unlink, missing_ok=True)

        def write() -> None:
            moment = self._context.clock()
            m.ExecutionProcess.update(log_removed_at=moment).where(
                m.ExecutionProcess.id == log.process_id
            ).execute()

        await self._context.store.write(write)
        self._conversations.forget(log.process_id)

    def _folder(self, workspace: str, process: str) -> Path:
        return Place(self._context.home, workspace).root / "runs" / process


def _kept() -> list[Kept]:
    """Ended processes of workspaces that are not in the trash, the oldest first."""
    e = m.ExecutionProcess
    query = (
        e.select(e.id, m.Workspace.name, e.label, e.completed_at)
        .join(m.Session)
        .join(m.Workspace)
        .where(e.status != ProcessStatus.RUNNING, e.log_removed_at.is_null(), m.Workspace.state != "deleted")
        .order_by(e.completed_at)
    )
    return [Kept(*row) for row in query.tuples()]
