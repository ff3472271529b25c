"""The doors to the network that are open now, for as long as somebody holds them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from core.values.access import OpenDoor


class Doors:
    """A list that the server keeps."""

    def __init__(self) -> None:
        self._open: list[OpenDoor] = []

    @contextlib.contextmanager
    def open(self, door: OpenDoor) -> Iterator[None]:
        """The door is open while the context lasts."""
        self._open.append(door)
        try:
            yield
        finally:
            self._open.remove(door)

    async def list(self) -> tuple[OpenDoor, ...]:
        """Those that are open, the longest open first."""
        return tuple(self._open)
