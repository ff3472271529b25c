"""Ending everything that a run started, and nothing else."""

from __future__ import annotations

import os
import signal
import sys
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest

from core.processes.command import Command
from core.processes.launch import launch
from core.processes.run_directory import ExitReport, RunDirectory
from core.processes.tree import members, terminate, wrapper_of
from tests.waiting import until


class Runs:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.all: list[RunDirectory] = []

    async def start(self, script: str) -> RunDirectory:
        run = RunDirectory(self.folder / uuid.uuid4().hex)
        self.all.append(run)
        run.create(Command(("sh", "-c", script), "/", stdin=b""))
        await launch(run, ("sh", "-c", script), "/", dict(os.environ))
        return run

    async def started_pids(self, script: str, count: int) -> tuple[RunDirectory, list[psutil.Process]]:
        """Starts a script that prints the ids of what it starts; gives these processes."""
        run = await self.start(script)
        await until(lambda: len(run.read("out", 0).split()) == count)
        return run, [psutil.Process(int(word)) for word in run.read("out", 0).split()]


def gone(processes: list[psutil.Process]) -> bool:
    return not any(p.is_running() and p.status() != psutil.STATUS_ZOMBIE for p in processes)


@pytest.fixture
async def runs(tmp_path: Path) -> AsyncIterator[Runs]:
    made = Runs(tmp_path)
    yield made
    await terminate(made.all, 0.0)


async def test_a_grandchild_in_its_own_session_goes_too(runs: Runs) -> None:
    script = "setsid sh -c 'echo $$; setsid sleep 600 & echo $!; wait' & echo $$; wait"
    run, processes = await runs.started_pids(script, 3)
    await terminate([run], 5.0)
    assert gone(processes) and members([run]) == []
    await until(lambda: run.exit_report() is not None)
    assert run.exit_report() == ExitReport(143)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="subreapers are Linux's")
async def test_an_orphan_that_hid_its_environment_goes_too(runs: Runs) -> None:
    script = "(setsid env -i sleep 600 & echo $!); echo $$; exec sleep 600"
    run, processes = await runs.started_pids(script, 2)
    await terminate([run], 5.0)
    assert gone(processes)


async def test_what_ignores_the_request_is_killed(runs: Runs) -> None:
    run, processes = await runs.started_pids("trap '' TERM; echo $$; while :; do sleep 600; done", 1)
    await terminate([run], 0.2)
    assert gone(processes)
    await until(lambda: run.exit_report() == ExitReport(137))


async def test_what_asks_for_time_gets_it(runs: Runs) -> None:
    script = "trap 'echo cleaned; exit 12' TERM; echo $$; while :; do sleep 0.05; done"
    run, _ = await runs.started_pids(script, 1)
    await terminate([run], 10.0)
    await until(lambda: run.exit_report() == ExitReport(12))
    assert b"cleaned" in run.read("out", 0)


async def test_what_survived_its_killed_wrapper_is_found(runs: Runs) -> None:
    run, processes = await runs.started_pids("echo $$; exec sleep 600", 1)
    wrapper = wrapper_of(run)
    assert wrapper is not None
    wrapper.send_signal(signal.SIGKILL)
    await until(lambda: not run.alive())
    assert not gone(processes)
    await terminate([run], 5.0)
    assert gone(processes) and run.exit_report() is None


async def test_another_run_is_left_alone(runs: Runs) -> None:
    run, _ = await runs.started_pids("echo $$; exec sleep 600", 1)
    other, processes = await runs.started_pids("echo $$; exec sleep 600", 1)
    await terminate([run], 5.0)
    assert not gone(processes) and other.alive()


async def test_a_foreign_process_id_is_not_believed(runs: Runs) -> None:
    run, _ = await runs.started_pids("echo $$; exec sleep 600", 1)
    (run.path / "pid").write_bytes(f"{os.getpid():<15d} {os.getpid():<15d}\n".encode())
    assert wrapper_of(run) is None
    await terminate([run], 5.0)
    await until(lambda: run.exit_report() is not None)


async def test_ending_what_has_ended_changes_nothing(runs: Runs) -> None:
    run = await runs.start("exit 3")
    await until(lambda: run.exit_report() is not None)
    await terminate([run], 0.0)
    assert run.exit_report() == ExitReport(3)


async def test_the_starter_keeps_no_child(runs: Runs) -> None:
    run, _ = await runs.started_pids("echo $$; exec sleep 600", 1)
    wrapper = wrapper_of(run)
    assert wrapper is not None and wrapper.ppid() != os.getpid()
    assert [child for child in psutil.Process().children() if child.pid == wrapper.pid] == []
