"""Which containers we are ending ourselves, so that their end is told to nobody as news."""

from __future__ import annotations

import time

REMEMBERED_SECONDS = 60.0
"""The engine tells of an end within moments; it may be much later when it is restarted meanwhile."""


class Deeds:
    """Remembers ids and names for a while."""

    def __init__(self) -> None:
        self._done: dict[str, float] = {}

    def note(self, container: str) -> None:
        """We are about to stop or remove a container."""
        now = time.monotonic()
        self._done = {key: at for key, at in self._done.items() if now - at < REMEMBERED_SECONDS}
        self._done[container] = now

    def has(self, *names: str) -> bool:
        """Whether one of these ids and names was noted lately."""
        now = time.monotonic()
        return any(now - self._done.get(name, -REMEMBERED_SECONDS) < REMEMBERED_SECONDS for name in names)
