"""Tokens for the API over the network. Only the hash of one is kept, and it is compared in constant time.

A token reads `boatyard_ID_SECRET`: the row is found by its public id, so that what takes how long says
nothing about any secret.
"""

from __future__ import annotations

import getpass
import hashlib
import hmac
import secrets
from collections.abc import Callable

from core.errors import ConflictError, UsageError
from core.lifecycle.context import Context
from core.store import lookup
from core.store import models as m
from core.values.access import NewToken, Scope, Token
from core.values.answers import RemovedAnswer
from core.values.requests import AddToken

PREFIX = "boatyard"
NAME_LIMIT = 64
SECRET_BYTES = 32
LONGEST = 200
"""Characters of a token that are looked at at all."""
_NOBODY = hashlib.sha256(b"").hexdigest()


class Tokens:
    """What a user can do with tokens, and what the door asks."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self.on_removed: list[Callable[[str], None]] = []
        """Called with the id of a token that holds no longer: whoever is inside with it has to go."""

    async def list(self) -> tuple[Token, ...]:
        """All of them, the expired too, by name."""

        def read() -> tuple[Token, ...]:
            return tuple(_view(row) for row in m.ApiToken.select().order_by(m.ApiToken.name))

        return await self._context.store.read(read)

    async def add(self, body: AddToken) -> NewToken:
        """Makes a token; its secret is in the answer and nowhere else.

        Raises:
            UsageError: Its name cannot be one.
            ConflictError: There is one of this name.
        """
        name = body.name.strip()
        if not name or len(name) > NAME_LIMIT or not name.isprintable():
            raise UsageError(
                f"{name[:80]!r} cannot be a token's name",
                hint=f"Say in up to {NAME_LIMIT} characters whose it is: boatyard token add phone",
            )
        secret = secrets.token_urlsafe(SECRET_BYTES)
        expires = None if body.seconds is None else self._context.clock() + body.seconds

        def write() -> Token:
            if m.ApiToken.get_or_none(m.ApiToken.name == name) is not None:
                raise ConflictError(
                    f"there is a token named {name!r} already",
                    hint=f"Remove it first: boatyard token remove {name}",
                )
            row = m.ApiToken.create(
                user=_owner(), name=name, sha256=_hash(secret), scopes=[body.scope.value], expires_at=expires
            )
            return _view(m.ApiToken.get_by_id(row.id))

        token = await self._context.store.write(write)
        return NewToken(token=token, secret=f"{PREFIX}_{token.id}_{secret}")

    async def remove(self, key: str) -> RemovedAnswer:
        """Makes a token worthless at once, by name or id; connections made with it are cut."""

        def write() -> str:
            row = m.ApiToken.get_or_none(m.ApiToken.name == key) or lookup.by_id(m.ApiToken, key, "token")
            row.delete_instance()
            return str(row.id)

        removed = await self._context.store.write(write)
        for tell in list(self.on_removed):
            tell(removed)
        return RemovedAnswer(removed=removed)

    async def find(self, text: str) -> Token | None:
        """The token that a text is, if it holds now."""
        prefix, _, rest = text[:LONGEST].partition("_") if text.isascii() else ("", "", "")
        token_id, _, secret = rest.partition("_")
        row = await self._context.store.read(m.ApiToken.get_or_none, m.ApiToken.id == token_id)
        same = hmac.compare_digest(_hash(secret), row.sha256 if row is not None else _NOBODY)
        if row is None or not same or prefix != PREFIX or row.revoked_at is not None:
            return None
        token = _view(row)
        expired = token.expires_at is not None and token.expires_at <= self._context.clock()
        return None if expired else token

    def seconds_left(self, token: Token) -> float:
        """How long a token holds yet."""
        return max(0.0, (token.expires_at or 0.0) - self._context.clock())


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()


def _owner() -> m.User:
    """The user whose engine this is."""
    row: m.User
    row, _ = m.User.get_or_create(role="admin", defaults={"name": _login()})
    return row


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user without a name
        return "owner"


def _view(row: m.ApiToken) -> Token:
    scope = max((Scope(each) for each in row.scopes), key=list(Scope).index, default=Scope.READ)
    return Token(id=row.id, name=row.name, scope=scope, created_at=row.created_at, expires_at=row.expires_at)
