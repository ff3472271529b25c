"""The entries that a driver has made so far: numbered as they come, and replaced whole by their id."""

from __future__ import annotations

from typing import Any

import msgspec

from core.agents.driver import Effect, Upsert
from core.agents.text import clean
from core.values.conversation import Entry, EntryKind

ENTRY_LIMIT = 10_000
"""Entries that one turn may have; what comes after them is only in the process's log."""
RAW_LIMIT = 16 * 1024
"""Characters kept of a run of lines that are not of the protocol: its end."""


class EntryBook:
    """Makes and changes the entries of one process."""

    def __init__(self, process_id: str) -> None:
        self._process_id = process_id
        self._entries: dict[str, Entry] = {}
        self._raw = ""
        """Id of the last entry if raw lines made it."""

    def __len__(self) -> int:
        return len(self._entries)

    def add(self, kind: EntryKind, now: float, **fields: Any) -> tuple[str, list[Effect]]:
        """A new entry at the end of the conversation.

        Returns:
            Its id, and what to do. The id is empty when the turn has too many entries already.
        """
        order = len(self._entries)
        if order > ENTRY_LIMIT:
            return "", []
        if order == ENTRY_LIMIT:
            kind, fields = EntryKind.NOTICE, {"text": "The rest of this turn is only in the log."}
        entry = Entry(
            id=f"e{order}", process_id=self._process_id, kind=kind, order=order, started_at=now, **fields
        )
        self._raw = ""
        self._entries[entry.id] = entry
        return entry.id if order < ENTRY_LIMIT else "", [Upsert(entry)]

    def get(self, entry_id: str) -> Entry | None:
        return self._entries.get(entry_id)

    def change(self, entry_id: str, **fields: Any) -> list[Effect]:
        """Replaces an entry by one with other fields; nothing when that changes nothing."""
        entry = self._entries.get(entry_id)
        if entry is None:
            return []
        changed = msgspec.structs.replace(entry, **fields)
        if changed == entry:
            return []
        self._entries[entry_id] = changed
        return [Upsert(changed)]

    def note(self, text: str, now: float, kind: EntryKind = EntryKind.NOTICE) -> list[Effect]:
        """A remark of our own about the turn."""
        return self.add(kind, now, text=clean(text), ended_at=now)[1]

    def raw(self, line: bytes, now: float) -> list[Effect]:
        """A line that is not of the protocol, as it came; several in a row share one entry."""
        text = clean(line[: RAW_LIMIT * 4].decode("utf-8", "replace"))[:RAW_LIMIT]
        last = self._entries.get(self._raw)
        if last is not None:
            return self.change(last.id, text=f"{last.text}\n{text}"[-RAW_LIMIT:], ended_at=now)
        self._raw, effects = self.add(EntryKind.RAW, now, text=text, ended_at=now)
        return effects
