"""The container engine's API over its socket without threads: for streams that have to end when we say so.

The SDK reads streams in blocking calls that nobody can cancel. What is short goes through `Connection`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from typing import Any

import aiohttp
import msgspec

from core.errors import UnreachableError
from core.runners.docker.connection import USUAL_SECONDS, Connection, Refused

LINE_BYTES = 4 * 2**20
"""The longest document of a stream."""


class EngineHttp:
    """Requests to one engine; nothing is opened before the first."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._session: aiohttp.ClientSession | None = None

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            path = self._connection.address.removeprefix("unix://")
            # Streams hold a connection each, for as long as somebody looks.
            connector = aiohttp.UnixConnector(path=path, limit=0)
            self._session = aiohttp.ClientSession(connector=connector, read_bufsize=LINE_BYTES)
        return self._session

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def request(
        self,
        method: str,
        path: str,
        what: str,
        *,
        query: Mapping[str, str] | None = None,
        body: object = None,
        seconds: float = USUAL_SECONDS,
    ) -> bytes:
        """One request to its end.

        Args:
            method: The HTTP method.
            path: Without a version: the engine takes its own.
            what: What is attempted, in words that complete "cannot …".
            query: Parameters.
            body: Sent as JSON.
            seconds: Limit of the whole request.

        Raises:
            UnreachableError: The engine does not answer, or not in time.
            Refused: The engine answered with an error.
        """
        try:
            async with self._open().request(
                method, f"http://engine{path}", params=query, json=body,
                timeout=aiohttp.ClientTimeout(total=seconds),
            ) as response:  # fmt: skip
                payload = await response.read()
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise self._unreachable(what, error) from error
        if response.status >= 400:
            raise Refused(f"cannot {what}: {_explanation(payload)}", response.status)
        return payload

    async def document(
        self, path: str, what: str, *, query: Mapping[str, str] | None = None, seconds: float = USUAL_SECONDS
    ) -> Any:
        """The JSON that a GET gives; raises as `request` does."""
        payload = await self.request("GET", path, what, query=query, seconds=seconds)
        try:
            return msgspec.json.decode(payload)
        except msgspec.DecodeError as error:
            raise self._unreachable(what, error) from error

    async def documents(
        self, path: str, what: str, *, query: Mapping[str, str] | None = None
    ) -> AsyncGenerator[dict[str, Any]]:
        """JSON documents, one per line, as they come, until the engine ends the stream.

        Raises:
            UnreachableError: The engine does not answer, or goes away in the middle.
            Refused: The engine answered with an error.
        """
        try:
            async with self._open().get(
                f"http://engine{path}", params=query,
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=USUAL_SECONDS),
            ) as response:  # fmt: skip
                if response.status >= 400:
                    raise Refused(f"cannot {what}: {_explanation(await response.read())}", response.status)
                async for line in response.content:
                    if line.strip():
                        yield msgspec.json.decode(line)
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError, msgspec.DecodeError) as error:
            raise self._unreachable(what, error) from error

    def _unreachable(self, what: str, error: Exception) -> UnreachableError:
        late = isinstance(error, asyncio.TimeoutError)
        reason = "does not answer in time" if late else "does not answer"
        return UnreachableError(
            f"cannot {what}: the container engine at {self._connection.address} {reason}",
            hint="Look at it with `docker ps`; start it with `sudo systemctl start docker`.",
            details={"cause": str(error)[:500]},
        )


def _explanation(payload: bytes) -> str:
    try:
        document = msgspec.json.decode(payload)
    except msgspec.DecodeError:
        document = None
    message = document.get("message") if isinstance(document, dict) else None
    return str(message) if message else payload.decode(errors="replace")[:500]
