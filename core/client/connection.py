"""HTTP over the engine's Unix socket: requests in, typed values or a `BoatyardError` out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

import msgspec

from core.client.transport import Answer, Query, Transport
from core.errors import BoatyardError, UsageError, error_from_document
from core.values.events import AnyEvent

T = TypeVar("T")

REQUEST_SECONDS = 600
"""An engine that says nothing for so long about a request is given up."""


class Connection:
    """One client's connections to the engine; use as an asynchronous context manager."""

    def __init__(self, socket: Path, *, brief: bool = False) -> None:
        """
        Args:
            socket: The engine's.
            brief: Whether only a few things are asked, one after the other.
        """
        self._transport = _transport(socket, brief)

    async def __aenter__(self) -> Connection:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        await self._transport.close()

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
        seconds = None if patient else REQUEST_SECONDS
        answer = await self._transport.request(method, path, _encoded(body), _sendable(query), seconds)
        if answer.status >= 400:
            raise _refusal(answer)
        try:
            return msgspec.json.decode(answer.payload, type=returns)
        except msgspec.DecodeError as error:
            raise BoatyardError(
                f"the engine's answer to {method} {path} is not understood: {error}",
                hint="Engine and client may be of different versions: run 'boatyard engine restart'.",
            ) from error

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
        async with self._transport.frames(path, query) as texts:
            async for text in texts:
                yield decoder.decode(text)


def _transport(socket: Path, brief: bool) -> Transport:
    """Each is imported only where it is used: that is what the brief one is for."""
    if brief:
        from core.client.brief import BriefTransport

        return BriefTransport(socket)
    from core.client.lasting import LastingTransport

    return LastingTransport(socket)


def _encoded(body: msgspec.Struct | None) -> bytes | None:
    """The body as JSON.

    Raises:
        UsageError: A text in it is not valid Unicode, such as a file name that is not UTF-8.
    """
    try:
        return msgspec.json.encode(body) if body is not None else None
    except UnicodeEncodeError as error:
        raise _not_unicode(error) from error


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


def _refusal(answer: Answer) -> BoatyardError:
    try:
        document: Any = msgspec.json.decode(answer.payload)
        return error_from_document(document["error"])
    except (msgspec.DecodeError, KeyError, TypeError):
        return BoatyardError(
            f"the engine answered with HTTP status {answer.status}", hint="See 'boatyard engine logs'."
        )
