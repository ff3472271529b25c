"""Run directories: made private, read safely whatever a sandbox puts in the place of their files."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BoatyardError, ConflictError, NotFoundError, StorageError, UsageError
from core.processes.command import ARGUMENT_LIMIT, Command
from core.processes.run_directory import (
    CHUNK,
    STREAM_LIMIT,
    ExitReport,
    ProcessIds,
    RunDirectory,
    parse_exit,
    parse_pids,
)

COMMAND = Command(("true",), "/", {"TOKEN": "secret-value"})


@pytest.fixture
def run(tmp_path: Path) -> RunDirectory:
    made = RunDirectory(tmp_path / "run")
    made.create(COMMAND)
    return made


def test_everything_is_private_under_any_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        run = RunDirectory(tmp_path / "run")
        run.create(Command(("cat",), "/", stdin=b"prompt"))
    finally:
        os.umask(before)
    assert stat.S_IMODE(run.path.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in run.path.iterdir()} == {0o600}


def test_variables_are_not_written_to_disk(run: RunDirectory) -> None:
    assert b"secret-value" not in b"".join(p.read_bytes() for p in run.path.iterdir() if p.is_file())


def test_a_run_that_has_not_begun_has_no_pid_no_exit_and_no_life(run: RunDirectory) -> None:
    assert (run.pid(), run.exit_code(), run.started(), run.alive()) == (None, None, False, False)


def test_a_run_directory_is_never_reused(run: RunDirectory) -> None:
    with pytest.raises(ConflictError, match="exists already"):
        run.create(COMMAND)


def test_a_missing_parent_is_told(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be made"):
        RunDirectory(tmp_path / "none" / "run").create(COMMAND)


@pytest.mark.parametrize(
    "command",
    [
        Command((), "/"),
        Command(("",), "/"),
        Command(("a\0b",), "/"),
        Command(("a",), "relative"),
        Command(("a",), "/", {"": "x"}),
        Command(("a",), "/", {"A=B": "x"}),
        Command(("a",), "/", {"A": "\0"}),
        Command(("a", "x" * ARGUMENT_LIMIT), "/"),
    ],
    ids=["empty", "nameless", "nul", "relative", "no name", "equals", "nul value", "long"],
)
def test_a_command_that_nothing_could_run_is_refused_before_anything_is_made(
    tmp_path: Path, command: Command
) -> None:
    with pytest.raises(UsageError):
        RunDirectory(tmp_path / "run").create(command)
    assert not (tmp_path / "run").exists()


def _replace(path: Path, how: str, target: Path) -> None:
    path.unlink()
    if how == "link":
        path.symlink_to(target)
    elif how == "fifo":
        os.mkfifo(path)
    elif how == "folder":
        path.mkdir()
    elif how == "huge":
        path.touch()
        os.truncate(path, 100 * 1024**3)
    else:
        assert how == "missing"


@pytest.mark.parametrize("how", ["link", "fifo", "folder"])
def test_a_replaced_stream_is_refused(run: RunDirectory, tmp_path: Path, how: str) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    _replace(run.path / "out", how, secret)
    with pytest.raises(StorageError):
        run.size("out")
    with pytest.raises(StorageError):
        run.read("out", 0)


def test_a_missing_stream_is_empty_and_reading_it_says_so(run: RunDirectory) -> None:
    (run.path / "out").unlink()
    assert run.size("out") == 0
    with pytest.raises(NotFoundError):
        run.read("out", 0)


def test_a_huge_stream_is_read_piece_by_piece_and_only_so_far(run: RunDirectory, tmp_path: Path) -> None:
    _replace(run.path / "out", "huge", tmp_path)
    assert run.size("out") == STREAM_LIMIT
    assert len(run.read("out", 0, 10**9)) == CHUNK
    assert run.read("out", STREAM_LIMIT) == b""


@pytest.mark.parametrize("name", ["exit", "pid"])
@pytest.mark.parametrize("how", ["link", "fifo", "folder", "huge", "missing"])
def test_a_replaced_report_counts_as_none(run: RunDirectory, tmp_path: Path, name: str, how: str) -> None:
    target = tmp_path / "plausible"
    target.write_bytes(b"0      \n" if name == "exit" else b"1               1              \n")
    _replace(run.path / name, how, target)
    assert (run.exit_report(), run.pids()) == (None, None)


@pytest.mark.parametrize("how", ["link", "folder", "huge", "missing"])
async def test_a_replaced_input_takes_nothing(run: RunDirectory, tmp_path: Path, how: str) -> None:
    target = tmp_path / "victim"
    target.write_text("untouched")
    _replace(run.path / "in", how, target)
    with pytest.raises(ConflictError, match="is closed"):
        await run.write_input(b"x")
    assert target.read_text() == "untouched"


async def test_a_link_to_the_input_of_another_is_not_written_through(
    run: RunDirectory, tmp_path: Path
) -> None:
    os.mkfifo(tmp_path / "of another")
    reader = os.open(tmp_path / "of another", os.O_RDONLY | os.O_NONBLOCK)
    try:
        _replace(run.path / "in", "link", tmp_path / "of another")
        with pytest.raises(ConflictError, match="is closed"):
            await run.write_input(b"x")
        assert os.read(reader, 1) == b""
    finally:
        os.close(reader)


@pytest.mark.parametrize("how", ["link", "folder", "huge", "missing"])
def test_a_replaced_life_sign_is_no_life(run: RunDirectory, tmp_path: Path, how: str) -> None:
    _replace(run.path / "alive", how, tmp_path)
    assert not run.alive()


def test_the_run_directory_itself_replaced_by_a_link_is_not_followed(
    run: RunDirectory, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    run.path.rename(elsewhere)
    (elsewhere / "out").write_text("secret")
    run.path.symlink_to(elsewhere)
    with pytest.raises(StorageError):
        run.read("out", 0)
    assert run.exit_report() is None


async def test_input_that_nobody_reads_is_told_at_once(run: RunDirectory) -> None:
    with pytest.raises(ConflictError) as caught:
        await run.write_input(b"x")
    assert "ended" in caught.value.hint


async def test_input_that_is_not_taken_is_told_in_time(run: RunDirectory) -> None:
    reader = os.open(run.path / "in", os.O_RDONLY | os.O_NONBLOCK)
    try:
        with pytest.raises(ConflictError, match="has not read"):
            await run.write_input(b"x" * 1_000_000, timeout_seconds=0.05)
    finally:
        os.close(reader)


@given(st.integers(0, 255), st.booleans())
def test_an_exit_report_is_read_as_it_was_written(code: int, oom: bool) -> None:
    written = f"{code:<4d}{'oom' if oom else '':<3s}\n".encode()
    assert parse_exit(written) == ExitReport(code, oom)


@given(st.binary(max_size=40))
def test_damaged_reports_are_none_or_in_range(text: bytes) -> None:
    report, ids = parse_exit(text), parse_pids(text)
    assert report is None or 0 <= report.code <= 255
    assert ids is None or len(text) == 32


@given(st.integers(1, 4_194_304), st.integers(1, 4_194_304))
def test_process_ids_are_read_as_they_were_written(wrapper: int, command: int) -> None:
    assert parse_pids(f"{wrapper:<15d} {command:<15d}\n".encode()) == ProcessIds(wrapper, command)


def test_all_errors_are_ours(run: RunDirectory) -> None:
    (run.path / "out").unlink()
    (run.path / "out").symlink_to("/etc/passwd")
    with pytest.raises(BoatyardError) as caught:
        run.read("out", 0)
    assert caught.value.__cause__ is not None
