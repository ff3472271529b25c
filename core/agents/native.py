"""What the drivers of native protocols have in common: the books of a turn, and how it ends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.agents import outcome
from core.agents.complaints import Complaints
from core.agents.driver import NO_VALUES, CloseInput, Effect, TurnEnded, TurnRequest
from core.agents.entries import EntryBook
from core.agents.limits import LimitWatch
from core.agents.requests import Requests
from core.agents.text import clean, one_line
from core.agents.texts import Texts
from core.agents.tools import ToolBook
from core.values.conversation import EntryKind
from core.values.states import ProcessStatus

SUMMARY_LIMIT = 64 * 1024


class NativeTurn:
    """One turn of an agent that is spoken to in a language of its own."""

    def __init__(self, request: TurnRequest, *, agent: str, install_hint: str) -> None:
        """
        Args:
            request: What the turn is about.
            agent: The agent's name, for error messages.
            install_hint: What to do when its program is not found.
        """
        self.request = request
        self.agent = agent
        self.install_hint = install_hint
        self.book = EntryBook(request.process_id)
        self.texts = Texts(self.book)
        self.tools = ToolBook(self.book)
        self.requests = Requests(request.process_id, self.book)
        self.limits = LimitWatch()
        self.complaints = Complaints()
        self.over = False
        self.cancelled = False
        self._retry_entry = ""

    def shown_prompt(self) -> list[Effect]:
        """The user's part of the conversation."""
        started = self.request.started_at
        names = "".join(f"\n[{each.name or each.path}]" for each in self.request.attachments)
        text = clean(self.request.prompt + names)
        return self.book.add(EntryKind.USER, started, text=text, ended_at=started)[1]

    def flush(self) -> list[Effect]:
        return []  # every line is worked out as it comes

    def complain(self, line: bytes, now: float) -> list[Effect]:
        self.complaints.add(line)
        return []

    def answer(
        self, key: str, option_id: str, now: float, values: Mapping[str, Any] = NO_VALUES
    ) -> list[Effect]:
        return self.requests.answer(key, option_id, values, now)

    def retrying(self, text: str, now: float) -> list[Effect]:
        """The agent tries again; one notice for all tries in a row."""
        if self._retry_entry:
            return self.book.change(self._retry_entry, text=clean(text), ended_at=now)
        self._retry_entry, effects = self.book.add(EntryKind.NOTICE, now, text=clean(text), ended_at=now)
        return effects

    def works_again(self) -> None:
        """The next trouble is another one."""
        self._retry_entry = ""

    def exited(self, exit_code: int, now: float) -> list[Effect]:
        if self.over:
            return []
        if self.cancelled:
            return self.end(ProcessStatus.KILLED, outcome.CANCELLED_REASON, now, gone=True)
        complaints = self.complaints.text
        if exit_code == outcome.COMMAND_NOT_FOUND and self.install_hint:
            complaints = f"{complaints}\n{self.install_hint}".strip()
        reason = outcome.exit_words(exit_code, complaints)
        limited = self.limits.look(complaints, now)
        return limited + self.fail(reason, now, f"{reason}\n\n{complaints}".strip(), gone=True)

    def fail(self, reason: str, now: float, text: str = "", *, gone: bool = False) -> list[Effect]:
        """The turn failed, with an error for people.

        Args:
            reason: Why, in a line.
            now: When.
            text: All of it; empty: the reason.
            gone: Whether the process has ended already.
        """
        return [
            *self.texts.close(now),
            *self.book.note(text or reason, now, EntryKind.ERROR),
            *self.end(ProcessStatus.FAILED, one_line(reason, 1000), now, gone=gone),
        ]

    def end(self, status: ProcessStatus, reason: str, now: float, *, gone: bool = False) -> list[Effect]:
        """The turn is over, whatever the process still does."""
        self.over = True
        effects: list[Effect] = [
            *self.texts.close(now),
            *self.requests.withdraw(now, tell=not gone),
            *self.tools.end(now),
            *self.spent(now),
            TurnEnded(status, reason, self.texts.last[:SUMMARY_LIMIT].strip()),
        ]
        return effects if gone else [*effects, CloseInput()]

    def spent(self, now: float) -> list[Effect]:
        """What is told of tokens and money at the turn's end."""
        return []

    def doubts(self, now: float) -> list[Effect]:
        """Some turns end as if all were well although nothing was done."""
        if self.tools.any or self.texts.last:
            return []
        return self.book.note("The agent ended its turn without a word and without doing anything.", now)
