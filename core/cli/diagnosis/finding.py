"""One thing that was looked at, and how it is put right."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

Remedy = Callable[[], Awaitable[str]]
"""Puts something right; says what it did. Raises `BoatyardError` or `OSError` when it cannot."""


class State(StrEnum):
    OK = "ok"
    WARNING = "warning"
    """Works, and less well than it could."""
    PROBLEM = "problem"
    """Something does not work, or is not safe."""


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    name: str
    state: State
    what: str
    why: str = ""
    """Why it matters."""
    fix: str = ""
    """What to do, for people."""
    remedy: Remedy | None = field(default=None, repr=False, compare=False)
    """Does it; None where only the user can."""

    def document(self) -> dict[str, Any]:
        """For programs."""
        return {
            "name": self.name,
            "state": self.state,
            "what": self.what,
            "why": self.why,
            "fix": self.fix,
            "fixable": self.remedy is not None,
        }
