"""What a workspace was not let through to, remembered for the user to see."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

KEPT = 200
"""Different destinations that are remembered for a workspace; the oldest goes first."""


@dataclass(frozen=True)
class Refusal:
    """A destination that was refused, how often, and why."""

    host: str
    port: int
    reason: str
    count: int
    last_at: float


class Refusals:
    """The refused destinations of one workspace."""

    def __init__(self, on_new: Callable[[Refusal], None]) -> None:
        """`on_new` is called with the first refusal of each destination."""
        self._on_new = on_new
        self._found: OrderedDict[tuple[str, int], Refusal] = OrderedDict()

    def note(self, host: str, port: int, reason: str) -> None:
        """A destination was refused, once more or for the first time."""
        before = self._found.pop((host, port), None)
        refusal = Refusal(host, port, reason, before.count + 1 if before else 1, time.time())
        self._found[host, port] = refusal
        if len(self._found) > KEPT:
            self._found.popitem(last=False)
        if before is None:
            self._on_new(refusal)

    def all(self) -> list[Refusal]:
        """The latest one last."""
        return list(self._found.values())
