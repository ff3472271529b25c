"""What requests are put together from."""

from __future__ import annotations

from urllib.parse import quote


def part(text: str) -> str:
    """A name as one part of a path; bytes that are no UTF-8 name nothing that the engine knows."""
    return quote(text, safe="", errors="replace")
