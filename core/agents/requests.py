"""What an agent asks of the user, whatever its protocol: asked once, answered once, never left unanswered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from core.agents.driver import AskApproval, Effect, Send, WithdrawApproval, approval_id
from core.agents.entries import EntryBook
from core.agents.text import clean
from core.values.conversation import EntryKind, ToolState
from core.values.entities import ApprovalOption

Reply = Callable[[ApprovalOption, Mapping[str, Any]], bytes]
"""Makes the agent's answer of the option that was chosen and of what was filled in."""


_SAYS_NOTHING = "This command requires approval"
"""A reason that agents give where they have none."""


def reason_words(reason: str) -> str:
    """Why an agent asks, where it says more than that it does."""
    text = clean(reason[:4000]).strip()
    return "" if text.removeprefix("Reason: ") == _SAYS_NOTHING else text


@dataclass(frozen=True)
class Pending:
    """A request that waits."""

    entry_id: str
    options: dict[str, ApprovalOption]
    reply: Reply
    dropped: bytes
    """What tells the agent that nobody will answer; empty: nothing does."""


class Requests:
    """The requests of one turn, by keys that the driver makes of the agent's own ids."""

    def __init__(self, process_id: str, book: EntryBook) -> None:
        self._process_id = process_id
        self._book = book
        self._pending: dict[str, Pending] = {}
        self._asked: set[str] = set()

    def key(self, name: str) -> str:
        """The name itself, with a number when the agent uses one again that was answered before.

        Whatever is in it: a key is kept in a database, and half of a surrogate pair is not.
        """
        key, number = (name := clean(name)), 1
        while key in self._asked and key not in self._pending:
            number += 1
            key = f"{name}#{number}"
        return key

    def waits(self, key: str) -> bool:
        return key in self._pending

    def ask(self, ask: AskApproval, reply: Reply, dropped: bytes, now: float) -> list[Effect]:
        """Shows a request and asks it; the same one again while it waits is not asked anew."""
        if ask.key in self._pending:
            return []
        entry_id, made = self._book.add(
            EntryKind.PERMISSION,
            now,
            title=ask.title,
            text=ask.detail,
            tool_kind=ask.tool_kind,
            state=ToolState.PENDING,
            approval_id=approval_id(self._process_id, ask.key),
        )
        self._asked.add(ask.key)
        options = {option.id: option for option in ask.options}
        self._pending[ask.key] = Pending(entry_id, options, reply, dropped)
        # The request comes last: a policy may answer it while it is being carried out.
        return [*made, ask]

    def answer(self, key: str, option_id: str, values: Mapping[str, Any], now: float) -> list[Effect]:
        """The user's decision; an unknown request or option has no effect."""
        pending = self._pending.get(key)
        option = pending.options.get(option_id) if pending else None
        if pending is None or option is None:
            return []
        del self._pending[key]
        state = ToolState.COMPLETED if option.kind.startswith("allow") else ToolState.CANCELLED
        said = ", ".join(str(value) for value in values.values()) if values else option.name
        changed = self._book.change(pending.entry_id, output=said[:1000], state=state, ended_at=now)
        return [Send(pending.reply(option, values)), *changed]

    def withdraw(self, now: float, *, tell: bool, key: str = "") -> list[Effect]:
        """Nobody has to answer any more: all of them, or the one of `key`.

        Args:
            now: When.
            tell: Whether the agent still listens and has to be told.
            key: Which; empty: all.
        """
        effects: list[Effect] = []
        for each in [clean(key)] if key else list(self._pending):
            pending = self._pending.pop(each, None)
            if pending is None:
                continue
            if tell and pending.dropped:
                effects.append(Send(pending.dropped))
            effects += self._book.change(
                pending.entry_id, output="withdrawn", state=ToolState.CANCELLED, ended_at=now
            )
            effects.append(WithdrawApproval(each))
        return effects
