"""Session updates: what the agent reports while it works, turned into entries.

An update of a kind that is not known is kept as it came: agents are ahead of the protocol's releases.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from core.agents import reading
from core.agents.acp.messages import Messages
from core.agents.acp.tool_calls import ToolCalls
from core.agents.acp.trouble import Trouble
from core.agents.acp.usage import UsageMeter
from core.agents.driver import Commands, Effect
from core.agents.entries import EntryBook
from core.agents.text import clean, one_line
from core.values.conversation import AgentCommand, EntryKind, PlanItem

PLAN_LIMIT = 200
_STATUSES = ("pending", "in_progress", "completed")
_SILENT = frozenset({"user_message_chunk", "user_message", "config_option_update"})
"""Kinds that say nothing about the work; the prompt is in the conversation already."""
_WORK = frozenset({
    "agent_message_chunk", "agent_thought_chunk", "agent_message", "agent_thought", "tool_call",
    "tool_call_update", "tool_call_content_chunk",
})  # fmt: skip
COMMANDS_LIMIT = 500

Handler = Callable[[dict[str, Any], float], list[Effect]]


class Updates:
    """Takes the `session/update` notifications of one turn."""

    def __init__(
        self, book: EntryBook, messages: Messages, tools: ToolCalls, usage: UsageMeter, trouble: Trouble
    ) -> None:
        self._book = book
        self._messages = messages
        self._tools = tools
        self._usage = usage
        self._trouble = trouble
        self._plan_entry = ""
        self._handlers: dict[str, Handler] = {
            "agent_message_chunk": lambda update, now: messages.chunk(EntryKind.MESSAGE, update, now),
            "agent_thought_chunk": lambda update, now: messages.chunk(EntryKind.THOUGHT, update, now),
            "agent_message": lambda update, now: messages.whole(EntryKind.MESSAGE, update, now),
            "agent_thought": lambda update, now: messages.whole(EntryKind.THOUGHT, update, now),
            "tool_call": self._tool_call,
            "tool_call_content_chunk": lambda update, now: tools.more(update, now),
            "terminal_update": lambda update, now: tools.terminal(update, now),
            "terminal_output_chunk": lambda update, now: tools.terminal(update, now),
            "tool_call_update": self._tool_call_update,
            "plan": self._plan,
            "plan_update": lambda update, now: self._plan(reading.mapping(update.get("plan")), now),
            "plan_removed": lambda update, now: self._set_plan((), "", now),
            "current_mode_update": self._mode,
            "notice": self._notice,
            "usage_update": self._usage_update,
            "session_info_update": trouble.take,
        }

    def take(self, params: dict[str, Any], line: bytes, now: float) -> list[Effect]:
        """One notification; `line` is what it was read from."""
        update = reading.mapping(params.get("update"))
        kind = reading.text(update.get("sessionUpdate"))
        if kind in _SILENT:
            return []
        if kind in _WORK:
            self._trouble.over()
        handler = self._handlers.get(kind)
        return handler(update, now) if handler else self._book.raw(line, now)

    def _tool_call(self, update: dict[str, Any], now: float) -> list[Effect]:
        return self._messages.close(now) + self._tools.upsert(update, now)

    def _tool_call_update(self, update: dict[str, Any], now: float) -> list[Effect]:
        known = self._tools.entry_of(update) is not None
        return self._tools.upsert(update, now) if known else self._tool_call(update, now)

    def _plan(self, update: dict[str, Any], now: float) -> list[Effect]:
        items = tuple(
            PlanItem(text=one_line(reading.text(item.get("content"))), status=_plan_status(item))
            for item in reading.dicts(update.get("entries"), PLAN_LIMIT)
        )
        markdown = reading.as_json(reading.text(update.get("content")), 16 * 1024)
        return self._set_plan(items, markdown, now)

    def _set_plan(self, items: tuple[PlanItem, ...], text: str, now: float) -> list[Effect]:
        if self._plan_entry:
            return self._book.change(self._plan_entry, plan=items, text=text)
        if not items and not text:
            return []
        self._plan_entry, effects = self._book.add(EntryKind.PLAN, now, plan=items, text=text)
        return effects

    def _mode(self, update: dict[str, Any], now: float) -> list[Effect]:
        mode = one_line(reading.text(update.get("currentModeId")), 80)
        return self._book.note(f"The agent is in the mode “{mode}” now.", now) if mode else []

    def _notice(self, update: dict[str, Any], now: float) -> list[Effect]:
        """A remark of the agent's own, such as a warning (version 2)."""
        said = [clean(reading.text(update.get(name))) for name in ("title", "description")]
        return self._book.note("\n\n".join(filter(None, said)), now) if any(said) else []

    def _usage_update(self, update: dict[str, Any], now: float) -> list[Effect]:
        self._usage.update(update)
        return []


def commands_of(given: Any) -> list[Effect]:
    """The agent's own commands, if there are any."""
    commands = tuple(
        AgentCommand(
            name=one_line(reading.text(each.get("name")), 100),
            description=one_line(reading.text(each.get("description")), 500),
            hint=one_line(reading.text(reading.mapping(each.get("input")).get("hint")), 200),
        )
        for each in reading.dicts(given, COMMANDS_LIMIT)
        if reading.text(each.get("name"))
    )
    return [Commands(commands)] if commands else []


def _plan_status(item: dict[str, Any]) -> str:
    status = item.get("status")
    return str(status) if status in _STATUSES else "pending"
