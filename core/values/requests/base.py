"""What all request bodies have in common."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

POSITION_LIMIT = 2**31
"""Places on a board; also what keeps numbers of any length out of the database."""


Position = Annotated[int, Meta(ge=0, le=POSITION_LIMIT)]


Port = Annotated[int, Meta(ge=1, le=65535)]


Limit = Annotated[int, Meta(ge=1, le=2**31)]


DiskLimit = Annotated[int, Meta(ge=0, le=2**31)]


class Request(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The base of all request bodies: an unknown field is an error that names it."""
