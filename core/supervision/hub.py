"""The stream of events: numbered, kept for a while for those who reconnect, bounded for slow readers."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator

import msgspec

from core.values.events import AnyEvent, Reset

KEPT = 10_000
"""Events that a client which comes back can still be given."""
BEHIND = 5_000
"""Events that a reader may be behind before it is told to take a new snapshot."""
BOOT_SHIFT = 32
"""Bits of a sequence number that count within one engine process; the rest counts engine starts."""


class EventHub:
    """Numbers events and hands them to every subscriber. Use on the event loop's thread only."""

    def __init__(self, boot: int) -> None:
        """`boot`: how often an engine has started in this home, so that numbers grow across starts."""
        self._first = boot << BOOT_SHIFT
        self._sequence = self._first
        self._kept: deque[AnyEvent] = deque(maxlen=KEPT)
        self._queues: set[asyncio.Queue[AnyEvent]] = set()
        self._own: set[asyncio.Queue[AnyEvent]] = set()
        """Those of the engine itself, which are no clients."""

    @property
    def sequence(self) -> int:
        """The number of the newest event."""
        return self._sequence

    @property
    def subscribers(self) -> int:
        return len(self._queues - self._own)

    def publish(self, event: AnyEvent) -> None:
        """Gives the event the next number and to everybody."""
        self._sequence += 1
        numbered = msgspec.structs.replace(event, sequence=self._sequence)
        self._kept.append(numbered)
        for queue in self._queues:
            if queue.qsize() < BEHIND:
                queue.put_nowait(numbered)
            elif queue.qsize() == BEHIND:
                queue.put_nowait(Reset(sequence=self._sequence))

    async def subscribe(self, since: int, *, counted: bool = True) -> AsyncIterator[AnyEvent]:
        """What came after number `since`, then everything new, for ever.

        Args:
            since: The last number that is known already.
            counted: Whether this is a client, for which the engine stays.
        """
        queue: asyncio.Queue[AnyEvent] = asyncio.Queue()
        for event in self._missed(since):
            queue.put_nowait(event)
        self._queues.add(queue)
        if not counted:
            self._own.add(queue)
        try:
            while True:
                yield await queue.get()
        finally:
            self._queues.discard(queue)
            self._own.discard(queue)

    def _missed(self, since: int) -> list[AnyEvent]:
        oldest = self._kept[0].sequence if self._kept else self._sequence + 1
        if since + 1 < oldest or since < self._first or since > self._sequence:
            return [] if since == self._sequence else [Reset(sequence=self._sequence)]
        return [event for event in self._kept if event.sequence > since]
