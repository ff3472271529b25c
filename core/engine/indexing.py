"""Indexing in the background: of every process what has come since the last look.

What is indexed is covered like everything that is shown: no secret gets into the index. A text whose
secrets cannot be known at the moment waits.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from functools import partial

from core.engine.conversations import Conversations
from core.engine.search_index import SearchIndex
from core.engine.search_texts import AT_ONCE, STREAMS, Text, covered_window, document, texts, texts_since
from core.errors import BoatyardError
from core.lifecycle.context import Context
from core.lifecycle.place import Place
from core.processes.run_directory import RunDirectory
from core.runners.masking import Mask
from core.search.index import Index
from core.search.lines import whole_lines

log = logging.getLogger(__name__)

PAUSE_SECONDS = 0.5
CHUNK = 2**20
"""Bytes of a log that are indexed at a time."""


class Indexing:
    """Keeps the index up with what is written."""

    def __init__(self, context: Context, conversations: Conversations, files: SearchIndex) -> None:
        self._context = context
        self._conversations = conversations
        self._files = files
        self._pending: dict[str, Text] = {}
        self._since = 0.0
        self.behind = 0
        """Bytes of the log in hand that are not indexed yet."""
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
            index = await self._files.opened()
            await self._look_for_new(index)
            waiting = list(self._pending)
            try:
                for start in range(0, len(waiting), AT_ONCE):
                    await self._see_to(index, waiting[start : start + AT_ONCE])
            except sqlite3.DatabaseError as error:
                await self._begin_anew(error)

    async def forget(self, processes: set[str]) -> None:
        """Their logs were removed."""
        async with self._pass:
            index = await self._files.opened()
            await self._files.write(index.forget, processes)

    async def begin_anew(self, error: Exception) -> None:
        """Has everything indexed again: the index was damaged."""
        async with self._pass:
            await self._begin_anew(error)

    async def _begin_anew(self, error: Exception) -> None:
        await self._files.begin_anew(error)
        self._pending, self._since = {}, 0.0

    async def _look_for_new(self, index: Index) -> None:
        """Notes the processes that have begun, or that an engine before this one did not finish with."""
        while True:
            before = self._since
            found = await self._context.store.read(texts_since, before)
            for text in found:
                self._since = max(self._since, text.started_at)
                if not _is_done(index, text):
                    self._pending[text.process] = text
            if len(found) < AT_ONCE or self._since == before:
                break

    async def _see_to(self, index: Index, processes: list[str]) -> None:
        """Indexes what has come of some processes."""
        known = await self._context.store.read(texts, processes)
        for gone in set(processes) - {text.process for text in known}:
            del self._pending[gone]
        for text in known:
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
        await self._files.write(add)

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
            data = await asyncio.to_thread(covered_window, run, STREAMS[kind], start, end, more, mask)
            piece = await asyncio.to_thread(whole_lines, data, more=more)
            done = text.ended and start + piece.size >= size
            if not piece.texts and not done:
                return
            add = partial(index.add, key, text.workspace_id, piece.places, piece.texts, piece.size, done=done)
            await self._files.write(add)
            self.behind = size - start - piece.size


def _is_done(index: Index, text: Text) -> bool:
    kinds = {"errors"} | ({"answer"} if text.agent else {"output"})
    kinds |= {"command"} if text.command else {"prompt"} if text.prompt else set()
    return all((known := index.progress.get((text.process, kind))) and known.done for kind in kinds)
