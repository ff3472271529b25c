"""The engine as a background process: started on demand, once; stopped; found dead; idle."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import logging
import os
import shutil
import signal
import socket
import stat
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest

from core.client import Client
from core.client.launch import engine_answers, engine_holds, ensure_engine
from core.errors import ConfigError, StorageError, UnreachableError
from core.paths import find_home
from core.server.audit import PrivateLog
from core.server.daemon import LOG_BYTES, LOG_FILES
from core.values.events import TaskChanged, WorkspaceChanged
from core.values.requests import RunCommand, SendPrompt, UpdateRepo, UpdateTask
from core.values.states import ProcessStatus, TaskStatus
from tests.waiting import until, until_async
from tests.yard import AGENTS, HOST, Daemon

pytestmark = pytest.mark.slow


@pytest.fixture
async def daemon(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Daemon]:
    """One whose engines are started as users start them."""
    monkeypatch.setenv("BOATYARD_DEMO_PACE", "0")
    async with Daemon() as each:
        yield each


@pytest.fixture
async def forked(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Daemon]:
    """One whose engines start sooner, where it is not about how they do."""
    monkeypatch.setenv("BOATYARD_DEMO_PACE", "0")
    async with Daemon(forked=True) as each:
        yield each


def engines(daemon: Daemon) -> list[psutil.Process]:
    """All engine processes of the home."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        words = process.info["cmdline"] or []
        if "core.server" in words and str(daemon.home.data) in words:
            found.append(process)
    return found


async def test_the_first_call_starts_it_and_the_second_finds_it(daemon: Daemon) -> None:
    assert await daemon.start() is True
    assert await daemon.start() is False
    status = await daemon.client.engine_status()
    assert (status.pid, status.home) == (daemon.pid, str(daemon.home.data))
    assert [process.pid for process in engines(daemon)] == [daemon.pid]


async def test_ten_callers_at_the_same_moment_get_one_engine(daemon: Daemon) -> None:
    await asyncio.gather(*(ensure_engine(daemon.home) for _ in range(10)))
    # Those that came too late take a moment to leave.
    await until(lambda: [process.pid for process in engines(daemon)] == [daemon.pid])
    assert (await daemon.client.engine_status()).pid == daemon.pid


async def test_it_belongs_to_nobodys_terminal(daemon: Daemon) -> None:
    await daemon.start()
    (engine,) = engines(daemon)
    assert engine.terminal() is None
    assert os.getsid(engine.pid) != os.getsid(0)
    assert engine.ppid() != os.getpid()


async def test_a_start_right_after_a_stop_waits_for_the_end_and_gets_a_new_engine(daemon: Daemon) -> None:
    await daemon.start()
    before = daemon.pid
    await daemon.client.stop_engine()
    await until(lambda: not daemon.home.socket.exists())
    await daemon.start()
    assert daemon.pid != before
    assert len(engines(daemon)) == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_stops_it_cleanly(daemon: Daemon, number: signal.Signals) -> None:
    await daemon.start()
    os.kill(daemon.pid, number)
    await daemon.gone()
    assert not daemon.home.socket.exists()
    assert "the engine has stopped" in daemon.home.log.read_text()


async def test_stopping_leaves_processes_running_and_the_next_engine_takes_them_up(forked: Daemon) -> None:
    await forked.start()
    gate = forked.fifo()
    workspace = await forked.workspace()
    argv = ("sh", "-c", f"echo before; read line < {gate}; echo after; exit 5")
    process = await forked.client.run_command(workspace.name, RunCommand(argv=argv))
    pid = forked.pid
    await forked.stop()
    await until(lambda: not psutil.pid_exists(pid))
    await forked.start()
    assert (await forked.client.process(process.id)).status is ProcessStatus.RUNNING
    assert (await forked.client.engine_status()).running == 1
    await asyncio.to_thread(gate.write_text, "go\n")
    ended = await forked.client.wait_process(process.id)
    assert (ended.status, ended.exit_code) == (ProcessStatus.FAILED, 5)
    assert (await forked.client.log(process.id)).text == "before\nafter\n"


async def test_a_process_that_ends_while_no_engine_runs_keeps_its_exit_code(forked: Daemon) -> None:
    await forked.start()
    gate = forked.fifo()
    workspace = await forked.workspace()
    argv = ("sh", "-c", f"read line < {gate}; seq 1 20000; exit 9")
    process = await forked.client.run_command(workspace.name, RunCommand(argv=argv))
    await forked.kill()
    await asyncio.to_thread(gate.write_text, "go\n")
    exit_file = forked.home.workspaces / workspace.name / "runs" / process.id / "exit"
    await until(lambda: exit_file.read_text().strip())
    await forked.start()
    ended = await forked.client.wait_process(process.id)
    assert (ended.status, ended.exit_code) == (ProcessStatus.FAILED, 9)
    chunk = await forked.client.log(process.id, offset=0, limit=2**20)
    assert chunk.text.splitlines() == [str(number) for number in range(1, 20001)]


