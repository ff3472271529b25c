"""Many small changes told as few: a callback that runs at most so often, and never misses the last one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

PULSE_SECONDS = 0.1
"""Growth of logs and conversations is told at most ten times a second."""


class Pulse:
    """Calls back soon after `touch`, but not more often than the interval allows."""

    def __init__(self, callback: Callable[[], None], interval: float = PULSE_SECONDS) -> None:
        self._callback = callback
        self._interval = interval
        self._last = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def touch(self) -> None:
        """Something changed."""
        if self._timer is None:
            loop = asyncio.get_running_loop()
            wait = max(0.0, self._last + self._interval - loop.time())
            self._timer = loop.call_later(wait, self._fire)

    def flush(self) -> None:
        """Calls back now if something is untold; for the end."""
        if self._timer is not None:
            self._timer.cancel()
            self._fire()

    def _fire(self) -> None:
        self._timer = None
        self._last = asyncio.get_running_loop().time()
        self._callback()
