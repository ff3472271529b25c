"""What all listeners here have in common: so many connections at once, and none of them ends the engine."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Coroutine
from typing import Any

log = logging.getLogger(__name__)

PIECE = 64 * 1024


class Connections:
    """The connections that are open."""

    def __init__(self, at_once: int) -> None:
        """More than `at_once` wait."""
        self._gate = asyncio.Semaphore(at_once)
        self._tasks: set[asyncio.Task[None]] = set()

    async def serve(self, work: Coroutine[Any, Any, None], writer: asyncio.StreamWriter, what: str) -> None:
        """Sees one connection through, in the task that was made for it, and closes it.

        Args:
            work: What is done with it.
            writer: Its end here.
            what: What it is, for the log.
        """
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            async with self._gate:
                await work
        except (OSError, EOFError, TimeoutError, asyncio.LimitOverrunError):
            pass  # One of both ends is not there, or went away: the connection ends.
        except asyncio.CancelledError:
            pass  # The engine ends; raising would only be reported by the stream's machinery.
        except Exception:  # the connection boundary: a defect must not end the engine
            log.exception("%s", what)
        finally:
            work.close()  # of one that was still waiting when it was cancelled
            self._tasks.discard(task)
            writer.close()

    async def close(self) -> None:
        """Ends all of them."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Hands on what is read to its end, and then the end.

    Raises:
        OSError: One of both went away.
    """
    while piece := await reader.read(PIECE):
        writer.write(piece)
        await writer.drain()
    with contextlib.suppress(OSError):
        if writer.can_write_eof():
            writer.write_eof()
