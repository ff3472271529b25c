"""The search index on the disk: one thread writes it, another reads it; a damaged one is made anew."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TypeVar

from core.errors import StorageError
from core.search.index import Index, delete
from core.search.reader import Reader

log = logging.getLogger(__name__)

T = TypeVar("T")


class SearchIndex:
    """What is indexed. Everything in it can be found again in the logs and the database."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._index: Index | None = None
        self._reader: Reader | None = None
        self._start_threads()

    def _start_threads(self) -> None:
        self._writing = ThreadPoolExecutor(1, thread_name_prefix="indexing")
        self._reading = ThreadPoolExecutor(1, thread_name_prefix="searching")

    async def opened(self) -> Index:
        """The index, for `write`.

        Raises:
            StorageError: It cannot be opened.
            sqlite3.DatabaseError: It is damaged; see `begin_anew`.
        """
        if self._index is None:
            self._index = await self._on(self._writing, Index, self._path)
        return self._index

    async def write(self, call: Callable[..., T], *args: object) -> T:
        """Calls a method of the index on its thread; raises as `opened` does."""
        return await self._on(self._writing, call, *args)

    async def read(self, ask: Callable[[Reader], T]) -> T:
        """Asks the reader on its thread; raises as `opened` does."""
        await self.opened()
        if self._reader is None:
            self._reader = await self._on(self._reading, Reader, self._path)
        return await self._on(self._reading, ask, self._reader)

    async def begin_anew(self, error: Exception) -> None:
        """Throws a damaged index away; nothing is indexed after that."""
        log.warning("the search index is made anew: %s", error)
        await self.close()
        self._index = self._reader = None
        self._start_threads()
        await asyncio.to_thread(delete, self._path)

    async def close(self) -> None:
        """Lets go of the files and the threads."""
        for pool, thing in ((self._writing, self._index), (self._reading, self._reader)):
            if thing is not None:
                await asyncio.get_running_loop().run_in_executor(pool, thing.close)
            pool.shutdown()

    async def _on(self, pool: ThreadPoolExecutor, call: Callable[..., T], *args: object) -> T:
        try:
            return await asyncio.get_running_loop().run_in_executor(pool, partial(call, *args))
        except sqlite3.OperationalError as error:
            raise StorageError(
                f"the search index {self._path} cannot be used: {error}", hint="Check the disk's free space."
            ) from error
