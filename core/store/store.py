"""The one way to the database: functions run on the database's own thread, each in a transaction.

SQLite allows one writer, and Peewee ties a connection to a thread; one thread for everything makes both
simple, and a read takes a fraction of a millisecond. A write that returned is on the disk.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

import peewee

from core.errors import StorageError, UsageError
from core.paths import Home
from core.store.database import open_database

T = TypeVar("T")
P = ParamSpec("P")


class Store:
    """An open database; `close` it when done."""

    def __init__(self, home: Home) -> None:
        """Opens the home's database.

        Raises:
            StorageError: It is refused (see `core.store.database`).
        """
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="store")
        try:
            self._database: peewee.SqliteDatabase = self._thread.submit(open_database, home).result()
            self._thread.submit(self._database.connect).result()
        except BaseException:
            self._thread.shutdown()
            raise

    async def write(self, action: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Runs `action` in a transaction that is taken back if it raises."""

        def call() -> T:
            with self._database.atomic("IMMEDIATE"):
                return action(*args, **kwargs)

        return await self._run(call)

    async def read(self, action: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Runs `action`, which only reads."""
        return await self._run(partial(action, *args, **kwargs))

    async def close(self) -> None:
        """Closes the database after everything that was asked before."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._database.close)
        self._thread.shutdown()

    async def _run(self, call: Callable[[], T]) -> T:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, call)
        except (peewee.PeeweeException, sqlite3.Error) as error:
            raise StorageError(
                f"the database refused: {_first_cause(error)}",
                hint="Nothing was changed. Check the disk's free space, then try again.",
            ) from error
        except (UnicodeEncodeError, OverflowError) as error:
            raise UsageError(
                f"a value cannot be kept: {error}", hint="Use UTF-8 text, and numbers of at most 64 bits."
            ) from error


def _first_cause(error: BaseException) -> BaseException:
    """What really happened: a full disk, say, shows up as a rollback that failed after it."""
    while error.__context__ is not None:
        error = error.__context__
    return error
