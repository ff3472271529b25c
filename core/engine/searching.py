"""Search over everything: logs, prompts, answers, commands. Indexed in the background, read from the files.

What is indexed is covered like everything that is shown: no secret gets into the index. A text whose
secrets cannot be known at the moment waits.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import logging
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

import msgspec
import peewee

from core.engine.conversations import Conversations
from core.errors import BoatyardError, NotFoundError, StorageError, UsageError
from core.lifecycle.context import Context
from core.lifecycle.place import Place
from core.processes.run_directory import RunDirectory, Stream
from core.runners.masking import Mask, cover_window
from core.search.index import Index, delete
from core.search.lines import LINE_BYTES, plain, whole_lines
from core.search.reader import Found, Reader
from core.store import lookup
from core.store import models as m
from core.values.conversation import Entry
from core.values.entities import Settings
from core.values.search import KINDS, SearchAnswer, SearchHit
from core.values.states import ProcessStatus, RunReason

log = logging.getLogger(__name__)

T = TypeVar("T")

PAUSE_SECONDS = 0.5
CHUNK = 2**20
"""Bytes of a log that are indexed at a time."""
AT_ONCE = 500
"""Processes that are asked for in one query."""
CONTEXT_LINES = 2
TEXT_LIMIT = 2000
"""Characters of a line that a hit shows."""
LIMIT = 200
Around = tuple[tuple[str, ...], str, tuple[str, ...]]
"""Lines before, a line, and lines after it."""
Asking = Callable[..., tuple[list[Found], int]]
STREAMS: dict[str, Stream] = {"output": "out", "errors": "err"}


@dataclass(frozen=True)
class Text:
    """One process as the index sees it."""

    process: str
    workspace: str
    workspace_id: str
    agent: bool
    ended: bool
    command: str
    prompt: str
    label: str
    started_at: float
    settings: Settings


class Search:
    """The index's upkeep, and what a user can ask it."""

    def __init__(self, context: Context, conversations: Conversations) -> None:
        self._context = context
        self._conversations = conversations
        self._path = context.home.state / "search.sqlite"
        self._writing = ThreadPoolExecutor(1, thread_name_prefix="indexing")
        self._reading = ThreadPoolExecutor(1, thread_name_prefix="searching")
        self._index: Index | None = None
        self._reader: Reader | None = None
        self._pending: dict[str, Text] = {}
        self._since = 0.0
        self._behind = 0
        self._pass = asyncio.Lock()

    async def run(self) -> None:
        """Indexes for ever what comes."""
        seen = -1
        while True:
            try:
                # Whatever a process does is told: where nothing was, there is nothing to index.
                if seen != self._context.hub.sequence:
                    seen = self._context.hub.sequence
                    await self.catch_up()
            except BoatyardError as error:
                log.warning("indexing: %s", error)
            except Exception:  # the worker boundary: search is not worth an engine
                log.exception("indexing")
            await asyncio.sleep(PAUSE_SECONDS)

    async def catch_up(self) -> None:
        """Indexes all that there is now."""
        async with self._pass:
            index = await self._opened()
            await self._look_for_new(index)
            waiting = list(self._pending)
            try:
                for start in range(0, len(waiting), AT_ONCE):
                    await self._see_to(index, waiting[start : start + AT_ONCE])
            except sqlite3.DatabaseError as error:
                await self._begin_anew(error)

    async def find(self, query: str, workspace: str, kind: str, limit: int, cursor: str) -> SearchAnswer:
        """The lines that fit, those that were written last at the beginning.

        Args:
            query: Words; `"a phrase"`, `begin*`, `-without`. Nothing in it is an error.
            workspace: Name of the only one to look in; empty: all.
            kind: The only kind of text to look in; empty: all.
            limit: Hits at most.
            cursor: From the answer before; empty: the first hits.

        Raises:
            UsageError: There is no such kind, or the cursor is none.
            NotFoundError: There is no such workspace.
        """
        if kind and kind not in KINDS:
            raise UsageError(f"there is no kind {kind[:40]!r}", hint=f"Kinds: {', '.join(KINDS)}.")
        row, wanted = _row_of(cursor), max(1, min(limit, LIMIT))
        only = await self._context.store.read(lambda: lookup.workspace(workspace).id) if workspace else ""
        hits: list[SearchHit] = []
        while len(hits) < wanted:
            ask = partial(Reader.search, query=query, workspace=only, kind=kind)
            found, row = await self._ask(ask, row, wanted - len(hits))
            hits += [hit for each in found if (hit := await self._hit(each)) is not None]
            if not row:
                break
        return SearchAnswer(hits=tuple(hits), cursor=_cursor_of(row), behind=self._behind)

    async def close(self) -> None:
        for pool, thing in ((self._writing, self._index), (self._reading, self._reader)):
            if thing is not None:
                await asyncio.get_running_loop().run_in_executor(pool, thing.close)
            pool.shutdown()

    async def forget(self, processes: set[str]) -> None:
        """Their logs were removed."""
        async with self._pass:
            index = await self._opened()
            await self._on(self._writing, index.forget, processes)

    async def _opened(self) -> Index:
        if self._index is None:
            self._index = await self._on(self._writing, Index, self._path)
        return self._index

    async def _begin_anew(self, error: Exception) -> None:
        log.warning("the search index is made anew: %s", error)
        await self.close()
        self._writing = ThreadPoolExecutor(1, thread_name_prefix="indexing")
        self._reading = ThreadPoolExecutor(1, thread_name_prefix="searching")
        self._index = self._reader = None
        self._pending, self._since = {}, 0.0
        await asyncio.to_thread(delete, self._path)

    async def _on(self, pool: ThreadPoolExecutor, call: Callable[..., T], *args: object) -> T:
        try:
            return await asyncio.get_running_loop().run_in_executor(pool, partial(call, *args))
        except sqlite3.OperationalError as error:
            raise StorageError(
                f"the search index {self._path} cannot be used: {error}", hint="Check the disk's free space."
            ) from error

    # Indexing

    async def _look_for_new(self, index: Index) -> None:
        """Notes the processes that have begun, or that an engine before this one did not finish with."""
        while True:
            before = self._since
            texts = await self._context.store.read(_texts_since, before)
            for text in texts:
                self._since = max(self._since, text.started_at)
                if not _is_done(index, text):
                    self._pending[text.process] = text
            if len(texts) < AT_ONCE or self._since == before:
                break

    async def _see_to(self, index: Index, processes: list[str]) -> None:
        """Indexes what has come of some processes."""
        texts = await self._context.store.read(_texts, processes)
        for gone in set(processes) - {text.process for text in texts}:
            del self._pending[gone]
        for text in texts:
            try:
                if await self._follow(index, text):
                    self._pending.pop(text.process, None)
            except BoatyardError as error:
                log.info("%s of %s is not indexed now: %s", text.process, text.workspace, error)

    async def _follow(self, index: Index, text: Text) -> bool:
        """Indexes what has come; whether nothing more will."""
        mask = self._context.secrets.known_mask(text.workspace, text.settings)
        if mask is None:
            return False
        if text.command:
            await self._add_document(index, text, "command", mask.text(text.command))
        if text.prompt:
            await self._add_document(index, text, "prompt", mask.text(text.prompt))
        streams = ("errors",) if text.agent else ("output", "errors")
        for kind in streams:
            await self._add_log(index, text, kind, mask)
        if text.agent and text.ended:
            entries = await self._conversations.entries(text.workspace, text.process)
            await self._add_document(index, text, "answer", document(entries))
        return text.ended

    async def _add_document(self, index: Index, text: Text, kind: str, content: str) -> None:
        key = (text.process, kind)
        if key in index.progress:
            return
        piece = await asyncio.to_thread(whole_lines, content.encode("utf-8", "replace"), more=False)
        add = partial(index.add, key, text.workspace_id, piece.places, piece.texts, piece.size, done=True)
        await self._on(self._writing, add)

    async def _add_log(self, index: Index, text: Text, kind: str, mask: Mask) -> None:
        """Indexes a stream up to its end; a line that has no end yet waits for it."""
        run = RunDirectory(Place(self._context.home, text.workspace).root / "runs" / text.process)
        key = (text.process, kind)
        while True:
            known = index.progress.get(key)
            if known is not None and known.done:
                return
            start = known.bytes if known else 0
            size = await asyncio.to_thread(run.size, STREAMS[kind])
            more = not text.ended or size > start + CHUNK
            end = min(size, start + CHUNK)
            data = await asyncio.to_thread(_covered_window, run, STREAMS[kind], start, end, more, mask)
            piece = await asyncio.to_thread(whole_lines, data, more=more)
            done = text.ended and start + piece.size >= size
            if not piece.texts and not done:
                return
            add = partial(index.add, key, text.workspace_id, piece.places, piece.texts, piece.size, done=done)
            await self._on(self._writing, add)
            self._behind = size - start - piece.size

    # Finding

    async def _ask(self, ask: Asking, before: int, limit: int) -> tuple[list[Found], int]:
        await self._opened()
        try:
            if self._reader is None:
                self._reader = await self._on(self._reading, Reader, self._path)
            return await self._on(self._reading, partial(ask, self._reader, before=before, limit=limit))
        except sqlite3.DatabaseError as error:
            async with self._pass:
                await self._begin_anew(error)
            return [], 0

    async def _hit(self, found: Found) -> SearchHit | None:
        """The line with what stands around it; None when its text is gone."""
        known = await self._context.store.read(_texts, [found.process])
        if not known:
            return None
        text = known[0]
        try:
            lines, entry = await self._around(text, found)
        except (NotFoundError, StorageError):
            return None
        if lines is None:
            return None
        before, line, after = lines
        return SearchHit(
            workspace=text.workspace, process_id=text.process, kind=found.kind, label=text.label,
            offset=found.offset, line=found.line, entry_id=entry, at=text.started_at, text=line,
            before=before, after=after,
        )  # fmt: skip

    async def _around(self, text: Text, found: Found) -> tuple[Around | None, str]:
        mask = await self._context.secrets.mask(text.workspace, text.settings)
        if found.kind in STREAMS:
            run = RunDirectory(Place(self._context.home, text.workspace).root / "runs" / text.process)
            stream = STREAMS[found.kind]
            start = max(0, found.offset - LINE_BYTES)
            end = min(await asyncio.to_thread(run.size, stream), found.offset + 2 * LINE_BYTES)
            data = await asyncio.to_thread(_covered_window, run, stream, start, end, False, mask)
            return lines_around(data, found.offset - start), ""
        if found.kind != "answer":
            content = mask.text(text.command if found.kind == "command" else text.prompt)
            return lines_around(content.encode("utf-8", "replace"), found.offset), ""
        entries = await self._conversations.entries(text.workspace, text.process)
        data = document(entries).encode("utf-8", "replace")
        return lines_around(data, found.offset), _entry_at(entries, found.offset)


