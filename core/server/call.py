"""One API request as a route's handler sees it."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from core.engine import Engine
from core.errors import UsageError

ENGINE = web.AppKey("engine", Engine)


class Call:
    """One request as a route's handler sees it."""

    def __init__(self, request: web.Request, body: Any) -> None:
        self._request = request
        self.body: Any = body
        self.engine: Engine = request.app[ENGINE]

    def part(self, name: str) -> str:
        """A part of the path, decoded."""
        return self._request.match_info[name]

    def text(self, name: str, default: str = "") -> str:
        return self._request.query.get(name, default)

    def flag(self, name: str) -> bool:
        """Whether a parameter of the query is `true` or `1`.

        Raises:
            UsageError: It is something else than these, `false` or `0`.
        """
        text = self._request.query.get(name, "false")
        if text not in ("true", "false", "1", "0"):
            raise UsageError(f"{name} is {text[:40]!r}, not true or false", hint="Use true or false.")
        return text in ("true", "1")

    def number(self, name: str, default: int) -> int:
        """A whole number from the query.

        Raises:
            UsageError: It is none, or too long to be meant.
        """
        text = self._request.query.get(name)
        if text is None:
            return default
        if not text.removeprefix("-").isascii() or not text.removeprefix("-").isdigit() or len(text) > 18:
            raise UsageError(f"{name} is {text[:40]!r}, not a whole number", hint="Use digits.")
        return int(text)
