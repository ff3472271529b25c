"""Starts the engine of a home when none answers, the way tmux starts its server.

The new engine tells over a pipe that it is ready, or why it will not start, so that a client neither
polls nor guesses. Two clients that start it at the same moment get one engine: its lock decides.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import select
import subprocess
import sys

import msgspec

from core.errors import UnreachableError, error_from_document
from core.paths import Home

START_SECONDS = 30.0
"""How long an engine may take to start; a migration of a large database is the slow case."""


OTHER_SECONDS = 30.0
"""How long another engine that holds the home may take to answer, or to end."""


async def engine_answers(home: Home) -> bool:
    """Whether something accepts connections on the home's socket."""
    try:
        _, writer = await asyncio.open_unix_connection(str(home.socket))
    except OSError:
        return False
    writer.close()
    await writer.wait_closed()
    return True


async def ensure_engine(home: Home) -> bool:
    """Makes sure that the home's engine runs.

    Returns:
        Whether it had to be started.

    Raises:
        UnreachableError: It does not start; the message says why.
        BoatyardError: It refuses to start, such as for a database that is newer than itself.
    """
    if await engine_answers(home):
        return False
    home.create()
    while (report := await asyncio.to_thread(_spawn, home)) == b"busy":
        # Another engine starts right now, or one that was told to stop has not quite ended.
        if await _wait_for_other(home):
            return True
    if report != b"ready":
        raise _failure(home, report)
    return True


def engine_holds(home: Home) -> bool:
    """Whether an engine process exists for the home, also one that does not answer yet, or any more."""
    try:
        with home.lock.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def _spawn(home: Home) -> bytes:
    """Starts an engine process and returns what it says once it has started or failed."""
    read_end, write_end = os.pipe()
    folders = (home.config, home.data, home.state, home.cache, home.runtime)
    argv = [sys.executable, "-P", "-m", "core.server", str(write_end), *map(str, folders)]
    try:
        with home.log.with_suffix(".err").open("ab") as errors:
            # The process forks once more and returns at once, so nothing is left to wait for here.
            subprocess.run(
                argv,
                stdin=subprocess.DEVNULL,
                stdout=errors,
                stderr=errors,
                pass_fds=(write_end,),
                cwd="/",
                check=False,
                timeout=START_SECONDS,
            )
    except (OSError, subprocess.SubprocessError) as error:
        os.close(read_end)
        raise UnreachableError(f"the engine cannot be started: {error}", hint=_hint(home)) from error
    finally:
        os.close(write_end)
    with os.fdopen(read_end, "rb") as pipe:
        if not select.select([pipe], [], [], START_SECONDS)[0]:
            raise UnreachableError(
                f"the engine has not started within {START_SECONDS:g} s",
                hint=f"It may still do so: try again. {_hint(home)}",
            )
        return pipe.read().strip()


async def _wait_for_other(home: Home) -> bool:
    """Waits until the other engine answers, which it then does, or has ended: then it is our turn again."""
    try:
        async with asyncio.timeout(OTHER_SECONDS):
            # The other starter's pipe is not ours to read, so the engine is asked for again and again.
            while not await engine_answers(home):
                if not engine_holds(home):
                    return False
                await asyncio.sleep(0.02)
            return True
    except TimeoutError as error:
        raise UnreachableError(
            f"another process holds {home.lock} but no engine answers on {home.socket}",
            hint="Look at 'boatyard engine logs'; end that process if it hangs.",
        ) from error


def _failure(home: Home, report: bytes) -> Exception:
    try:
        return error_from_document(msgspec.json.decode(report))
    except (msgspec.DecodeError, AttributeError):
        return UnreachableError("the engine ended while it was starting", hint=_hint(home))


def _hint(home: Home) -> str:
    return f"What it said last is in {home.log} and {home.log.with_suffix('.err')}."
