"""Following a run: its output as it grows, and how it ended.

Files are looked at rather than watched: that works through bind mounts and after any restart, from any
byte. A silent run is looked at four times a second, and all silent runs at the same moments, so that the
event loop wakes once for a hundred of them.
"""

from __future__ import annotations

import asyncio
import math
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack
from dataclasses import dataclass

from core.errors import NotFoundError, StorageError
from core.processes.run_directory import CHUNK, ExitReport, RunDirectory, Stream

FIRST_SECONDS = 0.005
"""Short commands end soon after they began."""
ACTIVE_SECONDS = 0.025
SILENT_SECONDS = 0.25
LIVENESS_SECONDS = 2.0
_IN_PLACE = 64 * 1024
"""Growth up to this many bytes has just been written and is in memory: no thread is worth it."""


@dataclass(frozen=True)
class Output:
    """Bytes that were written to a stream."""

    stream: Stream
    offset: int
    data: bytes

    @property
    def end(self) -> int:
        """Where to go on."""
        return self.offset + len(self.data)


@dataclass(frozen=True)
class Ended:
    """The run is over; all of its output came before this."""

    report: ExitReport | None
    """None: lost. The wrapper went away without writing down an exit code."""


async def follow(
    run: RunDirectory,
    alive: Callable[[], Awaitable[bool]],
    *,
    out: int = 0,
    err: int = 0,
    liveness_seconds: float = LIVENESS_SECONDS,
    unread: bool = False,
) -> AsyncIterator[Output | Ended]:
    """Yields output from the given offsets on as it grows, and at last one `Ended`.

    Args:
        run: A run that was started, by whichever engine.
        alive: Whether the run still lives, from its runner; asked only in silence.
        out: The byte of standard output to begin with.
        err: The byte of standard error to begin with.
        liveness_seconds: Silence before, and between, the questions whether it lives.
        unread: Whether only to tell how far the output has grown, without its bytes: nobody needs them.
    """
    with ExitStack() as stack:
        try:
            folder = stack.enter_context(run.opened())
        except OSError:
            yield Ended(None)  # The run directory is gone, and with it every way to know.
            return
        offsets: dict[Stream, int] = {"out": out, "err": err}
        async for event in _follow(run, _Glance(folder), offsets, alive, liveness_seconds, unread):
            yield event


async def _follow(
    run: RunDirectory,
    glance: _Glance,
    offsets: dict[Stream, int],
    alive: Callable[[], Awaitable[bool]],
    liveness_seconds: float,
    unread: bool,
) -> AsyncIterator[Output | Ended]:
    pause, asked = FIRST_SECONDS, time.monotonic()
    lost = False
    while True:
        due = time.monotonic() - asked >= liveness_seconds
        if lost or due or glance.changed():
            # Asked for before the output is read: what was written before the end is then read after it.
            report = run.exit_report()
            grew = False
            async for output in _growth(run, offsets, unread):
                grew = True
                yield output
            if report is not None or lost:
                yield Ended(report)
                return
            if grew:
                pause, asked = ACTIVE_SECONDS, time.monotonic()
            elif due:
                asked = time.monotonic()
                # One more round after a "no": the exit code and the last output may have come meanwhile.
                if lost := not await alive():
                    continue
        await asyncio.sleep(_until_next_look(pause))
        pause = min(pause * 1.3, SILENT_SECONDS)


class _Glance:
    """Whether anything may have changed since the last glance, for three stats.

    Only a hint, since times of files are coarse and the folder may have been replaced: a whole look is
    taken from time to time anyway.
    """

    def __init__(self, folder: int) -> None:
        self._folder = folder
        self._last: tuple[int, ...] = ()

    def changed(self) -> bool:
        try:
            seen = (
                os.stat("out", dir_fd=self._folder, follow_symlinks=False).st_size,
                os.stat("err", dir_fd=self._folder, follow_symlinks=False).st_size,
                os.stat("exit", dir_fd=self._folder, follow_symlinks=False).st_mtime_ns,
            )
        except OSError:
            return True  # Something was removed: the whole look tells what.
        changed = seen != self._last
        self._last = seen
        return changed


def _until_next_look(pause: float) -> float:
    """`pause`, or for a silent run the time to the next of the moments that all silent runs share."""
    if pause < SILENT_SECONDS:
        return pause
    now = time.monotonic()
    return max(SILENT_SECONDS * math.ceil(now / SILENT_SECONDS + 0.01) - now, 0.001)


async def _growth(run: RunDirectory, offsets: dict[Stream, int], unread: bool) -> AsyncIterator[Output]:
    for stream, size in zip(offsets, _sizes(run), strict=True):
        if unread and offsets[stream] < size:
            offsets[stream] = size
            yield Output(stream, size, b"")
        while offsets[stream] < size:
            data = await _read(run, stream, offsets[stream], size)
            if not data:
                break
            output = Output(stream, offsets[stream], data)
            offsets[stream] = output.end
            yield output


def _sizes(run: RunDirectory) -> tuple[int, int]:
    return _size(run, "out"), _size(run, "err")


def _size(run: RunDirectory, stream: Stream) -> int:
    try:
        return run.size(stream)
    except StorageError:
        return 0  # Replaced from inside of a sandbox: nothing more comes from it.


async def _read(run: RunDirectory, stream: Stream, offset: int, size: int) -> bytes:
    try:
        if size - offset <= _IN_PLACE:
            return run.read(stream, offset, size - offset)
        return await asyncio.to_thread(run.read, stream, offset, min(CHUNK, size - offset))
    except (NotFoundError, StorageError):
        return b""
