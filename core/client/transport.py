"""What carries requests to the engine: how it is asked, and what it raises."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import NamedTuple, Protocol

from core.errors import UnreachableError

Query = Mapping[str, str | int]

HOST = "boatyard"
"""The name by which the engine is asked on its socket, where nobody looks names up."""
BASE = "/api/v1"


class Answer(NamedTuple):
    """What the engine answered."""

    status: int
    payload: bytes


class Transport(Protocol):
    """Carries requests; every method raises `UnreachableError` where there is no connection, or it breaks."""

    async def request(
        self, method: str, path: str, body: bytes | None, query: Query | None, seconds: float | None
    ) -> Answer:
        """Sends one request, with a JSON body if any, and waits for its answer; `seconds` None: for ever."""

    def frames(self, path: str, query: Query | None) -> AbstractAsyncContextManager[AsyncIterator[str]]:
        """The texts of a WebSocket, until the engine ends it."""

    async def close(self) -> None:
        """Ends all connections."""


def unreachable(socket: Path, cause: object) -> UnreachableError:
    """The error where the engine does not answer."""
    return UnreachableError(
        f"the engine does not answer on {socket}: {cause}",
        hint="Run 'boatyard engine start', and look at 'boatyard engine logs' if that does not help.",
    )
