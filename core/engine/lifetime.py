"""How long an engine lives: until it is told to stop, or nobody has needed it for a while."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import time
from collections.abc import Callable, Iterator

from core.supervision.hub import EventHub
from core.values.answers import StoppedAnswer
from core.values.events import Stopping

log = logging.getLogger(__name__)

IDLE_CHECK_SECONDS = 5.0


class Lifetime:
    """Who is served just now, and when the engine was last needed."""

    def __init__(self, hub: EventHub, idle_seconds: float, needed: Callable[[], bool]) -> None:
        """
        Args:
            hub: Tells that the engine stops.
            idle_seconds: After so many without need it stops by itself; 0: never.
            needed: Whether anything goes on, or is to come, beside those who are served.
        """
        self._hub = hub
        self._limit = idle_seconds
        self._needed = needed
        self.stop_requested = asyncio.Event()
        self.started_at = time.time()
        self._last_used = time.monotonic()
        self._serving = 0

    @contextlib.contextmanager
    def used(self) -> Iterator[None]:
        """While somebody is served: an engine in use does not stop by itself."""
        self._serving += 1
        try:
            yield
        finally:
            self._serving -= 1
            self._last_used = time.monotonic()

    async def request_stop(self) -> StoppedAnswer:
        """Ends `run_until_stopped` soon; processes go on."""
        asyncio.get_running_loop().call_later(0.05, self.stop_requested.set)
        return StoppedAnswer(stopped=str(os.getpid()))

    async def run_until_stopped(self) -> None:
        """Returns when the engine was told to stop, or nobody has needed it for a while."""
        pause = min(IDLE_CHECK_SECONDS, self._limit / 2) if self._limit else None
        while not self.stop_requested.is_set():
            try:
                async with asyncio.timeout(pause):
                    await self.stop_requested.wait()
            except TimeoutError:
                if self._serving or self._needed():
                    self._last_used = time.monotonic()
                elif time.monotonic() - self._last_used > self._limit:
                    log.info("nobody has needed the engine for %g seconds", self._limit)
                    break
        self._hub.publish(Stopping())
