"""Permission requests: asked once, answered once, and never left without a reply."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from core.agents import reading
from core.agents.acp import rpc
from core.agents.acp.tool_calls import INPUT_LIMIT, ToolCalls, input_text
from core.agents.driver import AskApproval, Effect, Send, WithdrawApproval, approval_id
from core.agents.entries import EntryBook
from core.agents.text import head, one_line
from core.values.conversation import Entry, EntryKind, ToolState
from core.values.entities import ApprovalOption

OPTION_KINDS = frozenset({"allow_once", "allow_always", "reject_once", "reject_always"})
OPTIONS_LIMIT = 20
_QUESTION_TOOL = re.compile(r"ask_?user|ask_?question|user_?question|^question$", re.IGNORECASE)


@dataclass(frozen=True)
class Pending:
    """A request that waits: its id, its entry and what may be chosen."""

    request_id: Any
    entry_id: str
    options: dict[str, ApprovalOption]


class Permissions:
    """The permission requests of one turn."""

    def __init__(self, process_id: str, book: EntryBook, tools: ToolCalls) -> None:
        self._process_id = process_id
        self._book = book
        self._tools = tools
        self._pending: dict[str, Pending] = {}
        self._asked: set[str] = set()

    def ask(self, request: rpc.Request, now: float) -> list[Effect]:
        """The agent asks; the tool call that it is about is shown, then the request."""
        call = reading.mapping(request.params.get("toolCall"))
        effects = self._tools.upsert(call, now) if call else []
        options = _options(request.params.get("options"))
        if not options:
            effects += self._book.note("The agent asked for permission but offered no choice.", now)
            return [*effects, Send(_cancelled(request.id))]
        key = self._new_key(request.id)
        if key in self._pending:
            return effects  # the same request again, still waiting: it gets one reply
        ask = _describe(key, call, self._tools.entry_of(call), options)
        entry_id, made = self._book.add(
            EntryKind.PERMISSION,
            now,
            title=ask.title,
            text=ask.detail,
            tool_kind=ask.tool_kind,
            state=ToolState.PENDING,
            approval_id=approval_id(self._process_id, key),
        )
        self._asked.add(key)
        self._pending[key] = Pending(request.id, entry_id, options)
        # The request comes last: a policy may answer it while it is being carried out.
        return [*effects, *made, ask]

    def answer(self, key: str, option_id: str, now: float) -> list[Effect]:
        """The user's decision; an unknown request or option has no effect."""
        pending = self._pending.get(key)
        option = pending.options.get(option_id) if pending else None
        if pending is None or option is None:
            return []
        del self._pending[key]
        outcome = {"outcome": {"outcome": "selected", "optionId": option_id}}
        state = ToolState.COMPLETED if option.kind.startswith("allow") else ToolState.CANCELLED
        changed = self._book.change(pending.entry_id, output=option.name, state=state, ended_at=now)
        return [Send(rpc.reply(pending.request_id, outcome)), *changed]

    def withdraw(self, now: float, *, reply: bool) -> list[Effect]:
        """Nobody has to answer any more.

        Args:
            reply: Whether the agent still listens and must be told (the protocol wants it after a cancel).
        """
        effects: list[Effect] = []
        for key, pending in self._pending.items():
            if reply:
                effects.append(Send(_cancelled(pending.request_id)))
            effects += self._book.change(
                pending.entry_id, output="withdrawn", state=ToolState.CANCELLED, ended_at=now
            )
            effects.append(WithdrawApproval(key))
        self._pending.clear()
        return effects

    def refuse(self, request: rpc.Request) -> list[Effect]:
        """A request that comes after the turn was cancelled."""
        return [Send(_cancelled(request.id))]

    def _new_key(self, request_id: Any) -> str:
        """The request's id, with a number when the agent uses one again that was answered before."""
        key = name = rpc.key_of(request_id)
        number = 1
        while key in self._asked and key not in self._pending:
            number += 1
            key = f"{name}#{number}"
        return key


def _cancelled(request_id: Any) -> bytes:
    return rpc.reply(request_id, {"outcome": {"outcome": "cancelled"}})


def _options(value: Any) -> dict[str, ApprovalOption]:
    found = {}
    for item in reading.dicts(value, OPTIONS_LIMIT):
        option_id, kind = reading.text(item.get("optionId")), reading.text(item.get("kind"))
        if option_id and len(option_id) <= rpc.ID_LIMIT:
            name = one_line(reading.text(item.get("name")) or option_id, 200)
            # An unknown kind is nothing that a policy may choose.
            kind = kind if kind in OPTION_KINDS else "other"
            found[option_id] = ApprovalOption(id=option_id, name=name, kind=kind)
    return found


def _describe(
    key: str, call: dict[str, Any], entry: Entry | None, options: dict[str, ApprovalOption]
) -> AskApproval:
    title = entry.title if entry else one_line(reading.text(call.get("title")))
    return AskApproval(
        key=key,
        title=title or "The agent asks for permission",
        detail=_detail(call, entry),
        options=tuple(options.values()),
        tool_kind=entry.tool_kind if entry else "",
        question=_is_question(call, options),
    )


def _detail(call: dict[str, Any], entry: Entry | None) -> str:
    """What exactly it wants to do: the changes, else the command or input, else the places."""
    if entry is None:
        return input_text(call["rawInput"]) if call.get("rawInput") else ""
    if entry.edits:
        return head("\n".join(reading.edit_text(edit) for edit in entry.edits), INPUT_LIMIT)
    return entry.text or head(entry.output, INPUT_LIMIT) or "\n".join(entry.locations)


def _is_question(call: dict[str, Any], options: dict[str, ApprovalOption]) -> bool:
    """Whether the user is asked something: several ways to say yes, or a tool that is made for asking."""
    if sum(option.kind == "allow_once" for option in options.values()) > 1:
        return True
    meta = reading.mapping(reading.mapping(call.get("_meta")).get("claudeCode"))
    names = (call.get("name"), meta.get("toolName"), call.get("kind"), call.get("toolCallId"))
    if any(_QUESTION_TOOL.search(reading.text(name)[:200]) for name in names):
        return True
    raw = reading.mapping(call.get("rawInput"))
    return bool(raw.get("questions") or raw.get("question"))
