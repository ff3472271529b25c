"""The one typed client of the engine: the terminal interface, the command line and scripts use it."""

from __future__ import annotations

from core.client.client import Client

__all__ = ["Client"]