def document(entries: tuple[Entry, ...]) -> str:
    """A conversation as one text: all that was said and shown, entry by entry."""
    return "".join(_entry_text(entry) for entry in entries)


def _entry_text(entry: Entry) -> str:
    parts = [entry.title, entry.text, entry.output]
    parts += [item.text for item in entry.plan]
    for edit in entry.edits:
        parts += [edit.path, edit.new]
    if entry.kind == "user":
        return ""  # the prompt is a text of its own
    return "".join(f"{part}\n" for part in dict.fromkeys(filter(None, parts)))


def _entry_at(entries: tuple[Entry, ...], offset: int) -> str:
    at = 0
    for entry in entries:
        at += len(_entry_text(entry).encode("utf-8", "replace"))
        if offset < at:
            return entry.id
    return ""


def lines_around(data: bytes, at: int) -> Around | None:
    """The line that begins at a place, with those before and after it; None when nothing is there."""
    if not 0 <= at < len(data):
        return None
    end = data.find(b"\n", at)
    line = data[at : end if end >= 0 else len(data)]
    before = data[:at].split(b"\n")[:-1][-CONTEXT_LINES:]
    after = data[end + 1 :].split(b"\n")[:CONTEXT_LINES] if end >= 0 else []
    if after and end + 1 + sum(len(each) + 1 for each in after) > len(data) and not after[-1]:
        after = after[:-1]
    return tuple(map(_shown, before)), _shown(line), tuple(map(_shown, after))


