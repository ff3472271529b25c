"""A home comes back from a backup made while agents ran; one that is not in order changes nothing."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sqlite3
import stat
import threading
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from core.cli.main import main
from tests.acceptance.user import User, git, make_repository
from tests.yard import AGENTS, HOST

pytestmark = pytest.mark.slow
SECRET = "sk-planted-4711-secret"


@dataclass
class Voyage:
    """A home in which an agent has worked and another works still, and a backup of it."""

    user: User
    repository: Path
    done: str
    backup: Path
    gate: Path


@pytest.fixture(scope="module")
def voyage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Voyage]:
    folder = tmp_path_factory.mktemp("by")
    user = User(folder / "home")
    gate = folder / "gate"
    os.mkfifo(gate)
    user.env = {"GATE": str(gate), "HIDDEN": SECRET}
    (user.home / "config" / "themes").mkdir(parents=True)
    (user.home / "config" / "config.toml").write_text(
        f'{HOST}{AGENTS}env = {{TOKEN = "{SECRET}"}}\n# {SECRET}\n'
        f'[attention]\ncommand = ["true", "--token", "{SECRET}"]\n'
    )
    (user.home / "config" / "themes" / "mine.toml").write_text('name = "mine"\n')
    repository = make_repository(folder / "repo", {"README.md": "# Repo\n"})
    options = ("--repo", str(repository), "--json")
    ran = user.boatyard("run", "Do it", *options, "--agent", "writer", "--wait", "--secret", "S=env:HIDDEN")
    done = ran.json["workspace"]["name"]
    user.boatyard("workspace", "exec", done, "--", "sh", "-c", 'echo "$S"')
    user.boatyard("workspace", "checkpoint", done, "-m", "kept")
    user.boatyard("run", "Go on", *options, "--agent", "gated")
    backup = folder / "kept.zip"
    user.boatyard("backup", str(backup))
    yield Voyage(user, repository, done, backup, gate)
    for workspace in user.boatyard("workspace", "list", "--json").json:
        user.boatyard("workspace", "stop", workspace["name"])
    user.boatyard("engine", "stop")


@pytest.fixture
def other(tmp_path: Path) -> Iterator[User]:
    """Another home, empty."""
    user = User(tmp_path / "home", {"HIDDEN": SECRET})
    yield user
    user.boatyard("engine", "stop", ok=False)


def names(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as archive:
        return archive.namelist()


def everything(folder: Path) -> dict[str, object]:
    """Names, modes and contents below a folder, but for what every look at a database leaves."""
    found: dict[str, object] = {}
    for path in sorted(folder.rglob("*")):
        if path.name.endswith(("-wal", "-shm")):
            continue
        status = path.lstat()
        content = path.read_bytes() if stat.S_ISREG(status.st_mode) else b""
        found[str(path.relative_to(folder))] = (status.st_mode, content)
    return found


def test_a_backup_made_while_an_agent_works_brings_work_and_history_back(voyage: Voyage, other: User) -> None:
    said = other.boatyard("restore-backup", str(voyage.backup)).out
    assert "the database" in said and "workspace repair" in said
    workspaces = {each["name"] for each in other.boatyard("workspace", "list", "--json").json}
    assert voyage.done in workspaces and len(workspaces) == 2
    titles = {each["title"] for each in other.boatyard("task", "list", "--json").json}
    assert titles == {"Do it", "Go on"}
    other.boatyard("workspace", "repair", voyage.done)
    assert "Do it" in other.boatyard("workspace", "cat", voyage.done, "repo/WORK.md").out
    assert "kept" in other.boatyard("workspace", "checkpoints", voyage.done).out
    assert (other.home / "config" / "themes" / "mine.toml").read_text() == 'name = "mine"\n'
    assert stat.S_IMODE((other.home / "data").stat().st_mode) == 0o700
    assert stat.S_IMODE((other.home / "data" / "boatyard.db").stat().st_mode) == 0o600


def test_a_backup_says_what_is_in_it_and_what_is_not_and_replaces_no_file(voyage: Voyage) -> None:
    again = voyage.backup.with_name("again.zip")
    said = voyage.user.boatyard("backup", str(again)).out
    assert "in it:" in said and "not in it:" in said and "secrets" in said
    assert stat.S_IMODE(again.stat().st_mode) == 0o600
    before = again.read_bytes()
    refused = voyage.user.boatyard("backup", str(again), ok=False)
    assert refused.code == 4 and "there already" in refused.err and again.read_bytes() == before
    assert [path for path in again.parent.iterdir() if path.name.startswith(".boatyard")] == []


def test_no_secret_is_in_a_backup(voyage: Voyage) -> None:
    with zipfile.ZipFile(voyage.backup) as archive:
        for name in archive.namelist():
            assert SECRET.encode() not in archive.read(name), name
        assert b"[agents.gated]" in archive.read("config/config.toml")


def test_what_was_there_is_moved_aside_whole(voyage: Voyage, other: User, tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "mine", {"a": "b\n"})
    other.boatyard("project", "add", "before", str(repository))
    running = other.boatyard("restore-backup", str(voyage.backup), ok=False)
    assert running.code == 4 and "engine stop" in running.err
    other.boatyard("engine", "stop")
    before = everything(other.home / "data")

    done = other.boatyard("restore-backup", str(voyage.backup), "--json").json
    assert everything(Path(done["moved_aside"])) == before
    assert {each["name"] for each in other.boatyard("project", "list", "--json").json} != {"before"}


def test_a_dry_run_checks_everything_and_changes_nothing(voyage: Voyage, other: User) -> None:
    said = other.boatyard("restore-backup", str(voyage.backup), "--dry-run").out
    assert "in order" in said and "Nothing was changed" in said
    assert not (other.home / "data").exists() and not (other.home / "config").exists()


def test_a_home_whose_processes_may_run_is_not_restored_over(voyage: Voyage) -> None:
    voyage.user.boatyard("engine", "stop")
    refused = voyage.user.boatyard("restore-backup", str(voyage.backup), ok=False)
    assert refused.code == 4 and "1 process" in refused.err


# What must be refused. Each forgery takes the members of a good backup and gives those of the bad one.

Members = dict[str, bytes]


def entry(name: str, mode: int = 0o100600) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def forge(source: Path, target: Path, change: Callable[[Members], None], mode: int = 0o100600) -> Path:
    """A backup with other members, its manifest made to fit; members that are new have the mode."""
    with zipfile.ZipFile(source) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    old = set(members)
    manifest = json.loads(members.pop("manifest.json"))
    change(members)
    manifest["members"] = [
        {"name": name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        for name, data in members.items()
    ]
    members.setdefault("manifest.json", json.dumps(manifest).encode())
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in members.items():
            # What is empty is not compressed: that would be most of the time that a hundred thousand take.
            kind = None if data else zipfile.ZIP_STORED
            archive.writestr(entry(name, 0o100600 if name in old else mode), data, compress_type=kind)
    return target


def adding(name: str, data: bytes = b"x") -> Callable[[Members], None]:
    return lambda members: members.update({name: data})


def database(*statements: str) -> Callable[[Members], None]:
    """Changes the database in it."""

    def change(members: Members) -> None:
        with contextlib.closing(sqlite3.connect(":memory:")) as connection:
            connection.deserialize(members["boatyard.db"])
            for statement in statements:
                connection.execute(statement)
            connection.commit()
            members["boatyard.db"] = connection.serialize()

    return change


def damaged(members: Members) -> None:
    data = bytearray(members["boatyard.db"])
    data[4096 * 2 : 4096 * 6] = os.urandom(4096 * 4)
    members["boatyard.db"] = bytes(data)


def broken_bundle(members: Members) -> None:
    name = next(name for name in members if name.endswith(".bundle"))
    members[name] = members[name][:-200] + bytes(200)


FORGERIES: dict[str, tuple[Callable[[Members], None], int, str]] = {
    "climbs": (adding("../../evil"), 0o100600, "no name of a part"),
    "climbs inside": (adding("images/../../evil"), 0o100600, "no name of a part"),
    "absolute": (adding("/tmp/evil-boatyard"), 0o100600, "no name of a part"),
    "backslash": (adding("images\\..\\evil"), 0o100600, "no name of a part"),
    "link": (adding("images/" + "a" * 64, b"/etc/passwd"), 0o120777, "no regular file"),
    "device": (adding("images/" + "b" * 64), 0o020600, "no regular file"),
    "fifo": (adding("images/" + "c" * 64), 0o010600, "no regular file"),
    "folder": (adding("images/"), 0o040700, "no name of a part"),
    "case twin": (adding("BOATYARD.DB"), 0o100600, "no name of a part"),
    "bomb": (adding("images/" + "d" * 64, bytes(80 * 2**20)), 0o100600, "too much"),
    "too many": (
        lambda members: members.update({f"images/{n:064x}": b"" for n in range(100_001)}),
        0o100600,
        "more than 100000",
    ),
    "large settings": (adding("config/themes/x.toml", os.urandom(2**20 + 1)), 0o100600, "is larger than"),
    "no database": (lambda members: members.__delitem__("boatyard.db"), 0o100600, "is missing"),
    "newer": (database("PRAGMA user_version = 9999"), 0o100600, "newer than"),
    "foreign": (database("PRAGMA application_id = 7"), 0o100600, "another program"),
    "text": (adding("boatyard.db", b"hello"), 0o100600, "not an SQLite database"),
    "empty": (adding("boatyard.db", b""), 0o100600, "not an SQLite database"),
    "damaged": (damaged, 0o100600, "boatyard.db"),
    "orphans": (
        database("PRAGMA foreign_keys = 0", "DELETE FROM project"),
        0o100600,
        "is damaged: row",
    ),
    "bundle": (broken_bundle, 0o100600, "git"),
    "manifest": (adding("manifest.json", b"{"), 0o100600, "cannot be read"),
    "format": (
        adding(
            "manifest.json",
            b'{"format": 2, "version": "9", "schema": 1, "made_at": 0, "members": []}',
        ),
        0o100600,
        "newer than this Boatyard",
    ),
}


def restored(home: Path, file: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    code = main(["--home", str(home), "restore-backup", str(file)])
    return code, capsys.readouterr().err


@pytest.mark.parametrize("what", FORGERIES)
def test_a_backup_that_is_not_in_order_is_refused_and_changes_nothing(
    voyage: Voyage, tmp_path: Path, capsys: pytest.CaptureFixture[str], what: str
) -> None:
    change, mode, said = FORGERIES[what]
    file = forge(voyage.backup, tmp_path / "forged.zip", change, mode)
    home = tmp_path / "home"
    (home / "data").mkdir(parents=True)
    (home / "data" / "mine").write_text("kept")
    code, err = restored(home, file, capsys)
    assert code in (1, 2) and said in err, err
    assert everything(home / "data") == {"mine": ((home / "data" / "mine").stat().st_mode, b"kept")}
    assert sorted(path.name for path in home.iterdir()) == ["data", "state"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["forged.zip", "home"]
    assert not Path("/tmp/evil-boatyard").exists()


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_member_that_is_there_twice_is_refused(
    voyage: Voyage, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "twice.zip"
    file.write_bytes(voyage.backup.read_bytes())
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr(entry("boatyard.db"), b"another")
    code, err = restored(tmp_path / "home", file, capsys)
    assert code == 2 and "twice" in err


@pytest.mark.parametrize(
    "text", [b"", b"hello", b"PK\x05\x06" + bytes(18), bytes(5000)], ids=("empty", "text", "end", "zeros")
)
def test_what_is_no_backup_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: bytes
) -> None:
    file = tmp_path / "none.zip"
    file.write_bytes(text)
    code, err = restored(tmp_path / "home", file, capsys)
    assert code == 2 and "refused" in err
    assert not (tmp_path / "home" / "data").exists()


def test_a_member_that_was_changed_is_refused(
    voyage: Voyage, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with zipfile.ZipFile(voyage.backup) as archive:
        members: dict[str, Any] = {name: archive.read(name) for name in archive.namelist()}
    theme = "config/themes/mine.toml"
    members[theme] = members[theme].replace(b"mine", b"evil")
    file = tmp_path / "changed.zip"
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in members.items():
            archive.writestr(entry(name), data)
    code, err = restored(tmp_path / "home", file, capsys)
    assert code == 2 and "not what the manifest says" in err


def test_backups_made_while_the_database_is_written_are_whole(voyage: Voyage, tmp_path: Path) -> None:
    ended = threading.Event()

    def write() -> None:
        while not ended.is_set():
            voyage.user.boatyard("task", "add", "more", "--project", project)

    project = voyage.user.boatyard("project", "list", "--json").json[0]["name"]
    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(3):
            voyage.user.boatyard("backup", str(tmp_path / f"{number}.zip"))
    finally:
        ended.set()
        writer.join()
    for number in range(3):
        home = User(tmp_path / f"home-{number}")
        home.boatyard("restore-backup", str(tmp_path / f"{number}.zip"), "--dry-run")


def test_the_users_repository_is_untouched(voyage: Voyage) -> None:
    assert git(voyage.repository, "status", "--porcelain") == ""
    assert git(voyage.repository, "for-each-ref", "--format=%(refname)") == "refs/heads/main"
