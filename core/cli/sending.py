"""Sends a prompt so that it is there once, whatever becomes of the engine meanwhile."""

from __future__ import annotations

import uuid

import msgspec

from core.cli.invocation import Invocation
from core.client import Client
from core.client.launch import ensure_engine
from core.errors import UnreachableError
from core.values.entities import Process, QueuedPrompt
from core.values.requests import SendPrompt

ATTEMPTS = 3


async def send_once(call: Invocation, client: Client, name: str, body: SendPrompt) -> Process | QueuedPrompt:
    """Sends a prompt; when the engine goes away before it has answered, starts one and asks again.

    The request's id makes the engine recognise it: it is neither sent twice nor lost.

    Raises:
        UnreachableError: No engine stays up long enough to answer.
    """
    body = msgspec.structs.replace(body, request_id=body.request_id or uuid.uuid4().hex)
    for attempt in range(ATTEMPTS):
        try:
            return await client.send(name, body)
        except UnreachableError:
            if attempt == ATTEMPTS - 1:
                raise
            await ensure_engine(call.home)
    raise AssertionError("unreachable")
