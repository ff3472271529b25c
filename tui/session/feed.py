"""One workspace's conversation as far as it has been read, kept while the user looks elsewhere.

Bounded: the oldest entries are let go and can be read again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from core.values.conversation import Conversation, Entry
    from core.values.events import EntryChanged

MAX_ENTRIES = 2000
WINDOW = 200


@dataclass(frozen=True)
class Past:
    """What is read in place of the present conversation: an earlier session, or a turn taken back."""

    words: str
    """What it is, for people."""
    session: str = ""
    turn: str = ""
    """The process of the only turn that is shown."""


class Feed:
    """The entries in order, each replaced whole by its id."""

    def __init__(self, workspace: str, past: Past | None = None) -> None:
        self.workspace = workspace
        self.past = past
        self.session_id: str | None = None
        self.loaded = False
        self.rewound = ""
        """The operation that changed the past of the conversation before it was read last."""
        self.start = 0
        """Index of the first entry held among all of the session."""
        self.entries: list[Entry] = []
        self._index: dict[tuple[str, str], int] = {}

    def load(self, conversation: Conversation, session_id: str | None) -> None:
        """Replaces everything by the end of the conversation."""
        self.entries = list(conversation.entries)
        self.start = conversation.start
        self.session_id = session_id
        self.loaded = True
        self._reindex()

    def prepend(self, conversation: Conversation) -> int:
        """Puts older entries before; returns how many."""
        known = {(entry.process_id, entry.id) for entry in self.entries}
        older = [e for e in conversation.entries if (e.process_id, e.id) not in known]
        self.entries = older + self.entries
        self.start = conversation.start
        self._reindex()
        return len(older)

    def _reindex(self) -> None:
        self._index = {(entry.process_id, entry.id): at for at, entry in enumerate(self.entries)}

    def apply(self, event: EntryChanged) -> int | None:
        """Takes in an entry; returns its index, or None when the conversation must be read again."""
        if not self.loaded:
            return None
        entry = event.entry
        at = self._index.get((entry.process_id, entry.id))
        if at is None:
            if event.keep:
                return None
            self.entries.append(entry)
            self._index[entry.process_id, entry.id] = len(self.entries) - 1
            return len(self.entries) - 1
        if event.keep:
            entry = msgspec.structs.replace(entry, text=self.entries[at].text[: event.keep] + entry.text)
        self.entries[at] = entry
        return at

    def trim(self) -> bool:
        """Lets the oldest entries go when there are too many; True when it did."""
        surplus = len(self.entries) - MAX_ENTRIES
        if surplus < MAX_ENTRIES // 4:
            return False
        del self.entries[:surplus]
        self.start += surplus
        self._reindex()
        return True
