"""Where what a workspace has published can be seen."""

from __future__ import annotations

from collections.abc import Iterable

from core.values.access import OpenDoor

EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}
"""Addresses that stand for all of this machine's, and the one by which it reaches itself."""


def public_page(doors: Iterable[OpenDoor], name: str) -> str:
    """The address of a workspace's page at the first public door; empty where none is open."""
    for door in doors:
        if door.kind == "public":
            host = EVERYWHERE.get(door.host, door.host)
            shown = f"[{host}]" if ":" in host else host
            return f"http://{shown}:{door.port}/{name}/"
    return ""
