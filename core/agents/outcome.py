"""How a turn ended, in words: from the stop reason, from an error reply, or from the process's exit."""

from __future__ import annotations

from typing import Any

from core.agents import reading
from core.agents.text import clean, one_line
from core.values.states import ProcessStatus

AUTH_REQUIRED = -32000
"""The protocol's own error code for "log in first"."""
COMMAND_NOT_FOUND = 127
CANCELLED_REASON = "cancelled"
_FAILURES = {
    "refusal": "the agent refused to go on",
    "max_tokens": "the agent reached its limit of tokens",
    "max_turn_requests": "the agent reached its limit of requests in one turn",
    "error": "the agent failed",
}


def judge(stop_reason: Any) -> tuple[ProcessStatus, str]:
    """Status and reason that a prompt's stop reason means (Agent Client Protocol, StopReason)."""
    if stop_reason == "end_turn":
        return ProcessStatus.COMPLETED, ""
    if stop_reason == "cancelled":
        return ProcessStatus.KILLED, CANCELLED_REASON
    said = one_line(reading.text(stop_reason), 80)
    unknown = f"the agent stopped for a reason that is not known here: {said or 'none given'}"
    return ProcessStatus.FAILED, _FAILURES.get(said, unknown)


def error_words(error: dict[str, Any]) -> str:
    """The agent's own words in an error reply."""
    message, data = one_line(reading.text(error.get("message")), 500), error.get("data")
    details = ""
    if isinstance(data, str):
        details = data
    elif isinstance(data, dict):
        words = (data.get(key) for key in ("details", "message", "error", "reason"))
        details = next((word for word in words if isinstance(word, str)), "")
    details = one_line(details, 500)
    if not details or details in message:
        return message or "no reason given"
    return f"{message}: {details}" if message else details


def needs_login(error: dict[str, Any]) -> bool:
    """Whether the error says that the agent wants its user to log in."""
    words = error_words(error).lower()
    return (
        error.get("code") == AUTH_REQUIRED or "authentication required" in words or "auth_required" in words
    )


def ways_to_log_in(methods: Any) -> str:
    """The ways that the agent offered when it was initialized, one a line."""
    lines = []
    for method in reading.dicts(methods, 20):
        name = one_line(reading.text(method.get("name")) or reading.text(method.get("id")), 100)
        description = one_line(reading.text(method.get("description")), 200)
        lines.append(f"- {name}: {description}" if description else f"- {name}")
    return "\n".join(lines)


def exit_words(exit_code: int, complaints: str) -> str:
    """Why a process that ended too early did so."""
    last = next((line for line in reversed(complaints.splitlines()) if line.strip()), "")
    if exit_code < 0:
        reason = "the agent was lost before its turn was over"
    else:
        reason = f"the agent exited with code {exit_code} before its turn was over"
    return f"{reason}: {one_line(clean(last), 300)}" if last else reason
