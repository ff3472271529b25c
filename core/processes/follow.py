"""Following a run: its output as it grows, and how it ended.

Files are looked at rather than watched: that works through bind mounts and after any restart, from any
byte. A silent run is looked at four times a second, and all silent runs at the same moments, so that the
event loop wakes once for a hundred of them.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

from core.errors import NotFoundError, StorageError
from core.processes.run_directory import CHUNK, ExitReport, RunDirectory, Stream

ACTIVE_SECONDS = 0.025
SILENT_SECONDS = 0.25
LIVENESS_SECONDS = 1.0
"""How long a run is silent before, and between, the questions whether it still lives."""
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
) -> AsyncIterator[Output | Ended]:
    """Yields output from the given offsets on as it grows, and at last one `Ended`.

    Args:
        run: A run that was started, by whichever engine.
        alive: Whether the run still lives, from its runner; asked only in silence.
        out: The byte of standard output to begin with.
        err: The byte of standard error to begin with.
    """
    offsets: dict[Stream, int] = {"out": out, "err": err}
    pause, asked = ACTIVE_SECONDS, time.monotonic()
    lost = False
    while True:
        # Asked for before the output is read: what was written before the end is then read after it.
        report = run.exit_report()
        grew = False
        async for output in _growth(run, offsets):
            grew = True
            yield output
        if report is not None or lost:
            yield Ended(report)
            return
        if grew:
            pause, asked = ACTIVE_SECONDS, time.monotonic()
        elif time.monotonic() - asked >= LIVENESS_SECONDS:
            asked = time.monotonic()
            # One more round after a "no": the exit code and the last output may have come meanwhile.
            lost = not await alive()
            if lost:
                continue
        await asyncio.sleep(_until_next_look(pause))
        pause = min(pause * 1.3, SILENT_SECONDS)


def _until_next_look(pause: float) -> float:
    """`pause`, or for a silent run the time to the next of the moments that all silent runs share."""
    if pause < SILENT_SECONDS:
        return pause
    now = time.monotonic()
    return max(SILENT_SECONDS * math.ceil(now / SILENT_SECONDS + 0.01) - now, 0.001)


async def _growth(run: RunDirectory, offsets: dict[Stream, int]) -> AsyncIterator[Output]:
    for stream, size in zip(offsets, _sizes(run), strict=True):
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
