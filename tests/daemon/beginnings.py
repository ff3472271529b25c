"""Homes in which tests begin: each is made once in a process, and put back as it was for every test of it.

The folder is the same for all of them, for a home has its own path in many places.
"""

from __future__ import annotations

import atexit
import shutil
import subprocess
import tempfile
from collections.abc import Awaitable, Callable
from functools import cache
from pathlib import Path

from core.values.entities import Workspace
from tests.yard import Daemon


@cache
def place() -> Path:
    """The folder of whichever test runs in this process, which has no other beside it."""
    return _temporary()


@cache
def _kept() -> Path:
    return _temporary()


def _temporary() -> Path:
    folder = tempfile.mkdtemp(prefix="by-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


async def begin(daemon: Daemon, name: str, make: Callable[[Daemon], Awaitable[object]]) -> None:
    """Starts an engine in a home of this name.

    Args:
        daemon: In the folder of this process; nothing of it is kept.
        name: Of what is made; the same for all tests that begin so.
        make: What a user does up to there, with the engine running.
    """
    kept = _kept() / name
    if not kept.exists():
        await daemon.start()
        await make(daemon)
        await daemon.stop()
        _copy(daemon.folder, kept)
    else:
        shutil.rmtree(daemon.folder)
        _copy(kept, daemon.folder)
    await daemon.start()


async def begin_with_a_workspace(daemon: Daemon) -> Workspace:
    """The workspace `do-it`, in which nothing has been done."""
    await begin(daemon, "a workspace", lambda each: each.workspace(name="do-it"))
    return await daemon.client.workspace("do-it")


async def begin_with_a_turn(daemon: Daemon) -> Workspace:
    """The workspace `do-it`, in which `writer` was told `one`; all that follows its turn has happened."""
    await begin(daemon, "a turn", _told_one)
    return await daemon.client.workspace("do-it")


async def _told_one(daemon: Daemon) -> None:
    await daemon.workspace(name="do-it", agent="writer", prompt="one")
    await daemon.turn("do-it")


def _copy(source: Path, target: Path) -> None:
    """With times, modes and what is linked to what."""
    subprocess.run(["cp", "-a", str(source), str(target)], check=True)
