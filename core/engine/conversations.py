"""Conversations read by window: from memory while a turn runs, else rebuilt from its files."""

from __future__ import annotations

import asyncio
from collections import OrderedDict

from core.errors import NotFoundError
from core.lifecycle.context import Context
from core.lifecycle.facts import workspace_facts
from core.lifecycle.place import Place
from core.lifecycle.processes import Processes
from core.processes.run_directory import RunDirectory
from core.store import lookup, views
from core.store import models as m
from core.supervision.journal import Journal
from core.supervision.transcript import Transcript, replay
from core.values.conversation import Conversation, Entry, EntryKind
from core.values.states import RunReason

KEPT_TURNS = 64
"""Ended turns whose entries stay in memory after they were read."""
REMOVED = "The log of this turn was removed for its age or size; only its end is left."
WINDOW_LIMIT = 2000
"""Entries that one answer holds at most."""


class Conversations:
    """What has been said in workspaces."""

    def __init__(self, context: Context, processes: Processes) -> None:
        self._context = context
        self._processes = processes
        self._kept: OrderedDict[str, tuple[Entry, ...]] = OrderedDict()

    async def window(
        self, name: str, end: int, limit: int, session: str = "", turn: str = ""
    ) -> Conversation:
        """A window of the entries of a session, or of one turn, also of one that a rewind took back.

        Args:
            end: Index behind the window's last entry; negative: the end of the conversation.
            limit: Entries at most.
            session: Its id; empty: the latest one.
            turn: The process of the only turn that is wanted; empty: all that a rewind left.

        Raises:
            NotFoundError: The workspace has no such session, or no such turn.
        """
        if turn:
            process_ids = [await self._context.store.read(_turn_of, name, turn)]
        else:
            process_ids = await self._context.store.read(_turns_of, name, session)
        entries: list[Entry] = []
        for process_id in process_ids:
            entries += await self._entries(name, process_id)
        stop = len(entries) if end < 0 else min(end, len(entries))
        start = max(0, stop - max(1, min(limit, WINDOW_LIMIT)))
        return Conversation(entries=tuple(entries[start:stop]), total=len(entries), start=start)

    async def entries(self, name: str, process_id: str) -> tuple[Entry, ...]:
        """What was said in one turn."""
        return await self._entries(name, process_id)

    async def _entries(self, name: str, process_id: str) -> tuple[Entry, ...]:
        """A turn's entries: those in memory while it runs, else rebuilt from its files."""
        turn = self._context.supervisor.live_turn(process_id)
        if turn is not None:
            return in_order(turn.entries)
        if process_id not in self._kept:
            self._kept[process_id] = await self._rebuild(name, process_id)
            while len(self._kept) > KEPT_TURNS:
                self._kept.popitem(last=False)
        self._kept.move_to_end(process_id)
        return self._kept[process_id]

    def forget(self, process_id: str) -> None:
        """The process's log was removed."""
        self._kept.pop(process_id, None)

    async def _rebuild(self, name: str, process_id: str) -> tuple[Entry, ...]:
        stored = await self._context.store.read(_stored, process_id)
        if stored:
            return stored
        _, driver = await self._processes.driver_of(process_id)
        if driver is None:
            return ()
        place = Place(self._context.home, name)
        run = RunDirectory(place.root / "runs" / process_id)
        journal = Journal(place.journal / f"{process_id}.jsonl")
        process = await self._context.store.read(
            lambda: views.process(m.ExecutionProcess.get_by_id(process_id))
        )
        facts = await self._context.store.read(workspace_facts, name)
        transcript = Transcript(driver, await self._context.secrets.mask(name, facts.settings))

        def rebuild() -> tuple[Entry, ...]:
            records = list(journal.records())
            replay(transcript, records, run.read, process.started_at)
            return in_order(transcript.entries)

        return await asyncio.to_thread(rebuild)


def _stored(process_id: str) -> tuple[Entry, ...]:
    """What the database has of a turn whose log was removed; empty: its log is there."""
    row = m.ExecutionProcess.get_by_id(process_id)
    turn = m.CodingAgentTurn.get_or_none(m.CodingAgentTurn.process == process_id)
    if row.log_removed_at is None or turn is None:
        return ()
    said = ((EntryKind.USER, turn.prompt), (EntryKind.NOTICE, REMOVED), (EntryKind.MESSAGE, turn.summary))
    parts = [(kind, text) for kind, text in said if text]
    return tuple(
        Entry(
            id=f"e{order}", process_id=process_id, kind=kind, order=order, text=text,
            started_at=row.started_at, ended_at=row.completed_at,
        )
        for order, (kind, text) in enumerate(parts)
    )  # fmt: skip


def in_order(entries: dict[str, Entry]) -> tuple[Entry, ...]:
    return tuple(sorted(entries.values(), key=lambda entry: entry.order))


def _turn_of(name: str, process_id: str) -> str:
    """A turn of the workspace, by its process."""
    row = lookup.by_id(m.ExecutionProcess, process_id, "process")
    if row.session.workspace_id != lookup.live_workspace(name).id or row.run_reason != RunReason.CODING_AGENT:
        raise NotFoundError(f"{name!r} has no turn {process_id[:40]!r}", hint="GET /processes lists them.")
    return str(row.id)


def _turns_of(name: str, session_id: str) -> list[str]:
    """The agent processes of a session, or of the latest one, oldest first."""
    row = lookup.live_workspace(name)
    session = (
        row.sessions.where(m.Session.id == session_id).first() if session_id else lookup.latest_session(row)
    )
    if session is None and session_id:
        raise NotFoundError(f"{name!r} has no session {session_id[:40]!r}", hint="GET …/sessions lists them.")
    if session is None:
        return []
    e = m.ExecutionProcess
    query = e.select(e.id).where(e.session == session, e.run_reason == RunReason.CODING_AGENT, ~e.dropped)
    return [process_id for (process_id,) in query.order_by(e.started_at).tuples()]
