"""A short command from start to end, through a run directory like everything else.

A stream attached to a container can end early and look complete; files and the wrapper's exit code cannot.
"""

from __future__ import annotations

import asyncio
import shutil
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from core.errors import BoatyardError
from core.processes.follow import Ended, follow
from core.processes.run_directory import RunDirectory
from core.runners.runner import ExecResult

OUTPUT_LIMIT = 64 * 1024**2
"""Bytes of output and errors that a short command may write."""

LEFTOVER_SECONDS = 3600.0
"""No short command takes nearly as long."""

_PREFIX = "exec-"


def new_run(runs: Path) -> RunDirectory:
    """A run directory for a short command; told from those of processes by its name."""
    return RunDirectory(runs / f"{_PREFIX}{uuid.uuid4().hex}")


def runs_of(runs: Path) -> list[RunDirectory]:
    """All run directories in the folder `runs`, whatever has become of their processes."""
    if not runs.is_dir():
        return []
    return [RunDirectory(path) for path in runs.iterdir() if path.is_dir() and not path.is_symlink()]


def discard_leftovers(runs: Path) -> None:
    """Clears away the short commands of an engine that was killed; their age tells them from living ones."""
    oldest = time.time() - LEFTOVER_SECONDS
    for run in runs_of(runs):
        if run.id.startswith(_PREFIX) and run.path.lstat().st_mtime < oldest and not run.alive():
            _discard(run)


@asynccontextmanager
async def discarded_on_failure(run: RunDirectory) -> AsyncIterator[None]:
    """Clears the run directory away when the process could not be started, so that a retry can make it.

    One that has begun (and whose starter was cancelled) keeps it, to be followed or ended by.
    """
    try:
        yield
    except BaseException:
        if not run.started():
            _discard(run)
        raise


async def run_to_end(
    run: RunDirectory,
    what: str,
    *,
    start: Callable[[], Awaitable[None]],
    alive: Callable[[], Awaitable[bool]],
    kill: Callable[[], Awaitable[None]],
    timeout_seconds: float,
) -> ExecResult:
    """Starts, follows and clears away; whatever goes wrong, nothing of it runs on.

    Raises:
        BoatyardError: Too slow, too much output, or ended without an exit code.
    """
    over = False
    try:
        async with asyncio.timeout(timeout_seconds):
            await start()
            result = await _collect(run, what, alive)
            over = True
            return result
    except TimeoutError as error:
        raise BoatyardError(
            f"{what} has not ended within {timeout_seconds:g} s and was stopped",
            hint="The machine may be overloaded, or the command waits for something; try again.",
        ) from error
    finally:
        try:
            if not over:
                await asyncio.shield(kill())
        finally:
            await asyncio.shield(asyncio.to_thread(_discard, run))


def _discard(run: RunDirectory) -> None:
    # The command may still be writing there, or have made its folders unreadable: best effort by design,
    # what is left is small, private and goes with the workspace.
    shutil.rmtree(run.path, ignore_errors=True)


async def _collect(run: RunDirectory, what: str, alive: Callable[[], Awaitable[bool]]) -> ExecResult:
    parts: dict[str, bytearray] = {"out": bytearray(), "err": bytearray()}
    async for event in follow(run, alive):
        if isinstance(event, Ended):
            if event.report is None:
                raise BoatyardError(f"{what} was killed from outside", hint="Try again.")
            return ExecResult(event.report.code, bytes(parts["out"]), bytes(parts["err"]))
        parts[event.stream] += event.data
        if sum(map(len, parts.values())) > OUTPUT_LIMIT:
            raise BoatyardError(f"{what} wrote more than {OUTPUT_LIMIT // 1024**2} MiB and was stopped")
    raise AssertionError("following a run ends with Ended")
