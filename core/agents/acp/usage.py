"""Tokens and money, where an agent reports them: during the turn, with the stop reason, or beside it."""

from __future__ import annotations

from typing import Any

from core.agents import reading
from core.agents.driver import Effect, UsageReport
from core.agents.entries import EntryBook
from core.values.conversation import EntryKind


class UsageMeter:
    """The last figures that the agent gave."""

    def __init__(self) -> None:
        self._context: int | None = None
        self._window: int | None = None
        self._cost: float | None = None
        self._input: int | None = None
        self._output: int | None = None
        self._no_model = False

    def update(self, update: dict[str, Any]) -> None:
        """A `usage_update`: how full the context is, and what the session has cost so far."""
        self._context = _or(reading.count(update.get("used")), self._context)
        self._window = _or(reading.count(update.get("size")), self._window)
        cost = reading.mapping(update.get("cost"))
        if cost.get("currency", "USD") == "USD":
            amount = reading.amount(cost.get("amount"))
            self._cost = self._cost if amount is None else amount

    def result(self, result: dict[str, Any]) -> None:
        """The reply to the prompt: `usage`, else the figures under `_meta` (gemini)."""
        usage = reading.mapping(result.get("usage"))
        quota = reading.mapping(reading.mapping(result.get("_meta")).get("quota"))
        self._no_model = quota.get("model_usage") == []
        tokens = reading.mapping(quota.get("token_count"))
        for source, sent, received in (
            (tokens, "input_tokens", "output_tokens"),
            (usage, "inputTokens", "outputTokens"),
        ):
            self._input = _or(reading.count(source.get(sent)), self._input)
            self._output = _or(reading.count(source.get(received)), self._output)

    @property
    def nothing_spent(self) -> bool:
        """Whether the agent says that no model was asked in the whole turn."""
        return self._no_model or (self._input == 0 and self._output == 0)

    def report(self, book: EntryBook, now: float) -> list[Effect]:
        """At the end of the turn: one entry and one report, if there is anything to tell."""
        report = UsageReport(self._input, self._output, self._cost)
        text = self._text()
        if not text:
            return []
        return [*book.note(text, now, EntryKind.USAGE), report]

    def _text(self) -> str:
        parts = []
        if self._input is not None:
            parts.append(f"{self._input:,} tokens in")
        if self._output is not None:
            parts.append(f"{self._output:,} out")
        if self._context is not None:
            window = f" of {self._window:,}" if self._window else ""
            parts.append(f"context {self._context:,}{window}")
        if self._cost is not None:
            parts.append(f"${self._cost:,.2f}")
        return " · ".join(parts)


def _or(value: int | None, other: int | None) -> int | None:
    return other if value is None else value
