"""The base of everything that crosses the API."""

from __future__ import annotations

import msgspec


class Value(msgspec.Struct, frozen=True, kw_only=True):
    """The base of everything that crosses the API."""
