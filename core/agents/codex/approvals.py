"""What Codex asks: leave to run and to change things, and questions of its own and of its tools."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.agents import reading
from core.agents.acp import rpc
from core.agents.codex.items import plain_command
from core.agents.driver import AskApproval
from core.agents.elicitation import elicited, form_options, schema_form
from core.agents.questions import (
    QUESTIONS_LIMIT,
    Question,
    answers,
    ask_questions,
    choices_of,
)
from core.agents.requests import Reply
from core.agents.text import clean, one_line
from core.values.conversation import Entry
from core.values.entities import ApprovalOption

Asked = tuple[AskApproval, Reply, bytes]
"""The request, how the decision is passed on, and what tells that nobody will decide."""

_ONCE = ApprovalOption(id="accept", name="Allow", kind="allow_once")
_SESSION = ApprovalOption(id="acceptForSession", name="Allow for this session", kind="allow_always")
_REJECT = ApprovalOption(id="decline", name="Reject", kind="reject_once")
_AMEND = "acceptWithExecpolicyAmendment"
_LEGACY = {"accept": "approved", "acceptForSession": "approved_for_session", "decline": "denied"}


def request(key: str, asked: rpc.Request, entry: Entry | None) -> Asked | None:
    """What the user is asked; None for a request that is not served.

    Args:
        key: The driver's name for the request.
        asked: The request.
        entry: The tool call that it is about, where that is known.
    """
    params = asked.params
    match asked.method:
        case "item/commandExecution/requestApproval":
            return _command(key, asked, entry)
        case "item/fileChange/requestApproval":
            return _file_change(key, asked, entry)
        case "item/permissions/requestApproval":
            return _permissions(key, asked)
        case "item/tool/requestUserInput":
            return _user_input(key, asked)
        case "mcpServer/elicitation/request":
            return _elicitation(key, asked)
        case "execCommandApproval":
            words = params.get("command")
            command = " ".join(map(str, words)) if isinstance(words, list) else reading.text(words)
            return _legacy(key, asked, one_line(command), command, "execute")
        case "applyPatchApproval":
            paths = "\n".join(map(str, reading.mapping(params.get("fileChanges"))))
            return _legacy(key, asked, "Edit files", paths, "edit")
    return None


def _command(key: str, asked: rpc.Request, entry: Entry | None) -> Asked:
    params = asked.params
    command = plain_command(reading.text(params.get("command")))
    options = [_ONCE]
    amendment = params.get("proposedExecpolicyAmendment")
    if isinstance(amendment, list) and amendment and all(isinstance(word, str) for word in amendment):
        name = one_line("Always: " + " ".join(amendment), 200)
        options.append(ApprovalOption(id=_AMEND, name=name, kind="allow_always"))
    reason = clean(reading.text(params.get("reason")))
    host = one_line(reading.text(reading.mapping(params.get("networkApprovalContext")).get("host")), 200)
    detail = "\n\n".join(filter(None, (reason, f"Network: {host}" if host else "", command)))
    title = one_line(command) or (entry.title if entry else "") or "Run a command"
    ask = AskApproval(key, title, detail, (*options, _REJECT), tool_kind="execute")

    def decide(option: ApprovalOption) -> Any:
        return {_AMEND: {"execpolicy_amendment": amendment}} if option.id == _AMEND else option.id

    return _decided(ask, asked.id, decide)


def _file_change(key: str, asked: rpc.Request, entry: Entry | None) -> Asked:
    reason = clean(reading.text(asked.params.get("reason")))
    root = one_line(reading.text(asked.params.get("grantRoot")), 4096)
    changes = "\n".join(reading.edit_text(edit) for edit in entry.edits) if entry else ""
    detail = "\n\n".join(filter(None, (reason, f"Below {root}" if root else "", changes)))
    title = entry.title if entry else "Edit files"
    ask = AskApproval(key, title, detail, (_ONCE, _SESSION, _REJECT), tool_kind="edit")
    return _decided(ask, asked.id, lambda option: option.id)


def _permissions(key: str, asked: rpc.Request) -> Asked:
    """Rights beyond its sandbox's, for the turn or for the session."""
    wanted = reading.mapping(asked.params.get("permissions"))
    detail = "\n\n".join(
        filter(None, (clean(reading.text(asked.params.get("reason"))), reading.as_json(wanted, 16384)))
    )
    ask = AskApproval(key, "More permissions", detail, (_ONCE, _SESSION, _REJECT), tool_kind="other")

    def reply(option: ApprovalOption, values: Mapping[str, Any]) -> bytes:
        granted = wanted if option.kind.startswith("allow") else {}
        scope = "session" if option.id == _SESSION.id else "turn"
        return rpc.reply(asked.id, {"permissions": granted, "scope": scope})

    return ask, reply, rpc.reply(asked.id, {"permissions": {}, "scope": "turn"})


def _user_input(key: str, asked: rpc.Request) -> Asked:
    questions = [
        Question(
            name=one_line(reading.text(each.get("id")), 100) or f"q{number}",
            text=clean(reading.text(each.get("question")))[:2000],
            header=reading.text(each.get("header")),
            choices=choices_of(each.get("options")),
        )
        for number, each in enumerate(reading.dicts(asked.params.get("questions"), QUESTIONS_LIMIT), 1)
    ]

    def reply(option: ApprovalOption, values: Mapping[str, Any]) -> bytes:
        said = answers(questions, option, values)
        return rpc.reply(asked.id, {"answers": {name: {"answers": texts} for name, texts in said.items()}})

    return ask_questions(key, questions), reply, rpc.reply(asked.id, {"answers": {}})


def _elicitation(key: str, asked: rpc.Request) -> Asked:
    """A question of one of its MCP servers: a form, or an address to visit."""
    params = asked.params
    server = one_line(reading.text(params.get("serverName")), 80)
    message = clean(reading.text(params.get("message")))[:4000]
    url = one_line(reading.text(params.get("url")), 2000)
    form = schema_form(params.get("requestedSchema"))
    detail = "\n\n".join(filter(None, (f"Asked by {server}." if server else "", message, url)))
    ask = AskApproval(
        key, one_line(message) or "A question", detail, form_options(form), question=True, form=form
    )

    def reply(option: ApprovalOption, values: Mapping[str, Any]) -> bytes:
        return rpc.reply(asked.id, elicited(form, option, values))

    return ask, reply, rpc.reply(asked.id, {"action": "cancel"})


def _legacy(key: str, asked: rpc.Request, title: str, detail: str, tool_kind: str) -> Asked:
    options = (_ONCE, _SESSION, _REJECT)
    ask = AskApproval(key, title or "Run a command", clean(detail)[:16384], options, tool_kind=tool_kind)
    return _decided(ask, asked.id, lambda option: _LEGACY.get(option.id, "denied"), dropped="abort")


def _decided(ask: AskApproval, request_id: Any, decide: Any, *, dropped: str = "cancel") -> Asked:
    def reply(option: ApprovalOption, values: Mapping[str, Any]) -> bytes:
        return rpc.reply(request_id, {"decision": decide(option)})

    return ask, reply, rpc.reply(request_id, {"decision": dropped})
