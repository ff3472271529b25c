"""On the host: everything that a run started, and ending it.

A process group is not enough, because agents put their tools into sessions of their own. What belongs to
a run is found in two ways: below the wrapper (a subreaper, so orphans stay below it), and by the run id
in the environment, which also finds what is left when the wrapper itself is gone. psutil compares start
times before it signals, so a reused process id is never hit.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Collection

import psutil

from core.errors import BoatyardError
from core.processes.run_directory import RunDirectory
from core.processes.wrapper import MARKER, NONCE

_KILL_SECONDS = 10.0
"""How long killing is repeated; only a process stuck in the kernel outlives this."""


def wrapper_of(run: RunDirectory) -> psutil.Process | None:
    """The run's living wrapper; None when it has ended or its process id belongs to another process."""
    pid = run.pid() if run.alive() else None
    if pid is None:
        return None
    try:
        process = psutil.Process(pid)
        words = process.cmdline()
    except psutil.Error:
        return None
    return process if words[3:5] == [MARKER, str(run.path)] else None


def _run_id(process: psutil.Process) -> str | None:
    try:
        return process.environ().get(NONCE)
    except (psutil.Error, OSError):
        return None  # It has just ended, or belongs to another user.


def _ended(process: psutil.Process) -> bool:
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def members(runs: Collection[RunDirectory]) -> list[psutil.Process]:
    """What the runs started and still lives, without their wrappers."""
    ids = {run.id for run in runs}
    wrappers = [process for process in map(wrapper_of, runs) if process is not None]
    marked = [process for process in psutil.process_iter() if _run_id(process) in ids]
    found = {process.pid: process for process in marked}
    for process in (*wrappers, *marked):
        found.update({child.pid: child for child in _children(process)})
    for spared in (os.getpid(), *(process.pid for process in wrappers)):
        found.pop(spared, None)
    return [process for process in found.values() if not _ended(process)]


def _children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def _signal(processes: list[psutil.Process], *, kill: bool) -> None:
    for process in processes:
        try:
            process.kill() if kill else process.terminate()
        except psutil.NoSuchProcess:
            continue
        except psutil.AccessDenied:
            continue  # Another user's now (setuid): told at the end as a survivor.


def _end(runs: Collection[RunDirectory], grace_seconds: float) -> list[int]:
    """Ends all members; gives the ids of those that would not go."""
    _signal(members(runs), kill=False)
    deadline = time.monotonic() + grace_seconds
    while (left := members(runs)) and time.monotonic() < deadline:
        psutil.wait_procs(left, timeout=0.05)
    deadline = time.monotonic() + _KILL_SECONDS
    while (left := members(runs)) and time.monotonic() < deadline:
        _signal(left, kill=True)
        psutil.wait_procs(left, timeout=0.1)
    return [process.pid for process in left]


async def terminate(runs: Collection[RunDirectory], grace_seconds: float) -> None:
    """Ends everything that the runs started: asked first, killed after `grace_seconds`.

    The wrappers are left to write down the exit codes.

    Raises:
        BoatyardError: Processes survived.
    """
    left = await asyncio.to_thread(_end, runs, grace_seconds)
    if left:
        raise BoatyardError(
            f"processes cannot be killed: {', '.join(map(str, left))}",
            hint="They wait in the kernel, or belong to another user; look at them with ps.",
        )
