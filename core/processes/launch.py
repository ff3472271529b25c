"""Starting a command on the host, and waiting until its wrapper has begun, wherever it runs."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from core.errors import BoatyardError
from core.processes import launcher
from core.processes.run_directory import RunDirectory
from core.processes.wrapper import wrapper_argv

BEGIN_SECONDS = 20.0
"""How long a wrapper may take to begin on a busy machine."""


async def launch(run: RunDirectory, argv: tuple[str, ...], cwd: str, environment: dict[str, str]) -> None:
    """Starts `argv` on this host, detached, with exactly `environment`; returns when it runs or has ended.

    A missing command or folder is no error here: the wrapper tells it in `err`, with exit code 127 or 126.

    Raises:
        BoatyardError: The system starts no more processes.
    """
    command = [
        sys.executable,
        "-I",
        "-S",
        str(Path(launcher.__file__)),
        *wrapper_argv(str(run.path), cwd, argv),
    ]
    try:
        child = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            env=environment,
            cwd="/",
        )
    except OSError as error:
        raise BoatyardError(
            f"{argv[0]} cannot be started: {error.strerror}",
            hint="The command line and environment may be too long, or the limit of processes is reached.",
        ) from error
    if await child.wait() != 0:
        raise BoatyardError(f"{argv[0]} cannot be started: the launcher ended with {child.returncode}")
    await begun(run)


async def begun(run: RunDirectory, *, timeout_seconds: float = BEGIN_SECONDS) -> None:
    """Waits until the wrapper has written its process ids.

    Raises:
        BoatyardError: It has not begun in time.
    """
    pause = 0.002
    try:
        async with asyncio.timeout(timeout_seconds):
            while not run.started():
                await asyncio.sleep(pause)
                pause = min(pause * 1.5, 0.05)
    except TimeoutError as error:
        raise BoatyardError(
            f"the process {run.id} has not begun within {timeout_seconds:g} s",
            hint="The machine may be overloaded, or `sh` is missing where the process should run.",
        ) from error
