"""From the event stream to the store, at most once per frame.

An agent that writes makes hundreds of events a second; a screen that repaints on each falls behind. The
first event of a quiet time is published at once, those that follow within a frame together.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tui.engine.store import Store

if TYPE_CHECKING:
    from core.values.entities import Snapshot
    from core.values.events import AnyEvent

FRAME_SECONDS = 1 / 20


class Bridge:
    """Feeds a store and tells its watchers in batches. Lives on the event loop of the app."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._last = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def load(self, snapshot: Snapshot) -> None:
        """Replaces everything and publishes at once."""
        self._store.load(snapshot)
        self._publish()

    def receive(self, event: AnyEvent) -> None:
        """Takes in one event and sees to it that it is published within a frame."""
        self._store.apply(event)
        if self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_at(max(loop.time(), self._last + FRAME_SECONDS), self._publish)

    def _publish(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._last = asyncio.get_running_loop().time()
        self._store.publish()
