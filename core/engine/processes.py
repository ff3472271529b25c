"""Processes: commands run in a workspace, their ends awaited, their logs read by window."""

from __future__ import annotations

import asyncio
from collections import OrderedDict

from core.errors import ConflictError, NotFoundError, UsageError
from core.lifecycle.context import Context
from core.lifecycle.facts import workspace_facts
from core.lifecycle.place import Place
from core.lifecycle.processes import Processes as ProcessStarter
from core.processes.line_index import LineIndex
from core.processes.run_directory import RunDirectory, Stream
from core.runners.masking import NO_MASK, Mask, cover_window
from core.store import lookup, views
from core.store import models as m
from core.values.conversation import LogChunk, LogLines
from core.values.entities import Process, Turn
from core.values.requests import RunCommand
from core.values.states import WorkspaceState

KEPT_INDEXES = 64
"""Outputs whose line ends stay counted."""
LINES_LIMIT = 5000
"""Lines that one answer holds at most."""
LIST_LIMIT = 1000
LONGEST_CHARACTER = 4
"""Bytes of a UTF-8 character at most."""
LOG_LIMIT = 2**20
"""Bytes of a log that one answer holds at most."""


class Processes:
    """What a user can do with processes."""

    def __init__(self, context: Context, starter: ProcessStarter) -> None:
        self._context = context
        self._starter = starter
        self._indexes: OrderedDict[tuple[str, str], LineIndex] = OrderedDict()
        self._counting = asyncio.Lock()

    async def run(self, name: str, body: RunCommand) -> Process:
        """Starts a command in the workspace, where agents work.

        Raises:
            UsageError: The command is empty.
            ConflictError: The workspace is not open.
        """
        if not body.argv or not body.argv[0]:
            raise UsageError("no command is given", hint="boatyard workspace exec NAME -- COMMAND …")
        await self._context.store.read(lambda: lookup.live_workspace(name).id)
        facts = await self._context.store.read(workspace_facts, name)
        if facts.state not in (WorkspaceState.OPEN, WorkspaceState.FAILED):
            raise ConflictError(
                f"the workspace {name!r} is {facts.state.value}",
                hint=f"Open it first: boatyard workspace restore {name}",
            )
        return await self._starter.run_command(facts, body.argv)

    async def list(self, workspace: str = "") -> tuple[Process, ...]:
        """Processes, the newest first."""

        def read() -> tuple[Process, ...]:
            query = views.process_query().order_by(m.ExecutionProcess.started_at.desc()).limit(LIST_LIMIT)
            if workspace:
                query = query.where(m.Session.workspace == lookup.workspace(workspace))
            return tuple(views.process(row) for row in query)

        return await self._context.store.read(read)

    async def get(self, key: str) -> Process:
        return await self._context.store.read(lambda: views.process(_row(key)))

    async def wait(self, key: str) -> Process:
        """The process when it has ended."""
        process = await self.get(key)
        await self._context.supervisor.wait(process.id)
        return await self.get(process.id)

    async def turn(self, key: str) -> Turn:
        """The prompt and the answer of an agent's process.

        Raises:
            NotFoundError: The process is no agent's.
        """

        def read() -> Turn:
            row = m.CodingAgentTurn.get_or_none(m.CodingAgentTurn.process == _row(key))
            if row is None:
                raise NotFoundError(f"the process {key[:40]!r} is no agent's", hint="Read its log instead.")
            return views.turn(row)

        return await self._context.store.read(read)

    async def stop(self, key: str) -> Process:
        """Ends a process and everything that it started."""
        process = await self.get(key)
        await self._context.supervisor.stop(process.id)
        return await self.get(process.id)

    async def log(self, key: str, stream: str, offset: int, limit: int) -> LogChunk:
        """A window of what the process wrote; undecodable bytes become U+FFFD, each byte of a secret a `*`.

        Args:
            key: The process.
            stream: `out` or `err`.
            offset: First byte; negative: the last `limit` bytes.
            limit: Bytes at most.
        """
        if stream not in ("out", "err"):
            raise UsageError(f"there is no stream {stream[:20]!r}", hint="Use 'out' or 'err'.")
        process = await self.get(key)
        if process.log_removed_at is not None:
            return LogChunk(offset=0, next_offset=0, size=0, text="", ended=True, removed=True)
        run, kind, mask = await self._output(process, stream)
        return await asyncio.to_thread(_window, run, kind, offset, limit, process.status.ended, mask)

    async def lines(self, key: str, stream: str, start: int, count: int) -> LogLines:
        """Some lines of what the process wrote; otherwise as `log`.

        Args:
            key: The process.
            stream: `out` or `err`.
            start: Number of the first line, from 0; negative: so many before the end.
            count: Lines at most.
        """
        if stream not in ("out", "err"):
            raise UsageError(f"there is no stream {stream[:20]!r}", hint="Use 'out' or 'err'.")
        process = await self.get(key)
        if process.log_removed_at is not None:
            return LogLines(start=0, lines=(), offset=0, total=0, ended=True, removed=True)
        run, kind, mask = await self._output(process, stream)
        index = self._indexes.setdefault((process.id, stream), LineIndex())
        self._indexes.move_to_end((process.id, stream))
        while len(self._indexes) > KEPT_INDEXES:
            self._indexes.popitem(last=False)
        # One at a time: two looks at the same moment would count the same blocks twice.
        async with self._counting:
            return await asyncio.to_thread(_lines, run, kind, index, start, count, process.status.ended, mask)

    async def _output(self, process: Process, stream: str) -> tuple[RunDirectory, Stream, Mask]:
        run = RunDirectory(self._place(process.workspace).root / "runs" / process.id)
        kind: Stream = "out" if stream == "out" else "err"
        facts = await self._context.store.read(workspace_facts, process.workspace)
        return run, kind, await self._context.secrets.mask(facts.name, facts.settings)

    def _place(self, name: str) -> Place:
        return Place(self._context.home, name)


