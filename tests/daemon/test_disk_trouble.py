"""A disk that is full or read-only, and a database that somebody else holds or has exchanged.

The disk is a small one of its own, which only root can mount. Nothing is lost, it is said in words, and no
engine has to be started again.
"""

from __future__ import annotations

import asyncio
import errno
import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from core.errors import BoatyardError, StorageError
from core.values.access import Scope
from core.values.requests import (
    AddImage,
    AddTag,
    AddTask,
    AddToken,
    ArchiveWorkspace,
    MergeWorkspace,
    NewWorkspace,
    PublishWorkspace,
    PutScratch,
    RemixWorkspace,
    RemoveWorkspace,
    RestoreTo,
    RunCommand,
    SendPrompt,
    TakeCheckpoint,
    UpdateRepo,
    UpdateTask,
)
from core.values.states import OperationStatus, ProcessStatus
from tests.bench.soak_checks import database_wrongs, repository_wrongs
from tests.cli.test_verbs import PIXEL
from tests.waiting import until
from tests.yard import Daemon

pytestmark = pytest.mark.slow

SIZE_MB = 64


def mount(*argv: str) -> bool:
    return subprocess.run(["mount", *argv], capture_output=True, check=False).returncode == 0


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A file system of its own, with a short path: a socket will be on it."""
    folder = Path(tempfile.mkdtemp(prefix="disk-"))
    if os.getuid() != 0 or not mount("-t", "tmpfs", "-o", f"size={SIZE_MB}m", "tmpfs", str(folder)):
        folder.rmdir()
        pytest.skip("only root can mount a small disk, and not in every container")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)
        folder.rmdir()


@pytest.fixture
async def afloat(small_disk: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Daemon]:
    """A home, and the user's repository, on the small disk."""
    monkeypatch.setattr(tempfile, "tempdir", str(small_disk))
    daemon = Daemon(forked=True)
    monkeypatch.setattr(tempfile, "tempdir", None)
    async with daemon:
        yield daemon


class Ballast:
    """Fills the disk to its last byte."""

    def __init__(self, disk: Path) -> None:
        self._path = disk / "ballast"

    def load(self) -> None:
        with self._path.open("ab", buffering=0) as file:
            for size in (2**20, 4096, 1):
                try:
                    while True:
                        file.write(b"\0" * size)
                except OSError as error:
                    assert error.errno == errno.ENOSPC

    def drop(self) -> None:
        self._path.unlink()


class Lid:
    """Makes the disk read-only for whatever opens a file there from now on, under a running engine.

    No file system can be made read-only while somebody holds a file open for writing, as SQLite does:
    so it is mounted over itself, read-only. What is open already goes on as it is.
    """

    def __init__(self, disk: Path) -> None:
        self._disk = str(disk)

    def load(self) -> None:
        """By way of another place, where nobody opens a file in between, which would keep it from being made
        read-only; a mount of that is read-only as it is."""
        with tempfile.TemporaryDirectory(prefix="lid-") as aside:
            assert mount("--bind", self._disk, aside)
            assert mount("-o", "remount,bind,ro", aside)
            assert mount("--bind", aside, self._disk)
            subprocess.run(["umount", "-l", aside], check=True)

    def drop(self) -> None:
        subprocess.run(["umount", "-l", self._disk], check=True)


Act = Callable[[Daemon], Awaitable[object]]


async def operation(daemon: Daemon, begun: Awaitable[object]) -> None:
    """Waits for an operation; one that did not end well raises what it says."""
    ended = await daemon.client.wait_operation((await begun).id)  # type: ignore[attr-defined]
    if ended.status is not OperationStatus.DONE:
        error = ended.error or {}
        raise BoatyardError(str(error.get("message")), hint=str(error.get("hint")))


async def turn(daemon: Daemon) -> None:
    sent = await daemon.client.send("do-it", SendPrompt(prompt="more", agent="writer"))
    ended = await daemon.client.wait_process(sent.id)
    if ended.status is not ProcessStatus.COMPLETED:
        raise BoatyardError(ended.reason)


async def command(daemon: Daemon) -> None:
    process = await daemon.client.run_command("do-it", RunCommand(argv=("sh", "-c", "echo x; exit 0")))
    ended = await daemon.client.wait_process(process.id)
    if ended.status is not ProcessStatus.COMPLETED:
        raise BoatyardError(ended.reason)


