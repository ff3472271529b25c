"""Following runs: every byte once, the end last, lost runs told, silence cheap."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from pathlib import Path

import pytest

from core.processes.command import Command
from core.processes.follow import Ended, Output, follow
from core.processes.run_directory import CHUNK, ExitReport, RunDirectory


async def yes() -> bool:
    return True


async def no() -> bool:
    return False


@pytest.fixture
def run(tmp_path: Path) -> RunDirectory:
    made = RunDirectory(tmp_path / "run")
    made.create(Command(("true",), "/"))
    return made


def write(run: RunDirectory, stream: str, data: bytes) -> None:
    with open(run.path / stream, "ab") as file:
        file.write(data)


def end(run: RunDirectory, code: int = 0) -> None:
    with open(run.path / "exit", "r+b") as file:
        file.write(f"{code:<4d}   \n".encode())


async def collect(run: RunDirectory, out: int = 0, err: int = 0) -> tuple[bytes, bytes, ExitReport | None]:
    parts = {"out": b"", "err": b""}
    async with asyncio.timeout(20):
        async for event in follow(run, yes, out=out, err=err):
            if isinstance(event, Ended):
                return parts["out"], parts["err"], event.report
            parts[event.stream] += event.data
    raise AssertionError


async def test_all_output_comes_before_the_end(run: RunDirectory) -> None:
    write(run, "out", b"o" * (CHUNK * 3 + 1))
    write(run, "err", b"e")
    end(run, 7)
    assert await collect(run) == (b"o" * (CHUNK * 3 + 1), b"e", ExitReport(7))


async def test_a_new_follower_goes_on_where_the_last_one_stopped(run: RunDirectory) -> None:
    write(run, "out", b"first second")
    write(run, "err", b"abc")
    end(run)
    assert await collect(run, out=6, err=3) == (b"second", b"", ExitReport(0))


async def test_growth_is_seen_while_it_happens(run: RunDirectory) -> None:
    seen: list[tuple[int, bytes]] = []
    write(run, "out", b"next")
    async with asyncio.timeout(20):
        async for event in follow(run, yes):
            if isinstance(event, Ended):
                break
            seen.append((event.offset, event.data))
            if len(seen) == 3:
                end(run)
            else:
                write(run, "out", b"next")
            assert event.end == event.offset + len(event.data)
        else:
            raise AssertionError
    assert seen == [(0, b"next"), (4, b"next"), (8, b"next")]


@pytest.mark.parametrize("at", ["just before", "just after"])
async def test_output_between_the_last_look_and_the_end_is_not_missed(
    run: RunDirectory, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    """The command writes and ends right beside the follower's question whether it has ended."""
    read = RunDirectory.exit_report
    asked = 0

    def racing(self: RunDirectory) -> ExitReport | None:
        nonlocal asked
        asked += 1
        report = read(self) if at == "just after" else None
        if asked == 2:
            write(run, "out", b"last words")
            end(run, 1)
        return report or read(self) if at == "just before" else report

    monkeypatch.setattr(RunDirectory, "exit_report", racing)
    assert await collect(run) == (b"last words", b"", ExitReport(1))


async def test_a_run_whose_wrapper_is_gone_is_lost_with_all_its_output(run: RunDirectory) -> None:
    write(run, "out", b"half")
    events = [event async for event in follow(run, no, liveness_seconds=0.05)]
    assert events == [Output("out", 0, b"half"), Ended(None)]


async def test_an_exit_code_written_while_life_is_asked_for_counts(run: RunDirectory) -> None:
    async def dies_reporting() -> bool:
        write(run, "out", b"bye")
        end(run, 2)
        return False

    events = [event async for event in follow(run, dies_reporting, liveness_seconds=0.05)]
    assert events == [Output("out", 0, b"bye"), Ended(ExitReport(2))]


async def test_a_run_directory_that_is_gone_is_a_lost_run(tmp_path: Path) -> None:
    assert [event async for event in follow(RunDirectory(tmp_path / "none"), yes)] == [Ended(None)]


@pytest.mark.parametrize("how", ["link", "fifo", "missing"])
async def test_replaced_streams_stop_growing_and_the_end_still_comes(
    run: RunDirectory, tmp_path: Path, how: str
) -> None:
    (run.path / "out").unlink()
    if how == "link":
        (tmp_path / "secret").write_text("secret")
        (run.path / "out").symlink_to(tmp_path / "secret")
    elif how == "fifo":
        os.mkfifo(run.path / "out")
    end(run)
    assert await collect(run) == (b"", b"", ExitReport(0))


@pytest.mark.slow
async def test_a_hundred_silent_runs_cost_next_to_nothing(tmp_path: Path) -> None:
    runs = [RunDirectory(tmp_path / str(number)) for number in range(100)]
    for run in runs:
        run.create(Command(("true",), "/"))

    async def drain(run: RunDirectory) -> None:
        async for _ in follow(run, yes):
            pass

    tasks = [asyncio.create_task(drain(run)) for run in runs]
    await asyncio.sleep(1.5)  # Until the pauses have grown to their longest: nothing else tells.
    before, since = time.process_time(), time.monotonic()
    await asyncio.sleep(2.0)
    share = (time.process_time() - before) / (time.monotonic() - since)
    for task in tasks:
        task.cancel()
    for task in tasks:
        with contextlib.suppress(asyncio.CancelledError):
            await task
    assert share < 0.03, f"{share:.1%} of a processor"  # Measured: 0.9 %.


async def test_output_that_nobody_reads_is_told_by_its_size_alone(run: RunDirectory) -> None:
    write(run, "out", b"o" * (CHUNK * 3))
    end(run)
    seen: list[tuple[int, bytes]] = []
    async with asyncio.timeout(20):
        async for event in follow(run, yes, unread=True):
            if isinstance(event, Ended):
                break
            seen.append((event.end, event.data))
    assert seen == [(CHUNK * 3, b"")]
