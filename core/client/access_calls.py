"""The client's calls about tokens and doors."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from typing import cast

import msgspec

from core.client.connection import Connection
from core.client.parts import part
from core.errors import error_from_document
from core.values import requests as ask
from core.values.access import DoorAnswer, NewToken, OpenDoor, Token
from core.values.answers import RemovedAnswer


class AccessCalls:
    """A part of `core.client.Client`."""

    _http: Connection

    async def tokens(self) -> tuple[Token, ...]:
        return await self._http.call("GET", "/tokens", tuple[Token, ...])

    async def add_token(self, body: ask.AddToken) -> NewToken:
        """Makes a token; nobody can be told its secret again."""
        return await self._http.call("POST", "/tokens", NewToken, body=body)

    async def remove_token(self, token: str) -> RemovedAnswer:
        """Makes a token worthless, by name or id."""
        return await self._http.call("DELETE", f"/tokens/{part(token)}", RemovedAnswer)

    async def doors(self) -> tuple[OpenDoor, ...]:
        """The doors to the network that are open now."""
        return await self._http.call("GET", "/doors", tuple[OpenDoor, ...])

    async def open_door(self, kind: str, address: str, hosts: Sequence[str] = ()) -> AsyncIterator[OpenDoor]:
        """Lets the engine listen at an address for as long as the iteration goes on.

        Args:
            kind: `api` or `public`.
            address: `HOST:PORT`; port 0: any.
            hosts: Further names that requests may call the machine by.
        """
        query = {"kind": kind, "address": address, "hosts": ",".join(hosts)}
        frames = self._http.frames("/door", msgspec.json.Decoder(DoorAnswer), query)
        async with contextlib.aclosing(cast("AsyncGenerator[DoorAnswer]", frames)) as answers:
            async for answer in answers:
                if answer.error is not None:
                    raise error_from_document(answer.error)
                if answer.door is not None:
                    yield answer.door
