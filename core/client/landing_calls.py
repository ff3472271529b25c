"""The client's calls about the landing queue."""

from __future__ import annotations

from core.client.connection import Connection
from core.client.parts import part
from core.values import requests as ask
from core.values.landing import LandingQueue


class LandingCalls:
    """A part of `core.client.Client`."""

    _http: Connection

    async def landing_queue(self) -> LandingQueue:
        """The queue, those that have ended included until they are taken out."""
        return await self._http.call("GET", "/landing", LandingQueue)

    async def queue_landing(self, body: ask.QueueLanding) -> LandingQueue:
        """Puts workspaces into the queue, and starts it when that is wanted."""
        return await self._http.call("POST", "/landing", LandingQueue, body=body)

    async def start_landing(self) -> LandingQueue:
        """Works through the queue in the background."""
        return await self._http.call("POST", "/landing/start", LandingQueue)

    async def stop_landing(self) -> LandingQueue:
        """Stops after the step that is under way."""
        return await self._http.call("POST", "/landing/stop", LandingQueue, patient=True)

    async def drop_landing(self, name: str) -> LandingQueue:
        """Takes a workspace out of the queue."""
        return await self._http.call("DELETE", f"/landing/{part(name)}", LandingQueue)
