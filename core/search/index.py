"""The index: one row of FTS5 per line without its content, and where each line stands.

It lives in a database file of its own. All that a batch changes is one transaction: after a kill the next
batch goes on at exactly the byte where the last one that was written ended. A file that is damaged, or of
another version, is deleted and made again.
"""

from __future__ import annotations

import contextlib
import logging
import sqlite3
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.search.query import kind_tag, workspace_tag

log = logging.getLogger(__name__)

VERSION = 1
SPAN = 128
"""Lines whose places are kept together."""
SCHEMA = """
CREATE VIRTUAL TABLE line USING fts5(
    text, tags, content='', columnsize=0, tokenize="unicode61 remove_diacritics 2"
);
CREATE TABLE source (
    id INTEGER PRIMARY KEY, process TEXT NOT NULL, kind TEXT NOT NULL, workspace TEXT NOT NULL,
    bytes INTEGER NOT NULL, lines INTEGER NOT NULL, done INTEGER NOT NULL, UNIQUE (process, kind)
);
CREATE TABLE span (
    first INTEGER PRIMARY KEY, source INTEGER NOT NULL, line INTEGER NOT NULL, start INTEGER NOT NULL,
    places BLOB NOT NULL
);
CREATE TABLE next (row INTEGER NOT NULL);
INSERT INTO next VALUES (1);
"""
Key = tuple[str, str]
"""A process and a kind of text."""


@dataclass
class Progress:
    """How far a text is indexed."""

    source: int
    bytes: int = 0
    lines: int = 0
    done: bool = False


class Index:
    """The index for writing; use on one thread. `core.search.reader` searches it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.progress: dict[Key, Progress] = {}
        self._next = 1
        self._sources = 0
        self._database = self._open()

    def add(
        self, key: Key, workspace: str, places: Sequence[int], texts: Sequence[str], size: int, *, done: bool
    ) -> None:
        """Adds lines that stand right behind those that were added before.

        Args:
            key: Whose text.
            workspace: Its id.
            places: Where the lines begin, from where the last addition ended.
            texts: The lines.
            size: Bytes that they take.
            done: Whether nothing will come after them.
        """
        known = self.progress.get(key) or Progress(self._sources + 1)
        after = Progress(known.source, known.bytes + size, known.lines + len(texts), done)
        tags = f"{workspace_tag(workspace)} {kind_tag(key[1])}"
        with self._transaction() as database:
            database.executemany(
                "INSERT INTO line (rowid, text, tags) VALUES (?, ?, ?)",
                ((self._next + number, text, tags) for number, text in enumerate(texts)),
            )
            database.executemany(
                "INSERT INTO span VALUES (?, ?, ?, ?, ?)",
                (
                    (
                        self._next + number, known.source, known.lines + number, known.bytes,
                        array("I", places[number : number + SPAN]).tobytes(),
                    )
                    for number in range(0, len(texts), SPAN)
                ),
            )  # fmt: skip
            database.execute(
                "INSERT OR REPLACE INTO source VALUES (?, ?, ?, ?, ?, ?, ?)",
                (known.source, *key, workspace, after.bytes, after.lines, done),
            )
            database.execute("UPDATE next SET row = ?", (self._next + len(texts),))
        self._next += len(texts)
        self._sources = max(self._sources, known.source)
        self.progress[key] = after

    def forget(self, processes: set[str]) -> None:
        """Takes the texts of processes out of all answers; their rows stay until the index is made anew."""
        with self._transaction() as database:
            for key in [key for key in self.progress if key[0] in processes]:
                source = self.progress.pop(key).source
                database.execute("DELETE FROM span WHERE source = ?", (source,))
                database.execute("DELETE FROM source WHERE id = ?", (source,))

    def close(self) -> None:
        self._database.close()

    def _open(self) -> sqlite3.Connection:
        try:
            return self._load(connect(self.path))
        except sqlite3.DatabaseError as error:
            log.warning("the search index %s is made anew: %s", self.path, error)
            delete(self.path)
            return self._load(connect(self.path))

    def _load(self, database: sqlite3.Connection) -> sqlite3.Connection:
        self.progress, self._next, self._sources = {}, 1, 0
        (version,) = database.execute("PRAGMA user_version").fetchone()
        if version == 0:
            database.executescript(f"BEGIN;{SCHEMA}PRAGMA user_version = {VERSION};COMMIT;")
        elif version != VERSION:
            database.close()
            raise sqlite3.DatabaseError(f"its version is {version}")
        rows = database.execute("SELECT process, kind, id, bytes, lines, done FROM source")
        for process, kind, source, size, lines, done in rows:
            self.progress[(process, kind)] = Progress(source, size, lines, bool(done))
            self._sources = max(self._sources, source)
        (self._next,) = database.execute("SELECT row FROM next").fetchone()
        return database

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield self._database
        except BaseException:
            self._database.execute("ROLLBACK")
            raise
        self._database.execute("COMMIT")


def connect(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=30)
    database.execute("PRAGMA journal_mode = wal")
    database.execute("PRAGMA synchronous = normal")
    database.execute("PRAGMA trusted_schema = 0")
    path.chmod(0o600)
    return database


def delete(path: Path) -> None:
    for end in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + end).unlink(missing_ok=True)
