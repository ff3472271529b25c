"""A database is made whole, migrated after a copy, or refused untouched with what to do."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import peewee
import pytest

from core.errors import StorageError
from core.paths import Home
from core.store import Store
from core.store import models as m
from core.store.database import APPLICATION_ID, latest_version, open_database


def everything(folder: Path) -> dict[str, bytes]:
    """The files in a folder, but for the lock and the empty ones that SQLite needs to read a database."""
    passing = ("migration.lock", "-shm")
    return {
        path.name: content
        for path in folder.iterdir()
        if path.is_file() and not path.name.endswith(passing)
        if (content := path.read_bytes()) or not path.name.endswith("-wal")
    }


def make(home: Home) -> None:
    """A whole database of this version, closed."""
    database = open_database(home)
    with database.connection_context():
        m.Project.create(name="kept")


async def test_a_fresh_home_gets_a_database_of_the_latest_version(home: Home) -> None:
    store = Store(home)
    assert await store.read(lambda: m.Project.select().count()) == 0
    await store.close()
    with closing(sqlite3.connect(home.database)) as raw:
        assert raw.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
        assert raw.execute("PRAGMA user_version").fetchone() == (latest_version(),)
        assert raw.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert raw.execute("PRAGMA foreign_key_check").fetchall() == []
    assert list(home.backups.iterdir()) == []


async def test_what_was_written_is_there_when_it_is_opened_again(home: Home) -> None:
    make(home)
    store = Store(home)
    assert await store.read(lambda: m.Project.get().name) == "kept"
    await store.close()


def test_the_file_is_the_users_alone_whatever_the_umask(home: Home) -> None:
    before = os.umask(0)
    try:
        make(home)
        with closing(sqlite3.connect(home.database)) as raw:
            raw.execute("PRAGMA user_version = 0")
        shutil.copy(home.database, home.database.with_suffix(".old"))
        open_database(home)
    finally:
        os.umask(before)
    (copy,) = home.backups.iterdir()
    for path in (home.database, copy):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path


def test_writes_go_to_the_disk_before_they_are_acknowledged(home: Home) -> None:
    database = open_database(home)
    with database.connection_context():
        assert database.execute_sql("PRAGMA synchronous").fetchone() == (2,)  # FULL
        assert database.execute_sql("PRAGMA foreign_keys").fetchone() == (1,)


KILLED = """
import os, signal, sys
import core.store.database as database
from core.paths import find_home
def die(*_): os.kill(os.getpid(), signal.SIGKILL)
setattr(database.os if "." in sys.argv[2] else database, sys.argv[2].rpartition(".")[2], die)
database.open_database(find_home(sys.argv[1]))
"""


@pytest.mark.parametrize("place", ["_migrate", "os.rename", "inspect_database", "os.chmod"])
def test_a_kill_while_it_is_made_leaves_none_or_a_whole_one(home: Home, place: str) -> None:
    argv = [sys.executable, "-c", KILLED, str(home.data.parent), place]
    assert subprocess.run(argv, check=False).returncode == -9
    make(home)
    with closing(sqlite3.connect(home.database)) as raw:
        assert raw.execute("SELECT name FROM project").fetchall() == [("kept",)]


class TestMigrating:
    @pytest.fixture
    def older(self, home: Home) -> Home:
        """A database from before the first migration was counted, with a row in it."""
        make(home)
        with closing(sqlite3.connect(home.database)) as raw:
            raw.executescript("PRAGMA user_version = 0; PRAGMA wal_checkpoint(TRUNCATE)")
        return home

    def test_an_older_database_is_copied_and_brought_up_to_date(self, older: Home) -> None:
        database = open_database(older)
        with database.connection_context():
            assert m.Project.get().name == "kept"
            assert database.execute_sql("PRAGMA user_version").fetchone() == (latest_version(),)
        (copy,) = older.backups.iterdir()
        assert copy.name.startswith("boatyard-v0-")
        with closing(sqlite3.connect(copy)) as raw:
            assert raw.execute("PRAGMA user_version").fetchone() == (0,)
            assert raw.execute("SELECT name FROM project").fetchall() == [("kept",)]

    def test_a_migration_that_fails_changes_nothing_and_leaves_the_copy(
        self, older: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        folder = tmp_path / "migrations"
        shutil.copytree(Path("core/store/migrations"), folder, ignore=shutil.ignore_patterns("__pycache__"))
        (folder / "0002_breaks.py").write_text(
            "def up(migrator, db):\n"
            "    db.execute_sql('CREATE TABLE half (id INTEGER)')\n"
            "    db.execute_sql('NO SUCH STATEMENT')\n"
        )
        monkeypatch.setattr("core.store.database.MIGRATIONS", folder)
        with pytest.raises(StorageError, match="cannot be opened"):
            open_database(older)
        monkeypatch.undo()
        assert len(list(older.backups.iterdir())) == 1
        with closing(sqlite3.connect(older.database)) as raw:
            assert raw.execute("SELECT name FROM sqlite_master WHERE name = 'half'").fetchall() == []
            assert raw.execute("SELECT name FROM project").fetchall() == [("kept",)]
        open_database(older)

    def test_drafts_from_before_those_of_comments_are_kept(
        self, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def begin(kind: str) -> None:
            with open_database(home).connection_context():
                m.Scratch.create(kind=kind, owner_id="x", payload={"title": "kept"}, updated_at=12.5)

        folder = tmp_path / "migrations"
        shutil.copytree(
            Path("core/store/migrations"), folder, ignore=shutil.ignore_patterns("00[89]*", "__*")
        )
        monkeypatch.setattr("core.store.database.MIGRATIONS", folder)
        begin("draft_task")
        with pytest.raises(peewee.IntegrityError):
            begin("draft_comment")
        monkeypatch.undo()
        begin("draft_comment")
        with open_database(home).connection_context():
            found = [
                (row.kind, row.payload, row.updated_at) for row in m.Scratch.select().order_by(m.Scratch.kind)
            ]
        assert found == [(kind, {"title": "kept"}, 12.5) for kind in ("draft_comment", "draft_task")]

    def test_a_database_of_this_version_is_not_copied(self, home: Home) -> None:
        make(home)
        open_database(home)
        assert list(home.backups.iterdir()) == []


def a_newer_version(path: Path) -> None:
    with closing(sqlite3.connect(path)) as raw:
        raw.execute(f"PRAGMA user_version = {latest_version() + 1}")


def another_programs(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as raw:
        raw.executescript("CREATE TABLE theirs (x); PRAGMA application_id = 7")


def another_programs_without_id(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as raw:
        raw.executescript("PRAGMA journal_mode = wal; CREATE TABLE theirs (x)")


def truncated(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)


def damaged(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(4096 * 2)
        file.write(b"\xff" * 4096 * 20)


REFUSED: list[tuple[str, Callable[[Path], object], str]] = [
    ("zero bytes", lambda path: path.write_bytes(b""), "empty or not an SQLite database"),
    ("text", lambda path: path.write_text("hello " * 1000), "empty or not an SQLite database"),
    ("another program's", another_programs, "another program made it"),
    ("another program's without an id", another_programs_without_id, "another program made it"),
    ("truncated", truncated, "damaged|malformed|cannot be opened"),
    ("damaged", damaged, "damaged|malformed|cannot be opened"),
    ("newer", a_newer_version, r"schema version \d+, newer than"),
]


@pytest.mark.parametrize(("break_it", "why"), [case[1:] for case in REFUSED], ids=[c[0] for c in REFUSED])
def test_a_file_that_cannot_be_ours_is_refused_and_left_alone(
    home: Home, break_it: Callable[[Path], object], why: str
) -> None:
    make(home)
    with closing(sqlite3.connect(home.database)) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    break_it(home.database)
    before = everything(home.data)
    with pytest.raises(StorageError, match=why) as refusal:
        open_database(home)
    assert str(home.database) in refusal.value.message
    assert refusal.value.hint
    assert "hanged" in refusal.value.hint  # "Nothing was changed"
    assert everything(home.data) == before


def test_a_folder_or_a_dead_link_or_a_fifo_in_its_place_is_refused(home: Home) -> None:
    for make_it in (
        lambda path: path.mkdir(),
        lambda path: path.symlink_to(path),
        lambda path: path.symlink_to("/nowhere"),
        os.mkfifo,
    ):
        make_it(home.database)
        with pytest.raises(StorageError, match="not a regular file"):
            open_database(home)
        home.database.rmdir() if home.database.is_dir() else home.database.unlink()


def test_a_journal_whose_database_is_gone_is_not_played_into_a_new_one(home: Home, tmp_path: Path) -> None:
    make(home)
    with open_database(home).connection_context():
        m.Project.create(name="in the journal")
        shutil.copy(f"{home.database}-wal", tmp_path / "journal")
    home.database.unlink()
    shutil.copy(tmp_path / "journal", f"{home.database}-wal")
    before = everything(home.data)
    with pytest.raises(StorageError, match="is gone, and its journal") as refusal:
        open_database(home)
    assert "backups" in refusal.value.hint
    assert everything(home.data) == before
    Path(f"{home.database}-wal").unlink()
    with open_database(home).connection_context():
        assert list(m.Project.select()) == []


def test_the_writes_in_a_journal_that_a_kill_left_are_not_lost(home: Home, tmp_path: Path) -> None:
    make(home)
    database = open_database(home)
    with database.connection_context():
        m.Project.create(name="in the journal")
        for end in ("", "-wal", "-shm"):  # as a kill leaves them: copied while the journal is full
            shutil.copy(f"{home.database}{end}", tmp_path / f"copy{end}")
    for end in ("", "-wal", "-shm"):
        shutil.copy(tmp_path / f"copy{end}", f"{home.database}{end}")
    with open_database(home).connection_context():
        assert {row.name for row in m.Project.select()} == {"kept", "in the journal"}