async def another(daemon: Daemon) -> None:
    (task, *_) = await daemon.client.tasks()
    await operation(daemon, daemon.client.new_workspace(NewWorkspace(task=task.id, name="another")))


async def retitle(daemon: Daemon) -> None:
    (task, *_) = await daemon.client.tasks()
    await daemon.client.update_task(task.id, UpdateTask(description="x" * 50_000))


async def back(daemon: Daemon) -> None:
    """To the checkpoint that was taken before."""
    (number, *_) = [each.number for each in await daemon.client.checkpoints("do-it") if each.message == "m"]
    await operation(daemon, daemon.client.restore_to("do-it", RestoreTo(number=number)))


async def rescript(daemon: Daemon) -> None:
    await daemon.client.update_repo("repo", UpdateRepo(cleanup_script="#" * 50_000))


WRITES: dict[str, Act] = {
    "a task": lambda d: d.client.add_task(AddTask(project="harbour", title="x", description="y" * 50_000)),
    "a task that changes": retitle,
    "a tag": lambda d: d.client.add_tag(AddTag(name="tag", content="x" * 50_000)),
    "a draft": lambda d: d.client.put_scratch("draft_task", "x", PutScratch(payload={"text": "x" * 50_000})),
    "a token": lambda d: d.client.add_token(AddToken(name="phone", scope=Scope.READ)),
    "a command": command,
    "a turn": turn,
    "a checkpoint": lambda d: d.client.take_checkpoint("do-it", TakeCheckpoint(message="m")),
    "going back": back,
    "a remix": lambda d: operation(d, d.client.remix_workspace("do-it", RemixWorkspace(name="again"))),
    "a picture": lambda d: d.client.add_image(AddImage(path=str(d.folder / "dot.png"))),
    "scripts of a repository": rescript,
    "a publication": lambda d: operation(d, d.client.publish_workspace("do-it", PublishWorkspace())),
    "a merge": lambda d: d.client.merge("do-it", MergeWorkspace()),
    "a workspace": another,
    "a closing": lambda d: operation(d, d.client.close_workspace("do-it")),
    "an opening": lambda d: operation(d, d.client.restore_workspace("do-it")),
    "an archiving": lambda d: operation(d, d.client.archive_workspace("do-it", ArchiveWorkspace())),
    "a removal": lambda d: operation(d, d.client.remove_workspace("do-it", RemoveWorkspace(force=True))),
    "a recovery": lambda d: operation(d, d.client.recover_workspace("do-it")),
}
"""Everything that writes, in an order in which one can follow the other."""


async def filled(daemon: Daemon) -> None:
    """A workspace with work of every kind in it, and a page to publish."""
    await daemon.start()
    workspace = await daemon.workspace(name="do-it", agent="writer", prompt="begin")
    await daemon.turn(workspace)
    folder = Path(workspace.repos[0].path)
    (folder / "canvas").mkdir()
    (folder / "canvas" / "index.html").write_text("page")
    (folder / "canvas" / "large.bin").write_bytes(os.urandom(300_000))
    (daemon.folder / "dot.png").write_bytes(PIXEL)


async def through(daemon: Daemon, obstacle: Ballast | Lid, *, words: tuple[str, ...]) -> int:
    """Every write, with and then without the obstacle, under one engine; how many were refused."""
    await filled(daemon)
    pid, refused = daemon.pid, 0
    for name, act in WRITES.items():
        obstacle.load()
        try:
            async with asyncio.timeout(120):
                await act(daemon)
        except BoatyardError as error:
            refused += 1
            told = f"{error.message} {error.hint}"
            assert error.message and "unexpected" not in told, (name, error)
            assert not words or any(word in told for word in words), (name, told)
        finally:
            obstacle.drop()
        assert daemon.pid == pid and (await daemon.client.engine_status()).pid == pid, name
        try:
            await act(daemon)
        except BoatyardError as error:  # it was done the first time, in what room there was
            assert error.code in ("conflict", "not_found"), (name, error)
    await daemon.stop()
    assert [wrong for wrong in database_wrongs(daemon.home) if "queue" not in wrong] == []
    assert repository_wrongs(daemon.folder / "repo") == []
    await daemon.start()
    return refused


