"""The one way in which git is started."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from contextlib import aclosing
from pathlib import Path
from typing import Any

import psutil
import pytest

from core.errors import GitError
from core.git import command
from core.git.command import Git, depot_git, owner_git, reader_git
from tests.git.world import git, make_repository
from tests.waiting import until


async def test_what_the_shell_had_set_for_git_does_not_reach_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, elsewhere = make_repository(tmp_path / "here"), make_repository(tmp_path / "elsewhere")
    monkeypatch.setenv("GIT_DIR", str(elsewhere / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
    for one in (reader_git(here), owner_git(here)):
        assert (await one.run("rev-parse", "--absolute-git-dir")).text == str(here / ".git")


async def test_a_failure_tells_command_code_and_reason(tmp_path: Path) -> None:
    one = depot_git(make_repository(tmp_path / "repo") / ".git")
    with pytest.raises(GitError) as caught:
        await one.run("cat-file", "-p", "0" * 40)
    assert caught.value.details["argv"][:3] == ["git", "cat-file", "-p"]
    assert caught.value.details["exit_code"] == 128
    assert "Not a valid object name" in caught.value.message
    assert caught.value.hint


async def test_a_command_that_does_not_end_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "repo")
    marker = tmp_path / "pid"
    slow = f"!echo $$ > {marker}; exec sleep 300"
    one = reader_git(repository).having(config={"alias.slow": slow})
    with pytest.raises(GitError, match="no end after"):
        await one.run("slow", seconds=1.0)
    with pytest.raises(ProcessLookupError):
        os.kill(int(marker.read_text()), 0)


async def test_a_cancelled_command_is_ended(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "repo")
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    one = reader_git(repository).having(config={"alias.slow": f"!echo $$ > {fifo}; exec sleep 300"})
    task = asyncio.create_task(one.run("slow"))
    pid = int(await asyncio.to_thread(fifo.read_text))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await until(lambda: not psutil.pid_exists(pid))  # its parent may be gone too: then init reaps it


async def test_a_command_cancelled_while_it_starts_is_ended_with_all_that_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository = make_repository(tmp_path / "repo")
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    spawn = asyncio.create_subprocess_exec
    reached = asyncio.Event()

    async def slow_spawn(*args: Any, **kwargs: Any) -> asyncio.subprocess.Process:
        process = await spawn(*args, **kwargs)
        reached.set()
        await asyncio.to_thread(read.acquire)  # a loaded machine: the command runs, its caller waits still
        return process

    monkeypatch.setattr(asyncio, "create_subprocess_exec", slow_spawn)
    read = threading.Semaphore(0)
    one = reader_git(repository).having(config={"alias.slow": f"!echo $$ > {fifo}; exec sleep 300"})
    task = asyncio.create_task(one.run("slow"))
    await reached.wait()
    pid = int(await asyncio.to_thread(fifo.read_text))
    task.cancel()
    read.release()
    with pytest.raises(asyncio.CancelledError):
        await task
    await until(lambda: not psutil.pid_exists(pid))


async def test_more_output_than_may_be_held_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "OUTPUT_LIMIT", 1000)
    repository = make_repository(tmp_path / "repo", {"big": "x" * 5000})
    with pytest.raises(GitError, match="more than 1000 bytes"):
        await depot_git(repository / ".git").run("cat-file", "blob", "HEAD:big")


async def test_a_stream_that_nobody_reads_on_is_ended(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "repo")
    one = reader_git(repository).having(config={"alias.endless": "!yes"})
    began = time.monotonic()
    async with aclosing(one.stream("endless")) as chunks:
        async for chunk in chunks:
            assert chunk.startswith(b"y\n")
            break
    assert time.monotonic() - began < 5


async def test_a_stream_that_fails_says_so_at_its_end(tmp_path: Path) -> None:
    one = depot_git(make_repository(tmp_path / "repo") / ".git")
    with pytest.raises(GitError):
        async for _ in one.stream("cat-file", "blob", "0" * 40):
            pass


async def test_a_missing_git_is_told_as_that(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(GitError, match="not installed"):
        await reader_git(tmp_path).run("version")


async def test_a_missing_folder_is_told_as_that(tmp_path: Path) -> None:
    with pytest.raises(GitError, match="is gone"):
        await reader_git(tmp_path / "nowhere").run("version")


async def test_large_input_and_output_at_the_same_time_do_not_block(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "repo")
    data = os.urandom(3_000_000)
    one: Git = depot_git(repository / ".git")
    oid = (await one.run("hash-object", "-w", "--stdin", stdin=data)).text
    asked = f"{oid}\n".encode() * 20
    answer = await one.run("cat-file", "--batch", stdin=asked)
    assert len(answer.out) > 20 * len(data)
    assert git(repository, "cat-file", "-s", oid) == str(len(data))
