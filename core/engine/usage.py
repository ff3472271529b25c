"""Live usage: one stream of the container engine per container that somebody looks at, shared by them all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

from core.errors import BoatyardError
from core.values.containers import ContainerInfo, Usage

BEHIND = 4
"""Samples that a slow reader may be behind; older ones are of no use to anybody."""

End = BoatyardError | None


@dataclass
class Feed:
    """One container's stream and those who read it."""

    readers: set[asyncio.Queue[Usage | End]] = field(default_factory=set)
    task: asyncio.Task[None] | None = None


class UsageFeeds:
    """Opens a stream when the first reader comes, and closes it when the last one leaves."""

    def __init__(self, source: Callable[[ContainerInfo], AsyncIterator[Usage]]) -> None:
        self._source = source
        self.feeds: dict[str, Feed] = {}
        """By the container's id; for tests to count."""

    async def follow(self, container: ContainerInfo) -> AsyncIterator[Usage]:
        """Samples of a container until it ends.

        Raises:
            BoatyardError: The stream broke.
        """
        queue: asyncio.Queue[Usage | End] = asyncio.Queue()
        feed = self.feeds.setdefault(container.id, Feed())
        feed.readers.add(queue)
        if feed.task is None:
            feed.task = asyncio.create_task(self._pump(container, feed))
        try:
            while isinstance(sample := await queue.get(), Usage):
                yield sample
            if sample is not None:
                raise sample
        finally:
            feed.readers.discard(queue)
            if not feed.readers:
                self._drop(container.id, feed)

    def _drop(self, container: str, feed: Feed) -> None:
        if self.feeds.get(container) is feed:
            del self.feeds[container]
        if feed.task is not None:
            feed.task.cancel()

    async def _pump(self, container: ContainerInfo, feed: Feed) -> None:
        end: End = None
        try:
            async for sample in self._source(container):
                for queue in feed.readers:
                    if queue.qsize() < BEHIND:
                        queue.put_nowait(sample)
        except BoatyardError as error:
            end = error
        if self.feeds.get(container.id) is feed:
            del self.feeds[container.id]
        for queue in feed.readers:
            queue.put_nowait(end)
