"""The engine: one method per thing that a user can do, in the parts that a user would look for them in."""

from __future__ import annotations

from core.engine.engine import Engine

__all__ = ["Engine"]