def _shown(line: bytes) -> str:
    return plain(line)[:TEXT_LIMIT]


def _covered_window(run: RunDirectory, stream: Stream, start: int, end: int, more: bool, mask: Mask) -> bytes:
    def read(position: int, count: int) -> bytes:
        pieces: list[bytes] = []
        while count > 0 and (piece := run.read(stream, position, count)):
            pieces.append(piece)
            position, count = position + len(piece), count - len(piece)
        return b"".join(pieces)

    if end <= start:
        return b""
    return cover_window(mask, read, start, end, more=more)


def _is_done(index: Index, text: Text) -> bool:
    kinds = {"errors"} | ({"answer"} if text.agent else {"output"})
    kinds |= {"command"} if text.command else {"prompt"} if text.prompt else set()
    return all((known := index.progress.get((text.process, kind))) and known.done for kind in kinds)


def _texts_since(moment: float) -> list[Text]:
    """Processes that began at a moment or later: the first of them."""
    query = _query().where(m.ExecutionProcess.started_at >= moment)
    return [_made(row) for row in query.order_by(m.ExecutionProcess.started_at).limit(AT_ONCE)]


def _texts(process_ids: list[str]) -> list[Text]:
    return [_made(row) for row in _query().where(m.ExecutionProcess.id.in_(process_ids))]


def _query() -> Any:
    e = m.ExecutionProcess
    return (
        e.select(e, m.Session, m.Workspace, m.CodingAgentTurn.prompt)
        .join(m.Session)
        .join(m.Workspace)
        .switch(e)
        .join(m.CodingAgentTurn, peewee.JOIN.LEFT_OUTER, on=(m.CodingAgentTurn.process == e.id), attr="turn")
    )


def _made(row: m.ExecutionProcess) -> Text:
    agent, action = row.run_reason == RunReason.CODING_AGENT, row.action
    turn = getattr(row, "turn", None)
    argv = action.get("argv")
    command = " ".join(map(str, argv)) if isinstance(argv, list) else str(action.get("script", ""))
    return Text(
        process=row.id, workspace=row.session.workspace.name, workspace_id=row.session.workspace_id,
        agent=agent,
        ended=row.status != ProcessStatus.RUNNING, command="" if agent else command,
        prompt=(turn.prompt or "") if turn else "", label=row.label, started_at=row.started_at,
        settings=msgspec.convert(row.session.workspace.settings, Settings),
    )  # fmt: skip


def _cursor_of(row: int) -> str:
    return base64.urlsafe_b64encode(str(row).encode()).decode() if row else ""


def _row_of(cursor: str) -> int:
    try:
        return int(base64.b64decode(cursor.encode(), b"-_", validate=True).decode()[:18] or 0)
    except (ValueError, binascii.Error) as error:
        raise UsageError("the cursor is none that an answer gave", hint="Leave it out.") from error
