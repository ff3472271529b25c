"""Opens the database file, or refuses it, and brings its schema up to date.

A file that is empty, foreign, damaged or newer than this program is never replaced or repaired here:
the user is told. Before a migration a copy is made with SQLite's own backup call. `user_version` holds
the number of the last migration, `application_id` says that the file is ours.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import peewee
from playhouse.migrations import Runner

from core.errors import StorageError
from core.paths import Home
from core.store.models import MODELS

APPLICATION_ID = 0x426F6174
"""The letters `Boat`."""
MIGRATIONS = Path(__file__).parent / "migrations"
PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": "full",
    "foreign_keys": 1,
    "busy_timeout": 5000,
    "trusted_schema": 0,
}
_HEADER = b"SQLite format 3\x00"


def latest_version() -> int:
    """The number of the newest migration that this program knows."""
    numbers = (re.match(r"\d+", path.name) for path in MIGRATIONS.glob("[0-9]*.py"))
    return max(int(match.group()) for match in numbers if match)


def open_database(home: Home) -> peewee.SqliteDatabase:
    """The home's database, migrated, with the models bound to it.

    Raises:
        StorageError: The file is not ours, damaged, newer than this program, or cannot be written.
    """
    path = home.database
    with _migration_lock(home), _storage_errors(path):
        if not (path.exists() or path.is_symlink()):
            _refuse_orphan(path)
            _make(path)
        version = inspect_database(path)
        database = _database(path)
        if version < latest_version():
            _back_up(home, version)
            _migrate(database)
        database.bind(MODELS)
        os.chmod(path, 0o600)
        return database


def _database(path: Path) -> peewee.SqliteDatabase:
    return peewee.SqliteDatabase(str(path), pragmas=PRAGMAS)


def _refuse_orphan(path: Path) -> None:
    """A journal without its database would be played into whatever database comes to lie beside it."""
    journal = path.with_name(f"{path.name}-wal")
    if os.path.lexists(journal):
        raise StorageError(
            f"the database {path} is gone, and its journal {journal.name} is there",
            hint=f"Nothing was changed. Move the journal away; then put back a copy from "
            f"{path.parent / 'backups'}, or begin anew.",
        )


def _make(path: Path) -> None:
    """A new database, made beside its place and moved there whole: a kill leaves no half of one."""
    part = path.with_name(f".{path.name}.new")
    for leftover in (part, *(part.with_name(part.name + end) for end in ("-wal", "-shm", "-journal"))):
        leftover.unlink(missing_ok=True)
    os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    database = _database(part)
    _migrate(database)
    os.rename(part, path)


def inspect_database(path: Path) -> int:
    """The schema version of an existing file that may be opened. Blocks for as long as reading all of it.

    Raises:
        StorageError: The file is not ours, damaged, or newer than this program.
    """
    if not path.is_file():
        raise _refused(path, "it is not a regular file")
    with path.open("rb") as file:
        if file.read(16) != _HEADER:
            raise _refused(path, "it is empty or not an SQLite database")
    # For reading only: a file that is refused, and whatever journal lies beside it, stay as they are.
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    try:
        (application_id,) = connection.execute("PRAGMA application_id").fetchone()
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if application_id != APPLICATION_ID:
            raise _refused(path, "another program made it")
        if version > latest_version():
            raise StorageError(
                f"the database {path} has schema version {version}, newer than the {latest_version()} "
                "that this Boatyard knows",
                hint="Install the Boatyard that wrote it, or a later one; nothing was changed.",
            )
        (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        if verdict != "ok":
            raise _refused(path, f"it is damaged: {verdict}")
        return int(version)
    finally:
        connection.close()


def _refused(path: Path, why: str) -> StorageError:
    return StorageError(
        f"the database {path} cannot be used: {why}",
        hint=f"Nothing was changed. Move it away, or put back a copy from {path.parent / 'backups'}.",
    )


def _back_up(home: Home, version: int) -> None:
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%f")
    target = home.backups / f"boatyard-v{version}-{moment}.db"
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    source, copy = sqlite3.connect(home.database), sqlite3.connect(target)
    try:
        source.backup(copy)
    finally:
        copy.close()
        source.close()


def _migrate(database: peewee.SqliteDatabase) -> None:
    with database.connection_context():
        Runner(database, str(MIGRATIONS)).up()
        # Set last, also where a kill came between a migration and this line: then `up` did nothing.
        database.execute_sql(f"PRAGMA application_id = {APPLICATION_ID}")
        database.execute_sql(f"PRAGMA user_version = {latest_version()}")


@contextlib.contextmanager
def _migration_lock(home: Home) -> Iterator[None]:
    descriptor = os.open(home.data / "migration.lock", os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
    with open(descriptor, "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def _storage_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except (peewee.DatabaseError, sqlite3.Error, OSError) as error:
        raise StorageError(
            f"the database {path} cannot be opened: {error}",
            hint="Check the disk's free space and the file's permissions; nothing was changed on purpose.",
        ) from error
