"""Waiting for what no event announces, such as a file that another process writes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable


async def until(condition: Callable[[], object], *, seconds: float = 60.0) -> None:
    """Returns as soon as `condition()` is true; fails the test when that takes too long."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 (another process changes it)
            await asyncio.sleep(0.005)


async def until_async(condition: Callable[[], Awaitable[object]], *, seconds: float = 60.0) -> None:
    """As `until`, for a condition that has to be awaited."""
    async with asyncio.timeout(seconds):
        while not await condition():  # noqa: ASYNC110 (another process changes it)
            await asyncio.sleep(0.01)
