"""Claude Code's `system` events: what happens around the conversation, such as tries that failed."""

from __future__ import annotations

from typing import Any

from core.agents import reading
from core.agents.driver import Effect
from core.agents.native import NativeTurn
from core.agents.text import clean, one_line
from core.values.conversation import EntryKind

_SILENT = frozenset({
    "thinking_tokens", "hook_started", "hook_progress", "task_started", "task_progress", "task_updated",
    "task_notification", "session_state_changed", "files_persisted", "turn_duration", "commands_changed",
})  # fmt: skip
RATE_LIMIT_STATUS = 429


class SystemEvents:
    """The system events of one turn."""

    def __init__(self, turn: NativeTurn) -> None:
        self._turn = turn
        self._mode = ""

    def take(self, message: dict[str, Any], line: bytes, now: float) -> list[Effect]:
        """One event; `line` is what it was read from."""
        match message.get("subtype"):
            case "init":
                return self._init(message, now)
            case "status":
                return self._status(message, now)
            case "api_retry":
                return self._retry(message, now)
            case "compact_boundary":
                return self._turn.book.note("The agent shortened its memory of the conversation.", now)
            case "permission_denied":
                return self._denied(message, now)
            case "hook_response":
                return self._hook(message, now)
            case "local_command_output" | "informational" | "notification":
                return self._say(message, now)
            case subtype if isinstance(subtype, str) and subtype in _SILENT:
                return []
        return self._turn.book.raw(line, now)

    def _init(self, message: dict[str, Any], now: float) -> list[Effect]:
        self._mode = reading.text(message.get("permissionMode"))
        effects: list[Effect] = []
        for server in reading.dicts(message.get("mcp_servers"), 50):
            if server.get("status") in ("failed", "needs-auth"):
                name = one_line(reading.text(server.get("name")), 80)
                effects += self._turn.book.note(f"The MCP server “{name}” cannot be used.", now)
        return effects

    def _status(self, message: dict[str, Any], now: float) -> list[Effect]:
        mode = reading.text(message.get("permissionMode"))
        if mode and mode != self._mode:
            self._mode = mode
            return self._turn.book.note(f"The agent is in the mode “{one_line(mode, 80)}” now.", now)
        return []

    def _retry(self, message: dict[str, Any], now: float) -> list[Effect]:
        status = reading.count(message.get("error_status"))
        error = one_line(reading.text(message.get("error")).replace("_", " "), 100)
        seconds = (reading.amount(message.get("retry_delay_ms")) or 0.0) / 1000
        attempt, most = reading.count(message.get("attempt")), reading.count(message.get("max_retries"))
        failed = " ".join(filter(None, (str(status or ""), error))) or "no answer"
        text = (
            f"The model could not be asked ({failed}): try {attempt or 1} of {most or 1} in {seconds:.0f} s."
        )
        effects = self._turn.retrying(text, now)
        if status == RATE_LIMIT_STATUS or "rate limit" in error:
            effects += self._turn.limits.tell("The model's provider allows no more for now.", now)
        return effects

    def _denied(self, message: dict[str, Any], now: float) -> list[Effect]:
        tool = one_line(reading.text(message.get("tool_name")), 80) or "A tool"
        why = one_line(
            reading.text(message.get("message")) or reading.text(message.get("decision_reason")), 300
        )
        return self._turn.book.note(f"{tool} was not permitted{': ' + why if why else '.'}", now)

    def _hook(self, message: dict[str, Any], now: float) -> list[Effect]:
        if not reading.count(message.get("exit_code")):
            return []
        name = one_line(reading.text(message.get("hook_name")), 80)
        said = one_line(reading.text(message.get("stderr")) or reading.text(message.get("output")), 300)
        return self._turn.book.note(f"The hook “{name}” failed: {said}", now)

    def _say(self, message: dict[str, Any], now: float) -> list[Effect]:
        text = clean(reading.text(message.get("content")) or reading.text(message.get("message")))[:16384]
        return self._turn.book.note(text, now, EntryKind.NOTICE) if text.strip() else []
