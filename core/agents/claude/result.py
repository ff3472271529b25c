"""How Claude Code says that a turn ended: whether it went well, what it cost, what was not permitted."""

from __future__ import annotations

from collections.abc import Container
from typing import Any

from core.agents import reading
from core.agents.driver import Effect, UsageReport
from core.agents.entries import EntryBook
from core.agents.text import clean, one_line
from core.values.conversation import EntryKind

_FAILURES = {
    "error_max_turns": "the agent reached its limit of turns",
    "error_max_budget_usd": "the agent reached its limit of cost",
    "error_max_structured_output_retries": "the agent could not write its answer in the form that was asked",
}
_STOPS = {
    "refusal": "the agent refused to go on",
    "max_tokens": "the agent reached its limit of tokens",
}
TEXT_LIMIT = 64 * 1024
TOLD_DENIALS = 5


class Result:
    """The event `result`."""

    def __init__(self, message: dict[str, Any]) -> None:
        self._message = message
        self.text = clean(reading.text(message.get("result"))[:TEXT_LIMIT])

    def denied(self, asked: Container[str]) -> tuple[str, ...]:
        """What it was not permitted to do, by the tools' names, but for the calls that somebody was asked."""
        found = reading.dicts(self._message.get("permission_denials"), 100)
        unasked = [each for each in found if reading.text(each.get("tool_use_id")) not in asked]
        names = dict.fromkeys(one_line(reading.text(each.get("tool_name")), 60) for each in unasked)
        return tuple(filter(None, names))[:TOLD_DENIALS]

    def failure(self, model_error: str) -> str:
        """Why the turn did not complete; empty: it did.

        Args:
            model_error: What the agent said in place of its model, if it did.
        """
        subtype = reading.text(self._message.get("subtype"))
        if subtype == "success" and self._message.get("is_error") is not True and not model_error:
            return _STOPS.get(reading.text(self._message.get("stop_reason")), "")
        errors = self._message.get("errors")
        told = [each for each in errors[:10] if isinstance(each, str)] if isinstance(errors, list) else []
        words = model_error or self.text or "\n".join(told)
        plain = _FAILURES.get(subtype, "")
        said = clean(words).strip()[:4000]
        return plain or said or f"the agent failed ({one_line(subtype, 80) or 'it does not say why'})"

    def usage(self, book: EntryBook, now: float) -> list[Effect]:
        """One entry and one report, if there is anything to tell. Tokens read from a cache count as input."""
        given = reading.mapping(self._message.get("usage"))
        parts = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
        counts = [count for count in (reading.count(given.get(part)) for part in parts) if count is not None]
        report = UsageReport(
            sum(counts) if counts else None,
            reading.count(given.get("output_tokens")),
            reading.amount(self._message.get("total_cost_usd")),
        )
        words = []
        if report.input_tokens is not None:
            words.append(f"{report.input_tokens:,} tokens in")
        if report.output_tokens is not None:
            words.append(f"{report.output_tokens:,} out")
        if report.cost_usd is not None:
            words.append(f"${report.cost_usd:,.2f}")
        return [*book.note(" · ".join(words), now, EntryKind.USAGE), report] if words else []
