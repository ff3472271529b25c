"""Addresses of remotes as they may be shown: without what lets somebody in."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import unquote

_USER = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://([^/\s]*)@")
COVER = "***"


@dataclass(frozen=True)
class Remote:
    """A remote of the user's repository, by its name and where pushes to it go."""

    name: str
    address: str = field(repr=False)
    """As git uses it; may hold a password, so it is never shown, logged or stored."""

    also: tuple[str, ...] = field(default=(), repr=False)
    """Its other addresses: as the settings have them, before git rewrites them, and for fetches."""

    @property
    def url(self) -> str:
        """The address as it may be shown."""
        return public_address(self.address)

    def covered(self, text: str) -> str:
        """What git or a hook said, without this remote's secrets."""
        secrets = {secret for each in (self.address, *self.also) for secret in secrets_of(each)}
        for secret in sorted(secrets, key=len, reverse=True):
            text = text.replace(secret, COVER)
        return text


def public_address(address: str) -> str:
    """An address without its password; over HTTP without the user too, whose name may be a token."""
    match = _USER.match(address)
    if match is None:
        return address
    user = "" if match[1].lower() in ("http", "https") else match[2].partition(":")[0]
    return f"{match[1]}://{user}{'@' if user else ''}{address[match.end() :]}"


def secrets_of(address: str) -> set[str]:
    """What of an address must not be shown, also as a program may have decoded it."""
    match = _USER.match(address)
    if match is None:
        return set()
    user, _, password = match[2].partition(":")
    parts = [password]
    if match[1].lower() in ("http", "https"):
        parts = [match[2], password or user]
    return set(_both(filter(None, parts)))


def _both(parts: Iterable[str]) -> Iterable[str]:
    for part in parts:
        yield part
        yield unquote(part)
