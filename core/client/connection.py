"""HTTP over the engine's Unix socket: requests in, typed values or a `BoatyardError` out."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

import aiohttp
import msgspec

from core.errors import BoatyardError, UnreachableError, UsageError, error_from_document
from core.values.events import AnyEvent

T = TypeVar("T")
Query = Mapping[str, str | int]

API = "http://boatyard/api/v1"
LONG_BODY = 2**19
"""Bytes of a body that are sent in one piece at most."""
REQUEST_SECONDS = 600
"""An engine that says nothing for so long about a request is given up."""


def _unreachable(socket: Path, cause: object) -> UnreachableError:
    return UnreachableError(
        f"the engine does not answer on {socket}: {cause}",
        hint="Run 'boatyard engine start', and look at 'boatyard engine logs' if that does not help.",
    )


class Connection:
    """One client's connections to the engine; use as an asynchronous context manager."""

    def __init__(self, socket: Path) -> None:
        self._socket = socket
        self._session = aiohttp.ClientSession(
            connector=aiohttp.UnixConnector(path=str(socket)),
            timeout=aiohttp.ClientTimeout(total=REQUEST_SECONDS),
        )

    async def __aenter__(self) -> Connection:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        await self._session.close()

    async def call(
        self,
        method: str,
        path: str,
        returns: type[T],
        *,
        body: msgspec.Struct | None = None,
        query: Query | None = None,
        patient: bool = False,
    ) -> T:
        """Sends one request and decodes its answer; `patient` waits for it as long as the engine lives.

        Raises:
            BoatyardError: What the engine answered, in its own class, or `UnreachableError`.
        """
        payload = await self._exchange(method, path, body, query, None if patient else REQUEST_SECONDS)
        try:
            return msgspec.json.decode(payload, type=returns)
        except msgspec.DecodeError as error:
            raise BoatyardError(
                f"the engine's answer to {method} {path} is not understood: {error}",
                hint="Engine and client may be of different versions: run 'boatyard engine stop'.",
            ) from error

    async def _exchange(
        self, method: str, path: str, body: msgspec.Struct | None, query: Query | None, seconds: float | None
    ) -> bytes:
        data = _encoded(body)
        headers = {"Content-Type": "application/json"} if data is not None else None
        try:
            async with self._session.request(
                method, API + path, data=data, headers=headers, params=_sendable(query),
                timeout=aiohttp.ClientTimeout(total=seconds),
            ) as response:  # fmt: skip
                payload = await response.read()
                if response.status < 400:
                    return payload
                raise _refusal(payload, response.status)
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise _unreachable(self._socket, error) from error

    def events(self, since: int) -> AsyncIterator[AnyEvent]:
        """The engine's events after `since`, until the engine goes away; raises as `frames` does."""
        decoder: msgspec.json.Decoder[AnyEvent] = msgspec.json.Decoder(AnyEvent)
        return self.frames("/events", decoder, {"since": since})

    async def frames(
        self, path: str, decoder: msgspec.json.Decoder[T], query: Query | None = None
    ) -> AsyncIterator[T]:
        """The documents of a WebSocket, until the engine ends it.

        Raises:
            UnreachableError: When there is no connection, or it breaks.
        """
        try:
            async with self._session.ws_connect(
                API + path, params=query, heartbeat=20, max_msg_size=0
            ) as socket:
                async for message in socket:
                    if message.type is aiohttp.WSMsgType.TEXT:
                        yield decoder.decode(message.data)
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise _unreachable(self._socket, error) from error


def _encoded(body: msgspec.Struct | None) -> bytes | io.BytesIO | None:
    """The body as JSON; a long one is sent piece by piece, so that the loop goes on.

    Raises:
        UsageError: A text in it is not valid Unicode, such as a file name that is not UTF-8.
    """
    try:
        data = msgspec.json.encode(body) if body is not None else None
    except UnicodeEncodeError as error:
        raise _not_unicode(error) from error
    return io.BytesIO(data) if data is not None and len(data) > LONG_BODY else data


def _sendable(query: Query | None) -> Query | None:
    try:
        for value in (query or {}).values():
            str(value).encode()
    except UnicodeEncodeError as error:
        raise _not_unicode(error) from error
    return query


def _not_unicode(error: UnicodeEncodeError) -> UsageError:
    shown = error.object[max(0, error.start - 20) : error.end + 20]
    return UsageError(f"{shown!r} is not valid Unicode text", hint="Use UTF-8.")


def _refusal(payload: bytes, status: int) -> BoatyardError:
    try:
        document: Any = msgspec.json.decode(payload)
        return error_from_document(document["error"])
    except (msgspec.DecodeError, KeyError, TypeError):
        return BoatyardError(
            f"the engine answered with HTTP status {status}", hint="See 'boatyard engine logs'."
        )
