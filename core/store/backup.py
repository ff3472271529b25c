"""A copy of the database while others write to it, and what makes a copy fit to be used elsewhere."""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import time
from pathlib import Path

from core.errors import StorageError
from core.store.database import inspect_database
from core.values.states import OperationStatus, ProcessStatus

_PAGES = 2000
"""Copied at a time, so that writers get their turn between."""


def copy_database(source: Path, target: Path) -> int:
    """Copies with SQLite's own backup call into one complete file without a journal. Blocks.

    Returns:
        The copy's schema version.

    Raises:
        StorageError: The database is refused, or the disk is full.
    """
    inspect_database(source)
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        with contextlib.closing(_reading(source)) as old, contextlib.closing(sqlite3.connect(target)) as new:
            old.backup(new, pages=_PAGES)
            new.execute("PRAGMA journal_mode = delete")
    except sqlite3.Error as error:
        raise StorageError(f"the database cannot be copied: {error}", hint="Free some space.") from error
    return check_database(target)


def check_database(path: Path) -> int:
    """The schema version of a file in which everything is in order, references between rows included.

    Raises:
        StorageError: It is not ours, damaged, newer than this program, or rows refer to what is not there.
    """
    version = inspect_database(path)
    try:
        with contextlib.closing(_reading(path)) as database:
            wrong = database.execute("PRAGMA foreign_key_check").fetchmany(3)
    except sqlite3.Error as error:
        raise StorageError(f"the database {path} cannot be read: {error}") from error
    if wrong:
        named = ", ".join(f"row {row} of {table} without its {parent}" for table, row, parent, _ in wrong)
        raise StorageError(
            f"the database {path} is damaged: {named}",
            hint="Make a backup of what is there, then restore an older one.",
        )
    return version


def running_processes(path: Path) -> int | None:
    """How many processes a database believes to run; None where it cannot be asked."""
    return _count(path, "execution_process", ProcessStatus.RUNNING)


def running_operations(path: Path) -> int | None:
    """How many operations a database believes to be under way; None where it cannot be asked."""
    return _count(path, "operation", OperationStatus.RUNNING)


def end_operations(path: Path) -> int:
    """Ends in a restored copy what was under way: it must not go on against what has moved since.

    Returns:
        How many there were.
    """
    error = {
        "code": "conflict",
        "message": "it was under way when the backup was made",
        "hint": "Look at its workspace, then begin anew.",
        "details": {},
    }
    with contextlib.closing(sqlite3.connect(path)) as database, database:
        done = database.execute(
            "UPDATE operation SET status = ?, error = ?, ended_at = ? WHERE status = ?",
            (OperationStatus.FAILED, json.dumps(error), int(time.time() * 1000), OperationStatus.RUNNING),
        )
        return done.rowcount


def _count(path: Path, table: str, status: str) -> int | None:
    try:
        with contextlib.closing(_reading(path)) as database:
            # The table's name is one of the two above.
            (number,) = database.execute(
                f"SELECT count(*) FROM {table} WHERE status = ?",
                (status,),
            ).fetchone()
            return int(number)
    except sqlite3.Error:
        return None


def _reading(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=10)