async def test_nothing_is_lost_on_a_full_disk_and_everything_goes_on_when_there_is_room(
    afloat: Daemon, small_disk: Path
) -> None:
    refused = await through(afloat, Ballast(small_disk), words=())
    assert refused >= len(WRITES) // 2, "the disk was never full"


async def test_nothing_is_lost_on_a_disk_that_becomes_read_only_and_everything_goes_on_when_it_is_not(
    afloat: Daemon, small_disk: Path
) -> None:
    refused = await through(afloat, Lid(small_disk), words=("ead-only",))
    assert refused >= len(WRITES) // 2, "nothing was written to"


async def test_a_process_that_ends_on_a_full_disk_keeps_its_exit_code(
    afloat: Daemon, small_disk: Path
) -> None:
    await afloat.start()
    workspace = await afloat.workspace()
    gate, ballast = afloat.fifo(), Ballast(small_disk)
    argv = ("sh", "-c", f"echo before; read line < {gate}; seq 1 100000; exit 7")
    process = await afloat.client.run_command(workspace.name, RunCommand(argv=argv))
    run = afloat.home.workspaces / workspace.name / "runs" / process.id
    await until(lambda: (run / "out").read_bytes() == b"before\n", seconds=60)
    ballast.load()
    await asyncio.to_thread(gate.write_text, "go\n")
    await until(lambda: (run / "exit").read_text().strip(), seconds=60)
    ballast.drop()
    ended = await afloat.client.wait_process(process.id)
    assert (ended.status, ended.exit_code) == (ProcessStatus.FAILED, 7)
    assert (await afloat.client.log(process.id, offset=0, limit=7)).text == "before\n"


async def test_an_engine_on_a_read_only_disk_says_so_and_starts_when_it_is_writable(
    afloat: Daemon, small_disk: Path
) -> None:
    await afloat.start()
    task = await afloat.task("kept")
    await afloat.stop()
    await until(lambda: mount("-o", "remount,ro", str(small_disk)), seconds=60)  # it is being let go of
    try:
        with pytest.raises(BoatyardError) as refusal:
            await afloat.start()
        assert "ead-only" in refusal.value.message + refusal.value.hint
    finally:
        assert mount("-o", "remount,rw", str(small_disk))
    await afloat.start()
    assert [each.id for each in await afloat.client.tasks()] == [task.id]


async def test_a_database_that_somebody_holds_is_waited_for_and_then_told(daemon: Daemon) -> None:
    await daemon.start()
    task, pid = await daemon.task("kept"), daemon.pid
    with closing(sqlite3.connect(daemon.home.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageError, match="locked"):
            await daemon.client.update_task(task.id, UpdateTask(title="never"))
        assert (await daemon.client.task(task.id)).title == "kept"
        waits = asyncio.create_task(daemon.client.update_task(task.id, UpdateTask(title="changed")))
        await asyncio.sleep(0)
        other.execute("ROLLBACK")
        assert (await waits).title == "changed"
    assert daemon.pid == pid


async def test_an_older_copy_of_the_database_is_used_and_what_it_does_not_know_stays(daemon: Daemon) -> None:
    await daemon.start()
    old = await daemon.workspace(name="old", agent="writer")
    await daemon.turn(old)
    await daemon.stop()
    copy = daemon.folder / "copy.db"
    with closing(sqlite3.connect(daemon.home.database)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(daemon.home.database, copy)
    await daemon.start()
    new = await daemon.workspace(name="new", title="another", agent="writer")
    await daemon.turn(new)
    page = Path(new.repos[0].path) / "WORK.md"
    written = page.read_text()
    await daemon.stop()
    for end in ("-wal", "-shm"):
        daemon.home.database.with_name(daemon.home.database.name + end).unlink(missing_ok=True)
    shutil.copy(copy, daemon.home.database)
    await daemon.start()
    assert [each.name for each in await daemon.client.workspaces()] == ["old"]
    assert page.read_text() == written, "work that the database does not know was deleted"
    await daemon.client.send("old", SendPrompt(prompt="on"))
    assert (await daemon.turn("old")).status is ProcessStatus.COMPLETED
