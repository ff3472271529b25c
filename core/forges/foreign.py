"""Logs that a host of pull requests keeps elsewhere: read without its token, and never from inside."""

from __future__ import annotations

import ipaddress
import re
import socket
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver
from yarl import URL

from core.egress.rules import is_public, unmapped
from core.errors import ForgeError
from core.forges.links import is_loopback, proxy_for

_NUMBER = re.compile(r"[0-9]+|0[xX][0-9a-fA-F]*")
"""The last part of a host that inet_aton(3) takes for a number, as in 127.1: no domain ends so."""


async def read_foreign(url: str, api: str, limit: int, seconds: float) -> bytes:
    """The end of what another server has at an address that the host has given.

    Its address has to be public, by name and by what the name leads to; one inside of this machine or its
    network is only believed of a host that is on this machine itself.

    Raises:
        ForgeError: It must not be asked, refuses, or does not answer.
    """
    parts = urlsplit(url)
    inside = is_loopback(urlsplit(api).hostname or "")
    if parts.scheme != "https" and not inside:
        raise _refused(parts.hostname)
    _check_literal(parts.hostname or "", inside)
    connector = aiohttp.TCPConnector(resolver=None if inside else _PublicOnly())
    async with (
        aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as session,
        session.get(
            URL(url, encoded=True), allow_redirects=False, proxy=proxy_for(url),
            timeout=aiohttp.ClientTimeout(total=seconds),
        ) as response,
    ):  # fmt: skip
        if response.status != 200:
            raise ForgeError(f"{parts.hostname} answers {response.status} for a log", hint="Try again.")
        body = b""
        async for chunk in response.content.iter_chunked(64 * 1024):
            body = (body + chunk)[-limit:]
        return body


class _PublicOnly(AbstractResolver):
    """Refuses names that lead to an address which is not out in the internet."""

    def __init__(self) -> None:
        self._inner = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._inner.resolve(host, port, family)
        for each in found:
            if not is_public(unmapped(ipaddress.ip_address(each["host"].partition("%")[0]))):
                raise OSError(f"{host} leads to {each['host']}, which is not public")
        return found

    async def close(self) -> None:
        await self._inner.close()


def _check_literal(host: str, inside: bool) -> None:
    """A host that is written as an address is never resolved, nor is one that systems read as a number."""
    try:
        address: Any = ipaddress.ip_address(host)
    except ValueError:
        if not inside and _NUMBER.fullmatch(host.rstrip(".").rpartition(".")[2]):
            raise _refused(host) from None
        return
    if not inside and not is_public(unmapped(address)):
        raise _refused(host)


def _refused(host: str | None) -> ForgeError:
    return ForgeError(f"a log is said to be at {host}, which is not asked", hint="Look at it in a browser.")
