"""One writer at a time per depot, in this process and among leftovers of an earlier one.

The lock is a file beside the depot, held with flock(2) and handed down to the git commands that run
under it. So a git command that outlived a killed engine still holds it, and whoever gets the lock knows
that every `*.lock` file in the depot is left over from a command that died.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
from collections.abc import AsyncIterator
from pathlib import Path
from weakref import WeakKeyDictionary

from core.errors import ConflictError

WAIT_SECONDS = 60.0
_POLL_SECONDS = 0.02
_in_process: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[Path, asyncio.Lock]] = WeakKeyDictionary()


@contextlib.asynccontextmanager
async def file_lock(path: Path) -> AsyncIterator[int]:
    """Holds a lock file; gives the file descriptor that holds it, for commands to hold it with.

    Raises:
        ConflictError: Another process has held it for a minute.
    """
    locks = _in_process.setdefault(asyncio.get_running_loop(), {})
    async with locks.setdefault(path, asyncio.Lock()):
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            await _flock(descriptor, path)
            yield descriptor
        finally:
            os.close(descriptor)


@contextlib.asynccontextmanager
async def writer_lock(path: Path, git_dir: Path) -> AsyncIterator[int]:
    """Holds the lock of one depot; gives the file descriptor that holds it.

    The file says `busy` while the lock is held; a holder that finds this was preceded by one that died
    or failed, and removes git's lock files first.

    Args:
        path: The lock file.
        git_dir: The depot that it guards.

    Raises:
        ConflictError: Another process has held it for a minute.
    """
    async with file_lock(path) as descriptor:
        if os.fstat(descriptor).st_size:
            await asyncio.to_thread(_remove_stale_locks, git_dir)
        os.pwrite(descriptor, b"busy", 0)
        yield descriptor
        os.ftruncate(descriptor, 0)


async def _flock(descriptor: int, path: Path) -> None:
    """Without blocking a thread: a full pool of waiting threads would keep the holder from going on."""
    deadline = asyncio.get_running_loop().time() + WAIT_SECONDS
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError as error:
            if asyncio.get_running_loop().time() > deadline:
                raise ConflictError(
                    f"another process holds {path}", hint="Wait for it to end, or find it with fuser."
                ) from error
        await asyncio.sleep(_POLL_SECONDS)


def _remove_stale_locks(git_dir: Path) -> None:
    for path in (*git_dir.glob("*.lock"), *(git_dir / "refs").rglob("*.lock")):
        if path.is_file():
            path.unlink(missing_ok=True)
