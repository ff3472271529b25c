"""What the agent says and thinks: chunks gathered into entries."""

from __future__ import annotations

from typing import Any

from core.agents import reading
from core.agents.driver import Effect
from core.agents.entries import EntryBook
from core.agents.text import GrowingText
from core.values.conversation import EntryKind

TEXT_LIMIT = 256 * 1024
"""Characters of one message; each chunk replaces its entry whole, so more would cost a lot."""


class Messages:
    """Text goes on in the same entry until something else of note comes in between."""

    def __init__(self, book: EntryBook) -> None:
        self._book = book
        self._open: tuple[EntryKind, str] | None = None
        self._text = GrowingText(TEXT_LIMIT)
        self._entry = ""
        self.last = ""
        """The last thing that the agent said, as far as it has got."""

    def chunk(self, kind: EntryKind, update: dict[str, Any], now: float) -> list[Effect]:
        """A piece of a message or thought; a new `messageId` begins a new entry."""
        message_id = reading.text(update.get("messageId"))
        effects: list[Effect] = []
        if self._open != (kind, message_id):
            effects += self.close(now)
            self._open, self._text = (kind, message_id), GrowingText(TEXT_LIMIT)
        if not self._text.append(reading.block_text(update.get("content"))) or self._text.blank:
            return effects
        if kind is EntryKind.MESSAGE:
            self.last = self._text.text
        if self._entry:
            return effects + self._book.change(self._entry, text=self._text.text)
        self._entry, made = self._book.add(kind, now, text=self._text.text)
        return effects + made

    def whole(self, kind: EntryKind, update: dict[str, Any], now: float) -> list[Effect]:
        """A whole message or thought, whatever came of it before (version 2)."""
        blocks = reading.dicts(update.get("content"))
        text = "".join(reading.block_text(block) for block in blocks)
        message_id = reading.text(update.get("messageId"))
        effects: list[Effect] = []
        if self._open != (kind, message_id):
            effects += self.close(now)
            self._open = (kind, message_id)
        self._text = GrowingText(TEXT_LIMIT)
        return effects + self.chunk(kind, {**update, "content": {"type": "text", "text": text}}, now)

    def close(self, now: float) -> list[Effect]:
        """What comes now is not part of the present message any more."""
        entry, self._entry, self._open = self._entry, "", None
        return self._book.change(entry, ended_at=now)
