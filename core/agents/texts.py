"""What an agent says and thinks, streamed in pieces and told whole at the end, by keys of the driver's."""

from __future__ import annotations

from core.agents.driver import Effect
from core.agents.entries import EntryBook
from core.agents.text import GrowingText
from core.values.conversation import EntryKind

TEXT_LIMIT = 256 * 1024
"""Characters of one text; each piece replaces its entry whole, so more would cost a lot."""


class Texts:
    """The messages and thoughts of one turn."""

    def __init__(self, book: EntryBook) -> None:
        self._book = book
        self._texts: dict[str, GrowingText] = {}
        self._entries: dict[str, str] = {}
        self.last = ""
        """The last thing that the agent said, as far as it has got."""

    def append(self, key: str, kind: EntryKind, piece: str, now: float) -> list[Effect]:
        """A piece of a text that is not whole yet."""
        text = self._texts.setdefault(key, GrowingText(TEXT_LIMIT))
        return self._show(key, kind, text, now) if text.append(piece) else []

    def settle(self, key: str, kind: EntryKind, whole: str, now: float) -> list[Effect]:
        """The whole text, whatever came of it before."""
        text = self._texts[key] = GrowingText(TEXT_LIMIT)
        text.append(whole)
        effects = self._show(key, kind, text, now)
        return effects + self._end(key, now)

    def close(self, now: float) -> list[Effect]:
        """No text goes on after this."""
        effects: list[Effect] = []
        for key in list(self._entries):
            effects += self._end(key, now)
        return effects

    def _show(self, key: str, kind: EntryKind, text: GrowingText, now: float) -> list[Effect]:
        if text.blank:
            return []
        if kind is EntryKind.MESSAGE:
            self.last = text.text
        if key in self._entries:
            return self._book.change(self._entries[key], text=text.text)
        self._entries[key], effects = self._book.add(kind, now, text=text.text)
        return effects

    def _end(self, key: str, now: float) -> list[Effect]:
        entry = self._book.get(self._entries.get(key, ""))
        return self._book.change(entry.id, ended_at=now) if entry and entry.ended_at is None else []
