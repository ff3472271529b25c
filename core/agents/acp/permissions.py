"""Permission requests and questions: what the user is asked, and the reply that the agent gets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from core.agents import reading
from core.agents.acp import rpc
from core.agents.acp.tool_calls import INPUT_LIMIT, ToolCalls, input_text
from core.agents.driver import AskApproval, Effect, Send
from core.agents.elicitation import elicited, form_options, schema_form
from core.agents.entries import EntryBook
from core.agents.requests import Requests, reason_words
from core.agents.text import clean, head, one_line
from core.values.conversation import Entry
from core.values.entities import ApprovalOption

OPTION_KINDS = frozenset({"allow_once", "allow_always", "reject_once", "reject_always"})
OPTIONS_LIMIT = 20
PERMISSION, ELICITATION = "session/request_permission", "elicitation/create"
SERVED = frozenset({PERMISSION, ELICITATION})
_QUESTION_TOOL = re.compile(r"ask_?user|ask_?question|user_?question|^question$", re.IGNORECASE)


class Permissions:
    """What the agent asks in one turn."""

    def __init__(self, requests: Requests, book: EntryBook, tools: ToolCalls) -> None:
        self._requests = requests
        self._book = book
        self._tools = tools

    def ask(self, request: rpc.Request, now: float) -> list[Effect]:
        """The agent asks; the tool call that it is about is shown, then the request."""
        if request.method == ELICITATION:
            return self._elicit(request, now)
        params = request.params
        subject = reading.mapping(params.get("subject"))
        call = reading.mapping(params.get("toolCall")) or reading.mapping(subject.get("toolCall"))
        effects = self._tools.upsert(call, now) if call else []
        options = _options(params.get("options"))
        if not options:
            effects += self._book.note("The agent asked for permission but offered no choice.", now)
            return [*effects, Send(dropped(request))]
        ask = self._describe(self._requests.key(rpc.key_of(request.id)), params, call, options)

        def reply(option: ApprovalOption, values: Mapping[str, Any]) -> bytes:
            outcome = {"outcome": "selected", "optionId": option.id}
            return rpc.reply(request.id, {"outcome": outcome})

        return effects + self._requests.ask(ask, reply, dropped(request), now)

    def _elicit(self, request: rpc.Request, now: float) -> list[Effect]:
        """A question: a form to fill in, or an address to visit."""
        params = request.params
        message = clean(reading.text(params.get("message")))[:4000]
        url = one_line(reading.text(params.get("url")), 2000)
        form = schema_form(params.get("requestedSchema"))
        ask = AskApproval(
            key=self._requests.key(rpc.key_of(request.id)),
            title=one_line(message) or "The agent asks a question",
            detail="\n\n".join(filter(None, (message, url))),
            options=form_options(form),
            question=True,
            form=form,
        )

        def reply(option: ApprovalOption, values: Mapping[str, Any]) -> bytes:
            return rpc.reply(request.id, elicited(form, option, values))

        return self._requests.ask(ask, reply, dropped(request), now)

    def _describe(
        self, key: str, params: dict[str, Any], call: dict[str, Any], options: dict[str, ApprovalOption]
    ) -> AskApproval:
        entry = self._tools.entry_of(call)
        subject = reading.mapping(params.get("subject"))
        said = entry.title if entry else one_line(reading.text(call.get("title")))
        title = one_line(reading.text(params.get("title"))) or said
        command = clean(reading.text(subject.get("command")))
        why = reason_words(reading.text(params.get("description")))
        return AskApproval(
            key=key,
            title=title or one_line(command) or "The agent asks for permission",
            detail="\n\n".join(filter(None, (why, command or _detail(call, entry)))),
            options=tuple(options.values()),
            tool_kind=entry.tool_kind if entry else ("execute" if command else ""),
            question=_is_question(call, options),
        )


def dropped(request: rpc.Request) -> bytes:
    """What tells the agent that nobody will answer."""
    if request.method == ELICITATION:
        return rpc.reply(request.id, {"action": "cancel"})
    return rpc.reply(request.id, {"outcome": {"outcome": "cancelled"}})


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