async def test_a_turn_that_ended_while_no_engine_ran_is_seen_to(
    forked: Daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = forked.fifo()
    monkeypatch.setenv("GATE", str(gate))
    await forked.start()
    workspace = await forked.workspace(agent="gated")
    await forked.client.send(workspace.name, SendPrompt(prompt="next", agent="writer"))
    await forked.kill()
    await asyncio.to_thread(gate.write_text, "go\n")
    await forked.start()
    async with forked.watch() as watch:
        if (await forked.client.workspace(workspace.name)).turns < 2:
            await watch.until(WorkspaceChanged, lambda e: e.workspace.turns == 2)
    await forked.turn(workspace)
    assert (Path(workspace.repos[0].path) / "WORK.md").read_text().startswith("next\n")
    (task,) = await forked.client.tasks()
    assert task.status in (TaskStatus.IN_PROGRESS, TaskStatus.IN_REVIEW)


async def test_what_follows_a_turn_is_done_by_the_next_engine_when_the_first_was_killed_before(
    forked: Daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cleanup script, which runs after a turn, kills the engine: task and queue are still seen to."""
    await forked.start()
    workspace = await forked.workspace(agent="writer", title="first")
    await forked.turn(workspace)
    (repo,) = await forked.client.repos()
    await until_reviewed(forked)
    once = f"mkdir ../once && kill -9 {forked.pid}; true"
    await forked.client.update_repo(repo.id, UpdateRepo(cleanup_script=once))
    await forked.client.send(workspace.name, SendPrompt(prompt="second"))
    await forked.gone()
    assert await forked.start()
    await until_reviewed(forked)
    assert (await forked.client.workspace(workspace.name)).turns == 2


async def until_reviewed(daemon: Daemon) -> None:
    async with daemon.watch() as watch:
        (task,) = await daemon.client.tasks()
        if task.status is not TaskStatus.IN_REVIEW:
            await watch.until(TaskChanged, lambda e: e.task.status is TaskStatus.IN_REVIEW)


async def test_it_stops_by_itself_when_nobody_needs_it() -> None:
    async with Daemon("[engine]\nidle_minutes = 0.002\n" + HOST + AGENTS, forked=True) as daemon:
        await daemon.start()
        await daemon.gone()
        assert "nobody has needed the engine" in daemon.home.log.read_text()


async def test_it_stays_while_a_process_runs_or_somebody_listens() -> None:
    async with Daemon("[engine]\nidle_minutes = 0.005\n" + HOST + AGENTS, forked=True) as daemon:
        await daemon.start()
        gate = daemon.fifo()
        workspace = await daemon.workspace()
        argv = ("sh", "-c", f"read line < {gate}")
        process = await daemon.client.run_command(workspace.name, RunCommand(argv=argv))
        pid = daemon.pid
        with pytest.raises(TimeoutError):  # several times the limit
            async with asyncio.timeout(1.5):
                await daemon.gone()
        assert (await daemon.client.process(process.id)).status is ProcessStatus.RUNNING
        async with daemon.watch():
            await asyncio.to_thread(gate.write_text, "go\n")
            await daemon.client.wait_process(process.id)
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(1.0):
                    await daemon.gone()
            assert daemon.pid == pid
        await daemon.gone()


async def test_the_socket_of_a_dead_engine_is_replaced(forked: Daemon) -> None:
    forked.home.socket.parent.mkdir(parents=True, exist_ok=True)
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(forked.home.socket))
    assert not await engine_answers(forked.home)
    await forked.start()
    assert (await forked.client.engine_status()).pid == forked.pid


@pytest.mark.parametrize("what", ["the socket", "its folder", "something else in its place"])
async def test_a_socket_that_was_removed_comes_back(forked: Daemon, what: str) -> None:
    await forked.start()
    task, pid = await forked.task("here"), forked.pid
    if what == "its folder":
        shutil.rmtree(forked.home.socket.parent)
    else:
        forked.home.socket.unlink()
    if what == "something else in its place":
        forked.home.socket.touch()
    await until_async(lambda: engine_answers(forked.home), seconds=60)
    assert not await forked.start(), "a second engine was started"
    async with Client(forked.home.socket) as client:
        assert (await client.tasks())[0].id == task.id
    assert forked.pid == pid
    assert stat.S_IMODE(forked.home.socket.stat().st_mode) == 0o600
    assert stat.S_IMODE(forked.home.socket.parent.stat().st_mode) == 0o700


async def test_after_a_reboot_what_ran_is_lost_with_a_reason_and_work_goes_on(forked: Daemon) -> None:
    await forked.start()
    workspace = await forked.workspace()
    argv = ("sh", "-c", "echo before; exec sleep 600")
    process = await forked.client.run_command(workspace.name, RunCommand(argv=argv))
    run = forked.home.workspaces / workspace.name / "runs" / process.id
    await until(lambda: (run / "out").read_bytes() == b"before\n", seconds=60)
    # A reboot ends everything at once, without a word, and clears the folder for sockets.
    await forked.kill()
    for each in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if each.environ().get("BOATYARD_RUN") == run.name or str(run) in each.cmdline():
                each.kill()
    shutil.rmtree(forked.home.socket.parent)
    await forked.start()
    ended = await forked.client.wait_process(process.id)
    assert (ended.status, ended.exit_code) == (ProcessStatus.LOST, None)
    assert ended.reason
    assert (await forked.client.log(process.id)).text == "before\n"
    again = await forked.client.run_command(workspace.name, RunCommand(argv=("true",)))
    assert (await forked.client.wait_process(again.id)).exit_code == 0


async def test_socket_lock_log_and_database_are_the_users_alone_whatever_the_umask() -> None:
    before = os.umask(0)
    try:
        async with Daemon() as daemon:
            await daemon.start()
            home = daemon.home
            folders = (home.data, home.state, home.socket.parent, home.workspaces, home.trash)
            assert {path: stat.S_IMODE(path.stat().st_mode) for path in folders} == dict.fromkeys(
                folders, 0o700
            )
            files = (home.socket, home.lock, home.log, home.database, home.data / "migration.lock")
            assert {path: stat.S_IMODE(path.stat().st_mode) for path in files} == dict.fromkeys(files, 0o600)
    finally:
        os.umask(before)


async def test_a_home_with_a_long_path_has_its_socket_elsewhere(tmp_path: Path) -> None:
    home = find_home(str(tmp_path / ("long" * 40)))
    assert len(os.fsencode(home.socket)) < 108
    home.create()
    (home.config / "config.toml").write_text(HOST)
    await ensure_engine(home)
    async with Client(home.socket) as client:
        assert (await client.engine_status()).home == str(home.data)
        await client.stop_engine()
    await until(lambda: not engine_holds(home))
    home.socket.parent.rmdir()


async def test_wrong_settings_keep_it_from_starting_and_are_told_to_the_caller(daemon: Daemon) -> None:
    (daemon.home.config / "config.toml").write_text("[workspace]\nrunnner = 'host'\n")
    with pytest.raises(ConfigError, match=r"config\.toml, line 2") as refusal:
        await daemon.start()
    assert "'runner'" in refusal.value.hint
    daemon.configure()


async def test_a_database_that_is_refused_is_told_to_the_caller(daemon: Daemon) -> None:
    daemon.home.database.write_bytes(b"no database")
    with pytest.raises(StorageError, match="not an SQLite database") as refusal:
        await daemon.start()
    assert "backups" in refusal.value.hint
    assert daemon.home.database.read_bytes() == b"no database"
    daemon.home.database.unlink()


async def test_an_engine_that_dies_while_it_starts_is_told_with_where_to_look(
    daemon: Daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(UnreachableError, match="ended while it was starting") as refusal:
        await daemon.start()
    assert str(daemon.home.log) in refusal.value.hint
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    with pytest.raises(UnreachableError, match="cannot be started"):
        await daemon.start()
    monkeypatch.undo()


async def test_a_lock_that_nobody_lets_go_of_is_told(daemon: Daemon, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.client.launch.OTHER_SECONDS", 0.2)
    with daemon.home.lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(UnreachableError, match="holds") as refusal:
            await ensure_engine(daemon.home)
    assert "engine logs" in refusal.value.hint


async def test_the_log_is_rotated(daemon: Daemon) -> None:
    log = PrivateLog(daemon.home.log, maxBytes=LOG_BYTES, backupCount=LOG_FILES)
    record = logging.LogRecord("x", logging.INFO, "", 0, "y" * 2**20, None, None)
    for _ in range(24):
        log.emit(record)
    log.close()
    files = sorted(daemon.home.state.glob("engine.log*"))
    assert len(files) == LOG_FILES + 1
    assert all(path.stat().st_size <= LOG_BYTES and path.stat().st_mode & 0o077 == 0 for path in files)


async def test_two_homes_see_nothing_of_each_other(daemon: Daemon) -> None:
    await daemon.start()
    await daemon.task("here")
    async with Daemon(forked=True) as other:
        await other.start()
        assert (await other.client.engine_status()).instance != (await daemon.client.engine_status()).instance
        assert (await other.client.tasks(), await other.client.repos()) == ((), ())


async def test_an_acknowledged_write_survives_a_kill(forked: Daemon) -> None:
    await forked.start()
    task = await forked.task("x")
    for number in range(20):
        await forked.client.update_task(task.id, UpdateTask(title=f"title {number}"))
        if number % 7 == 0:
            await forked.restart()
            assert (await forked.client.task(task.id)).title == f"title {number}"
