"""What an agent tells of its model's troubles beside the protocol, under `_meta`.

Version 1 of the protocol has no word for a failed turn. After its last try codex-acp ends its turn as if
all were well, with the error for a message; only the state of its thread says what happened.
"""

from __future__ import annotations

from typing import Any

from core.agents import reading
from core.agents.driver import Effect
from core.agents.entries import EntryBook
from core.agents.limits import LimitWatch
from core.agents.text import one_line
from core.values.conversation import EntryKind

VENDORS_LIMIT = 10


class Trouble:
    """Retries and fatal errors of one turn."""

    def __init__(self, book: EntryBook, limits: LimitWatch) -> None:
        self._book = book
        self._limits = limits
        self.words = ""
        """The last error that was told."""
        self._entry = ""
        self.fatal = False
        """Whether the agent's last word is that it gave up."""

    def take(self, update: dict[str, Any], now: float) -> list[Effect]:
        """A `session_info_update`; what it says under any vendor's name is looked at."""
        effects: list[Effect] = []
        for said in list(reading.mapping(update.get("_meta")).values())[:VENDORS_LIMIT]:
            status = reading.mapping(reading.mapping(said).get("threadStatus")).get("type")
            if status is not None:
                self.fatal = status == "systemError"
            effects += self._retry(reading.mapping(reading.mapping(said).get("error")), now)
        return effects

    def over(self) -> None:
        """The agent works again: the next trouble is another one."""
        self._entry = ""

    def _retry(self, error: dict[str, Any], now: float) -> list[Effect]:
        """One notice for all tries in a row."""
        words = (reading.text(error.get("message")), reading.text(error.get("additionalDetails")))
        text = one_line(": ".join(filter(None, words)), 500)
        if not text:
            return []
        self.words = text
        limited = self._limits.look(text, now)
        if self._entry:
            return limited + self._book.change(self._entry, text=text, ended_at=now)
        self._entry, effects = self._book.add(EntryKind.NOTICE, now, text=text, ended_at=now)
        return limited + effects
