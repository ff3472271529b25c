"""What Boatyard remembers: Peewee models over SQLite, numbered migrations, one thread that talks to it."""

from __future__ import annotations

from core.store.store import Store

__all__ = ["Store"]
