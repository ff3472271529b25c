"""Tool calls as entries, by the agent's own ids: the first that is heard of one announces it."""

from __future__ import annotations

from typing import Any

from core.agents.driver import Effect
from core.agents.entries import EntryBook
from core.agents.text import clean, tail
from core.values.conversation import Entry, EntryKind, ToolState

OUTPUT_LIMIT = 64 * 1024
INPUT_LIMIT = 16 * 1024
FINAL = frozenset({ToolState.COMPLETED, ToolState.FAILED, ToolState.CANCELLED})


class ToolBook:
    """The tool calls of one turn."""

    def __init__(self, book: EntryBook) -> None:
        self._book = book
        self._ids: dict[str, str] = {}

    @property
    def any(self) -> bool:
        return bool(self._ids)

    def entry(self, call_id: str) -> Entry | None:
        return self._book.get(self._ids.get(call_id, ""))

    def upsert(self, call_id: str, now: float, **fields: Any) -> list[Effect]:
        """Announces a call, or changes what is known of it; a final state ends it."""
        state = fields.get("state")
        if state is not None:
            fields["ended_at"] = now if state in FINAL else None
        if "output" in fields:
            fields["output"] = tail(clean(fields["output"]), OUTPUT_LIMIT)
        known = self._ids.get(call_id)
        if known is not None:
            return self._book.change(known, **fields)
        start = {"title": "Tool call", "tool_kind": "other", "state": ToolState.RUNNING}
        self._ids[call_id], effects = self._book.add(EntryKind.TOOL, now, **{**start, **fields})
        return effects

    def output(self, call_id: str, piece: str, now: float) -> list[Effect]:
        """Adds to what a call has written."""
        entry = self.entry(call_id)
        return self.upsert(call_id, now, output=(entry.output if entry else "") + piece)

    def end(self, now: float) -> list[Effect]:
        """The turn is over: what was not finished never will be."""
        effects: list[Effect] = []
        for call_id, entry_id in self._ids.items():
            entry = self._book.get(entry_id)
            if entry is not None and entry.state not in FINAL:
                effects += self.upsert(call_id, now, state=ToolState.CANCELLED)
        return effects
