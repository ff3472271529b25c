"""What was looked for last, and found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.values.search import SearchHit


@dataclass
class Search:
    """A query with its hits, to come back to."""

    query: str = ""
    kind: str = ""
    workspace: str = ""
    hits: list[SearchHit] = field(default_factory=list)
    more: str = ""
    """Cursor of the next page; empty: there is none."""
    at: int = 0
