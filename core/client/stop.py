"""Stops the engine of a home, for good or to let another one take over; what it ran goes on."""

from __future__ import annotations

import asyncio
import time

from core.client.client import Client
from core.client.launch import engine_answers, engine_holds, ensure_engine
from core.errors import UnreachableError
from core.paths import Home

STOP_SECONDS = 15.0
"""How long an engine that was told to stop may take."""


async def stop_engine(home: Home) -> int | None:
    """Stops the engine, and returns when it has ended.

    Returns:
        How many processes go on without it; None: no engine ran.

    Raises:
        UnreachableError: It does not end.
    """
    if not await engine_answers(home):
        return None
    async with Client(home.socket, brief=True) as client:
        running = (await client.engine_status()).running
        await client.stop_engine()
    deadline = time.monotonic() + STOP_SECONDS
    while engine_holds(home) or await engine_answers(home):
        if time.monotonic() > deadline:
            raise UnreachableError(
                "the engine was told to stop and has not ended", hint="See 'boatyard engine logs'."
            )
        await asyncio.sleep(0.05)
    return running


async def restart_engine(home: Home) -> int:
    """Lets an engine of the code that is here now take over, whether or not one runs.

    Returns:
        How many processes went on meanwhile.

    Raises:
        UnreachableError: The old one does not end, or the new one does not start.
    """
    running = await stop_engine(home)
    await ensure_engine(home)
    return running or 0
