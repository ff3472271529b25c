"""Search over everything: logs, prompts, answers, commands. Found in the index, read from the files."""

from __future__ import annotations

import asyncio
import base64
import binascii
import sqlite3

from core.engine.conversations import Conversations
from core.engine.indexing import Indexing
from core.engine.search_index import SearchIndex
from core.engine.search_texts import (
    STREAMS,
    Around,
    Text,
    covered_window,
    document,
    entry_at,
    lines_around,
    texts,
)
from core.errors import NotFoundError, StorageError, UsageError
from core.lifecycle.context import Context
from core.lifecycle.place import Place
from core.processes.run_directory import RunDirectory
from core.search.lines import LINE_BYTES
from core.search.reader import Found, Reader
from core.store import lookup
from core.values.search import KINDS, SearchAnswer, SearchHit

LIMIT = 200
"""Hits of one answer at most."""


class Search:
    """What a user can ask of the index, and the upkeep of it."""

    def __init__(self, context: Context, conversations: Conversations) -> None:
        self._context = context
        self._conversations = conversations
        self._files = SearchIndex(context.home.state / "search.sqlite")
        self.indexing = Indexing(context, conversations, self._files)

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
            found, row = await self._ask(query, only, kind, row, wanted - len(hits))
            hits += [hit for each in found if (hit := await self._hit(each)) is not None]
            if not row:
                break
        return SearchAnswer(hits=tuple(hits), cursor=_cursor_of(row), behind=self.indexing.behind)

    async def close(self) -> None:
        """Lets go of the index."""
        await self._files.close()

    async def _ask(
        self, query: str, workspace: str, kind: str, before: int, limit: int
    ) -> tuple[list[Found], int]:
        def ask(reader: Reader) -> tuple[list[Found], int]:
            return reader.search(query=query, workspace=workspace, kind=kind, before=before, limit=limit)

        try:
            return await self._files.read(ask)
        except sqlite3.DatabaseError as error:
            await self.indexing.begin_anew(error)
            return [], 0

    async def _hit(self, found: Found) -> SearchHit | None:
        """The line with what stands around it; None when its text is gone."""
        known = await self._context.store.read(texts, [found.process])
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
            data = await asyncio.to_thread(covered_window, run, stream, start, end, False, mask)
            return lines_around(data, found.offset - start), ""
        if found.kind != "answer":
            content = mask.text(text.command if found.kind == "command" else text.prompt)
            return lines_around(content.encode("utf-8", "replace"), found.offset), ""
        entries = await self._conversations.entries(text.workspace, text.process)
        data = document(entries).encode("utf-8", "replace")
        return lines_around(data, found.offset), entry_at(entries, found.offset)


def _cursor_of(row: int) -> str:
    return base64.urlsafe_b64encode(str(row).encode()).decode() if row else ""


def _row_of(cursor: str) -> int:
    try:
        return int(base64.b64decode(cursor.encode(), b"-_", validate=True).decode()[:18] or 0)
    except (ValueError, binascii.Error) as error:
        raise UsageError("the cursor is none that an answer gave", hint="Leave it out.") from error
