"""The connection to the engine: kept up, and its state told.

The engine may stop, crash or be replaced under the interface. What is on the screen stays, the user sees
that it may be old, and the connection is tried again with growing waits until it is there again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from enum import Enum
from typing import TYPE_CHECKING

from core.errors import BoatyardError, UnreachableError
from tui.engine.bridge import Bridge
from tui.engine.store import Store

if TYPE_CHECKING:
    from core.client import Client

FIRST_WAIT, LAST_WAIT = 0.25, 10.0
"""Seconds between attempts: the first, and the longest."""
LOOK_SECONDS = 2.0
"""After the engine was told to stop: between two looks for one that somebody else has started since."""


class LinkState(Enum):
    """How the interface stands to the engine."""

    STARTING = "starting"
    CONNECTED = "connected"
    LOST = "unreachable, reconnecting"
    STOPPED = "stopped"

    @property
    def connected(self) -> bool:
        """Whether the engine can be asked."""
        return self is LinkState.CONNECTED

    def words(self, reconnect_key: str) -> str:
        """The state, for people."""
        return f"stopped, {reconnect_key} starts it" if self is LinkState.STOPPED else self.value


Connect = Callable[[bool], Awaitable["Client"]]
"""Gives a client of the engine; told whether to start one that does not run, else `UnreachableError`."""
Told = Callable[[LinkState, BoatyardError | None], None]


class Link:
    """Holds the client, and feeds the bridge from it for as long as `run` runs."""

    def __init__(self, store: Store, connect: Connect, told: Told) -> None:
        self._store = store
        self._bridge = Bridge(store)
        self._connect = connect
        self._told = told
        self._client: Client | None = None
        self._again = asyncio.Event()
        self._may_start = True
        """False after the engine was told to stop, until R: it is not started again unasked."""
        self._comes_again = False
        """Whether an engine that is told to stop is followed by another one."""
        self._wait = FIRST_WAIT
        self.state = LinkState.STARTING
        self.reconnect_key = "R"
        """The key to name where one can reconnect by hand."""

    @property
    def client(self) -> Client:
        """The client of the engine.

        Raises:
            UnreachableError: When there is no connection just now.
        """
        if self._client is None:
            raise UnreachableError(
                f"the engine is {self.state.words(self.reconnect_key)}",
                hint=f"Wait for it, or press {self.reconnect_key} to connect at once.",
            )
        return self._client

    async def restart_engine(self) -> None:
        """Tells the engine to stop, and starts another one as soon as it is gone."""
        self._comes_again = True
        try:
            await self.client.stop_engine()
        except BoatyardError:
            self._comes_again = False
            raise

    def reconnect(self) -> None:
        """Tries again now, and takes a fresh snapshot."""
        self._store.loaded = False
        self._may_start = True
        self._again.set()

    def _set(self, state: LinkState, error: BoatyardError | None = None) -> None:
        self.state = state
        self._told(state, error)

    async def run(self) -> None:
        """Connects and follows events until cancelled."""
        try:
            await self._keep_up()
        finally:
            await self._drop()

    async def _keep_up(self) -> None:
        while True:
            self._again.clear()
            error: BoatyardError | None = None
            try:
                told_to_stop = await self._session()
            except BoatyardError as problem:
                told_to_stop, error = False, problem
            await self._drop()
            if self._again.is_set():
                continue
            if told_to_stop:
                self._may_start, self._comes_again = self._comes_again, False
            if self._may_start:
                self._set(LinkState.LOST, error)
                await self._pause(self._wait)
                self._wait = min(self._wait * 2, LAST_WAIT)
            else:
                if self.state is not LinkState.STOPPED:
                    self._set(LinkState.STOPPED, error)
                await self._pause(LOOK_SECONDS)

    async def _pause(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._again.wait(), seconds)
        except TimeoutError:
            return

    async def _drop(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    async def _session(self) -> bool:
        """One connection, from its start to its end; True when the engine was told to stop."""
        self._client = await self._connect(self._may_start)
        if not self._store.loaded:
            self._bridge.load(await self._client.snapshot())
        self._set(LinkState.CONNECTED)
        self._wait, self._comes_again = FIRST_WAIT, False
        follow = asyncio.ensure_future(self._follow(self._client))
        again = asyncio.ensure_future(self._again.wait())
        try:
            await asyncio.wait({follow, again}, return_when=asyncio.FIRST_COMPLETED)
            return follow.result() if follow.done() else False
        finally:
            follow.cancel()
            again.cancel()
            await asyncio.gather(follow, again, return_exceptions=True)

    async def _follow(self, client: Client) -> bool:
        from core.values.events import Reset, Stopping

        while True:
            reset = False
            async for event in client.events(self._store.sequence):
                if isinstance(event, Reset):
                    reset = True
                    break
                if isinstance(event, Stopping):
                    return True
                self._bridge.receive(event)
            if not reset:
                return False
            self._bridge.load(await client.snapshot())
