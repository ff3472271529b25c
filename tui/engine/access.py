"""How the interface gets its client of the engine.

The client's library takes a quarter of a second to import: it is imported on a thread, after the first
paint, and nowhere else in the interface.
"""

from __future__ import annotations

import asyncio
import importlib
from typing import TYPE_CHECKING

from core.errors import UnreachableError
from tui.engine.link import Connect

if TYPE_CHECKING:
    from core.client import Client
    from core.paths import Home


def connector(home: Home) -> Connect:
    """A way to the engine of `home`, which starts it when it does not run and that is wanted."""

    async def connect(start: bool) -> Client:
        client = await asyncio.to_thread(importlib.import_module, "core.client")
        launch = await asyncio.to_thread(importlib.import_module, "core.client.launch")
        if start:
            await launch.ensure_engine(home)
        elif not await launch.engine_answers(home):
            raise UnreachableError("the engine was told to stop", hint="Reconnect to start it.")
        made: Client = client.Client(home.socket)
        return made

    return connect
