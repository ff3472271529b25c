"""What Codex tells of tokens, and of the windows in which its provider counts them."""

from __future__ import annotations

from typing import Any

from core.agents import reading
from core.agents.driver import Effect, UsageReport
from core.agents.entries import EntryBook
from core.agents.limits import LimitWatch
from core.values.conversation import EntryKind

FULL = 100
"""Percent of a window from which on nothing more goes through."""


class Quota:
    """The figures of one turn."""

    def __init__(self, limits: LimitWatch) -> None:
        self._limits = limits
        self._before: tuple[int, int] | None = None
        self._total = (0, 0)
        self._context = self._window = 0
        self.reset_at: float | None = None
        """When the fullest window ends, in seconds since 1970 UTC."""

    def used(self, usage: dict[str, Any], *, begun: bool) -> None:
        """What the thread has used in all, and what its last request did.

        Args:
            usage: The figures.
            begun: Whether the turn has; what was used before it is none of its.
        """
        total, last = reading.mapping(usage.get("total")), reading.mapping(usage.get("last"))
        self._total = _tokens(total)
        if not begun:
            self._before = self._total
        elif self._before is None:
            one = _tokens(last)
            self._before = (max(0, self._total[0] - one[0]), max(0, self._total[1] - one[1]))
        self._context = reading.count(last.get("totalTokens")) or 0
        self._window = reading.count(usage.get("modelContextWindow")) or 0

    def windows(self, limits: dict[str, Any], now: float) -> list[Effect]:
        """How full the provider's windows are."""
        full = bool(limits.get("rateLimitReachedType"))
        moments = []
        for name in ("primary", "secondary"):
            window = reading.mapping(limits.get(name))
            if (reading.amount(window.get("usedPercent")) or 0) >= FULL:
                full = True
                moments.append(reading.amount(window.get("resetsAt")))
        self.reset_at = max((moment for moment in moments if moment), default=self.reset_at)
        return self._limits.tell("The provider's limit is reached.", now, self.reset_at) if full else []

    def report(self, book: EntryBook, now: float) -> list[Effect]:
        """One entry and one report, if there is anything to tell."""
        if self._before is None:
            return []
        sent, received = (total - before for total, before in zip(self._total, self._before, strict=True))
        window = f" of {self._window:,}" if self._window else ""
        text = f"{sent:,} tokens in · {received:,} out · context {self._context:,}{window}"
        return [*book.note(text, now, EntryKind.USAGE), UsageReport(sent, received)]


def _tokens(figures: dict[str, Any]) -> tuple[int, int]:
    return reading.count(figures.get("inputTokens")) or 0, reading.count(figures.get("outputTokens")) or 0
