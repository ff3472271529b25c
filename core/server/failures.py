"""How often addresses have failed to show a valid token, and for how long they are not listened to then."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

ALLOWED = 10
"""Failures of one address within `WINDOW_SECONDS`."""
WINDOW_SECONDS = 60.0
ADDRESSES = 4096
"""Addresses that are remembered; the longest quiet one is forgotten first."""


class Failures:
    """Counts by address."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._at: OrderedDict[str, list[float]] = OrderedDict()

    def note(self, address: str) -> None:
        self._at[address] = [*self._recent(address), self._clock()][-ALLOWED:]
        self._at.move_to_end(address)
        while len(self._at) > ADDRESSES:
            self._at.popitem(last=False)

    def wait(self, address: str) -> float:
        """Seconds until the address is listened to again; 0: now."""
        recent = self._recent(address)
        return recent[0] + WINDOW_SECONDS - self._clock() if len(recent) >= ALLOWED else 0.0

    def _recent(self, address: str) -> list[float]:
        oldest = self._clock() - WINDOW_SECONDS
        return [moment for moment in self._at.get(address, ()) if moment > oldest]
