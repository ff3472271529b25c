"""Says that a repository is being cloned, while a call waits for that."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from core.cli.output import Output
from core.client import Client
from core.errors import UnreachableError
from core.values.events import RepoCloning


@asynccontextmanager
async def telling_of_clones(out: Output, client: Client) -> AsyncIterator[None]:
    """Meanwhile each clone that begins is told on standard error."""
    since = (await client.snapshot()).sequence
    task = asyncio.create_task(_tell(out, client, since))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


async def _tell(out: Output, client: Client, since: int) -> None:
    try:
        async for event in client.events(since):
            if isinstance(event, RepoCloning):
                out.note(f"cloning {event.url} into {event.folder}")
    except UnreachableError:
        return  # The call itself tells that.