def _row(key: str) -> m.ExecutionProcess:
    return lookup.by_id(m.ExecutionProcess, key, "process")


def _window(
    run: RunDirectory, stream: Stream, offset: int, limit: int, ended: bool, mask: Mask = NO_MASK
) -> LogChunk:
    size = run.size(stream)
    limit = max(1, min(limit, LOG_LIMIT))
    start = max(0, size - limit) if offset < 0 else min(offset, size)

    def read(position: int, count: int) -> bytes:
        return _read(run, stream, position, min(count, size - position))

    window = cover_window(mask, read, start, min(size, start + limit), more=not ended)
    more = start + len(window) < size or not ended
    # A single character that is cut off is waited for, unless the caller's window is too small for it.
    data = whole_characters(window, more=more, alone=limit >= LONGEST_CHARACTER)
    return LogChunk(
        offset=start,
        next_offset=start + len(data),
        size=size,
        text=data.decode(errors="replace"),
        ended=ended and start + len(data) >= size,
    )


def _lines(
    run: RunDirectory, stream: Stream, index: LineIndex, start: int, count: int, ended: bool, mask: Mask
) -> LogLines:
    size = run.size(stream)

    def read(position: int, amount: int) -> bytes:
        return _read(run, stream, position, min(amount, size - position))

    index.extend(read, size)
    total = index.total
    first = max(0, total + start) if start < 0 else min(start, total)
    offset = index.offset(read, first)
    wanted = max(1, min(count, LINES_LIMIT, total - first))
    end = min(index.offset(read, first + wanted), offset + LOG_LIMIT)
    data = cover_window(mask, read, offset, end, more=not ended)
    lines = data.decode(errors="replace").split("\n")
    if lines and not lines[-1]:
        lines.pop()
    return LogLines(
        start=first, lines=tuple(lines[:wanted]), offset=offset, total=total, ended=ended and end >= size
    )


def _read(run: RunDirectory, stream: Stream, position: int, count: int) -> bytes:
    """So many bytes, or all there are."""
    pieces: list[bytes] = []
    while count > 0 and (piece := run.read(stream, position, count)):
        pieces.append(piece)
        position, count = position + len(piece), count - len(piece)
    return b"".join(pieces)


def whole_characters(data: bytes, *, more: bool, alone: bool = False) -> bytes:
    """`data` without a UTF-8 character at its end that is cut off, if more is to come.

    Args:
        data: A piece of output.
        more: Whether something may follow.
        alone: Whether a cut character is taken off also when there is nothing else.
    """
    if not more:
        return data
    for back in range(1, min(LONGEST_CHARACTER, len(data)) + 1):
        lead = data[-back]
        if lead & 0xC0 == 0xC0:
            length = 2 if lead < 0xE0 else 3 if lead < 0xF0 else 4
            return data[:-back] if length > back and (alone or len(data) > back) else data
        if lead & 0x80 == 0:
            break
    return data
