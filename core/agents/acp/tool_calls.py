"""Tool calls, upserted by the agent's id: an update of a call that was never announced announces it."""

from __future__ import annotations

import base64
from typing import Any

from core.agents import reading
from core.agents.driver import Effect
from core.agents.entries import EntryBook
from core.agents.text import clean, one_line, tail
from core.values.conversation import Entry, EntryKind, ToolState

OUTPUT_LIMIT = 64 * 1024
INPUT_LIMIT = 16 * 1024
KINDS = frozenset(
    {"read", "edit", "delete", "move", "search", "execute", "think", "fetch", "switch_mode", "other"}
)
FINAL = frozenset({ToolState.COMPLETED, ToolState.FAILED, ToolState.CANCELLED})
TERMINALS_LIMIT = 1000
_OUTPUT_KEYS = ("output", "stdout", "formatted_output", "aggregated_output", "error", "stderr", "text")


class ToolCalls:
    """The tool calls of one turn."""

    def __init__(self, book: EntryBook) -> None:
        self._book = book
        self._ids: dict[str, str] = {}
        self._terminals: dict[str, str] = {}
        self._commands: dict[str, str] = {}

    @property
    def any(self) -> bool:
        return bool(self._ids)

    def entry_of(self, call: dict[str, Any]) -> Entry | None:
        """The entry of a call that has been seen."""
        return self._book.get(self._ids.get(reading.text(call.get("toolCallId")), ""))

    def upsert(self, call: dict[str, Any], now: float) -> list[Effect]:
        """A tool call as announced, updated, or described in a permission request."""
        call_id = reading.text(call.get("toolCallId"))
        entry = self.entry_of(call)
        effects: list[Effect] = []
        if entry is None:
            entry_id, effects = self._book.add(
                EntryKind.TOOL, now, title="Tool call", tool_kind="other", state=ToolState.PENDING
            )
            entry = self._book.get(entry_id)
            if entry is None:
                return effects
            self._ids[call_id] = entry_id
        terminals = self._note_terminals(call_id, call, entry)
        changes = {**terminals, **_description(call), **_content(call, entry)}
        state = _state(call.get("status"))
        if state is not None:
            changes.update(state=state, ended_at=now if state in FINAL else None)
        # One effect is enough: the announcement is shown with what it says.
        return self._book.change(entry.id, **changes) or effects

    def more(self, update: dict[str, Any], now: float) -> list[Effect]:
        """A further piece of a call's content (version 2)."""
        entry = self.entry_of(update)
        item = reading.mapping(update.get("content"))
        if item.get("type") == "content" and entry is not None:
            said = reading.block_text(item.get("content"))
            return self._book.change(entry.id, output=tail(entry.output + clean(said), OUTPUT_LIMIT))
        return self.upsert({"toolCallId": update.get("toolCallId"), "content": [item]}, now)

    def terminal(self, update: dict[str, Any], now: float) -> list[Effect]:
        """What the agent's own terminal has written: all of it, or a further piece (version 2)."""
        terminal_id = reading.text(update.get("terminalId"))
        entry = self._book.get(self._ids.get(self._terminals.get(terminal_id, ""), ""))
        told = update.get("data")
        whole = reading.mapping(update.get("output")).get("data")
        command = one_line(reading.text(update.get("command")), 2000)
        if entry is None:
            return self._early_terminal(terminal_id, command)
        fields: dict[str, Any] = {"text": command} if command and not entry.text else {}
        if isinstance(whole, str):
            fields["output"] = tail(_decoded(whole), OUTPUT_LIMIT)
        elif isinstance(told, str):
            fields["output"] = tail(entry.output + _decoded(told), OUTPUT_LIMIT)
        return self._book.change(entry.id, **fields)

    def _early_terminal(self, terminal_id: str, command: str) -> list[Effect]:
        """A terminal comes before the call that it belongs to is told."""
        if command and len(self._commands) < TERMINALS_LIMIT:
            self._commands[terminal_id] = command
        return []

    def _note_terminals(self, call_id: str, call: dict[str, Any], entry: Entry) -> dict[str, Any]:
        """Remembers which terminals are the call's, and takes the command of one as its text."""
        for item in reading.dicts(call.get("content")):
            terminal_id = reading.text(item.get("terminalId"))
            if terminal_id and len(self._terminals) < TERMINALS_LIMIT:
                self._terminals[terminal_id] = call_id
                command = self._commands.pop(terminal_id, "")
                if command and not entry.text and not call.get("rawInput"):
                    return {"text": command}
        return {}

    def end(self, now: float) -> list[Effect]:
        """The turn is over: what was not finished never will be (agents leave such calls behind)."""
        effects: list[Effect] = []
        for entry_id in self._ids.values():
            entry = self._book.get(entry_id)
            if entry is not None and entry.state not in FINAL:
                effects += self._book.change(entry_id, state=ToolState.CANCELLED, ended_at=now)
        return effects


def _decoded(data: str) -> str:
    """Bytes of a terminal, sent as Base64, as text."""
    try:
        return clean(base64.b64decode(data, validate=True).decode("utf-8", "replace"))
    except ValueError:
        return ""


def _state(status: Any) -> ToolState | None:
    try:
        return ToolState(status)
    except ValueError:
        return None


def _description(call: dict[str, Any]) -> dict[str, Any]:
    """Title, kind, input and places, as far as the call has them."""
    changes: dict[str, Any] = {}
    title = one_line(reading.text(call.get("title")))
    if title:
        changes["title"] = title
    kind = reading.text(call.get("kind"))
    if kind:
        changes["tool_kind"] = kind if kind in KINDS else "other"
    if call.get("rawInput"):
        changes["text"] = input_text(call["rawInput"])
    if isinstance(call.get("locations"), list):
        changes["locations"] = reading.locations(call["locations"])
    return changes


def input_text(raw: Any) -> str:
    """What a tool is called with: the command line when there is one, else everything."""
    command = reading.mapping(raw).get("command")
    if isinstance(command, str):
        return reading.as_json(command, INPUT_LIMIT)
    if isinstance(command, list) and all(isinstance(part, str) for part in command):
        return reading.as_json(" ".join(command), INPUT_LIMIT)
    return reading.as_json(raw, INPUT_LIMIT)


def _content(call: dict[str, Any], entry: Entry) -> dict[str, Any]:
    """Diffs and output. A diff stays when later content has none: agents end an edit with words alone."""
    changes: dict[str, Any] = {}
    found = reading.edits(call.get("content"))
    if found:
        changes["edits"] = found
    output = _output(call, entry)
    if output is not None:
        changes["output"] = output
    return changes


def _output(call: dict[str, Any], entry: Entry) -> str | None:
    blocks = [item for item in reading.dicts(call.get("content")) if item.get("type") == "content"]
    said = "\n".join(filter(None, (reading.block_text(item.get("content")) for item in blocks)))
    if said:
        return tail(clean(said), OUTPUT_LIMIT)
    # A terminal of the agent's own streams its output beside the content (codex-acp).
    delta = reading.mapping(reading.mapping(call.get("_meta")).get("terminal_output_delta")).get("data")
    if isinstance(delta, str) and delta:
        return tail(entry.output + clean(delta), OUTPUT_LIMIT)
    if call.get("rawOutput") and not entry.output:
        return _raw_output(call["rawOutput"])
    return None


def _raw_output(raw: Any) -> str:
    for key in _OUTPUT_KEYS:
        value = reading.mapping(raw).get(key)
        if isinstance(value, str) and value:
            return tail(clean(value), OUTPUT_LIMIT)
    return reading.as_json(raw, OUTPUT_LIMIT)
