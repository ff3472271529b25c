"""Requests about who may use the API."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from core.values.access import Scope
from core.values.requests.base import Request


class AddToken(Request, frozen=True, kw_only=True):
    name: str
    scope: Scope = Scope.READ
    seconds: Annotated[float, Meta(gt=0, le=10 * 366 * 86400)] | None = None
    """How long it holds; None: until it is removed."""
