"""Forges made from places: the token is resolved when it is first needed or was refused, and kept in memory
only."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from core.config import ForgeKind, ForgeSection
from core.errors import NotFoundError, UsageError
from core.forges.address import BUILT_IN, USUAL_TOKENS, ForgePlace, forge_of
from core.forges.forge import Forge
from core.forges.gitea import Gitea
from core.forges.github import GitHub
from core.forges.gitlab import GitLab
from core.forges.http import ForgeHttp
from core.runners.secrets import resolve_reference

_AGENT = "boatyard"
_KINDS: Mapping[ForgeKind, type[Forge]] = {
    ForgeKind.GITHUB: GitHub, ForgeKind.GITLAB: GitLab, ForgeKind.GITEA: Gitea,
}  # fmt: skip


class Forges:
    """The hosts that an engine speaks with, each over one connection pool.

    The settings are asked for each time, since they can change while the engine runs.
    """

    def __init__(self, settings: Callable[[], Mapping[str, ForgeSection]]) -> None:
        self._settings = settings
        self._doors: dict[tuple[str, str], ForgeHttp] = {}

    def place(self, address: str, *also: str) -> ForgePlace:
        """The repository that a remote's address names, or else one of its other addresses.

        Raises:
            UsageError: No host is known for any of them.
        """
        for each in (address, *also):
            with contextlib.suppress(UsageError):
                return forge_of(each, self._settings())
        return forge_of(address, self._settings())

    def places(self) -> tuple[ForgePlace, ...]:
        """The hosts that the settings name, and those known without that have a token; no repository."""
        settings = self._settings()
        known = {**settings, **{name: BUILT_IN[name] for name in USUAL_TOKENS if _usual_token(name)}}
        return tuple(
            forge_of(f"{section.url.rstrip('/')}/owner/name", {name: section})
            for name, section in known.items()
        )

    async def open(self, place: ForgePlace) -> Forge:
        """The repository, to be asked; with the token that there is now, once the host has refused one.

        Raises:
            NotFoundError: There is no token, or what its reference names is missing.
            UsageError: The reference is none, or the token cannot be one.
        """
        key = (place.api, place.token)
        door = self._doors.get(key)
        if door is None or door.refused:
            door = await self._opened(key, place)
        return _KINDS[place.kind](door, place.path)

    async def _opened(self, key: tuple[str, str], place: ForgePlace) -> ForgeHttp:
        token = await _token(place)
        known = self._doors.get(key)
        if known is not None and known.token == token:
            known.refused = False
            return known
        door = self._doors[key] = ForgeHttp(place.api, token, _headers(place.kind, token))
        if known is not None:
            await known.close()
        return door

    async def close(self) -> None:
        for door in self._doors.values():
            await door.close()


def _usual_token(host: str) -> str:
    names = USUAL_TOKENS.get(host, ())
    return next((os.environ[name].strip() for name in names if os.environ.get(name, "").strip()), "")


async def _token(place: ForgePlace) -> str:
    what = f"token of {place.name}"
    if place.token:
        token = (await resolve_reference(what, place.token)).strip()
    else:
        host = urlsplit(place.web).netloc.lower()
        names = USUAL_TOKENS.get(host, ())
        token = _usual_token(host)
        if not token:
            either = f"set {' or '.join(names)} and start the engine anew, or " if names else ""
            raise NotFoundError(
                f"there is no token for {place.web}",
                hint=f"Make one there; {either}say where it is in config.toml: [forges.NAME], token = "
                '"env:NAME", "file:PATH" or "command:ARGV".',
            )
    if not token.isascii() or not token.isprintable() or " " in token or not token:
        raise UsageError(
            f"the {what} holds characters that no token has", hint="Look at where it comes from."
        )
    return token


def _headers(kind: ForgeKind, token: str) -> dict[str, str]:
    usual = {"User-Agent": _AGENT, "Accept": "application/json"}
    if kind is ForgeKind.GITEA:
        return {**usual, "Authorization": f"token {token}"}
    if kind is ForgeKind.GITHUB:
        usual |= {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
    return {**usual, "Authorization": f"Bearer {token}"}
