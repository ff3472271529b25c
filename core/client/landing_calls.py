"""The client's calls about attempts at a task, checks, and the landing queue."""

from __future__ import annotations

from core.client.connection import Connection
from core.client.parts import part
from core.values import requests as ask
from core.values.attempts import Attempt, CheckAnswer
from core.values.entities import Operation
from core.values.landing import LandingQueue


class LandingCalls:
    """A part of `core.client.Client`."""

    _http: Connection

    async def attempts(self, task: str) -> tuple[Attempt, ...]:
        """The workspaces of a task, measured, the first one first."""
        path = f"/tasks/{part(task)}/attempts"
        return await self._http.call("GET", path, tuple[Attempt, ...], patient=True)

    async def choose_attempt(self, task: str, body: ask.ChooseAttempt) -> tuple[Operation, ...]:
        """Begins to archive all other attempts at a task."""
        path = f"/tasks/{part(task)}/choose"
        return await self._http.call("POST", path, tuple[Operation, ...], body=body)

    async def check(self, name: str) -> CheckAnswer:
        """Runs the check scripts of a workspace; returns when they have ended."""
        return await self._http.call("POST", f"/workspaces/{part(name)}/check", CheckAnswer, patient=True)

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
