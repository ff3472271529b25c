"""What Claude Code asks: leave to use a tool, and questions to the user that a tool of its asks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.agents import reading
from core.agents.claude import tools, wire
from core.agents.driver import AskApproval
from core.agents.questions import QUESTIONS_LIMIT, Question, answers, ask_questions, choices_of
from core.agents.requests import Reply, reason_words
from core.agents.text import clean, one_line
from core.values.entities import ApprovalOption

QUESTION_TOOL = "AskUserQuestion"
SUGGESTIONS_LIMIT = 20
_ONCE = ApprovalOption(id="allow", name="Allow", kind="allow_once")
_REJECT = ApprovalOption(id="reject", name="Reject", kind="reject_once")
_MODES = {"acceptEdits": "allow all edits", "bypassPermissions": "allow everything", "plan": "only plan"}


def request(key: str, request_id: str, asked: dict[str, Any], cwd: str) -> tuple[AskApproval, Reply]:
    """What the user is asked, and how the decision is passed on.

    Args:
        key: The driver's name for the request.
        request_id: The agent's own.
        asked: The request, of the subtype `can_use_tool`.
        cwd: Where the agent works.
    """
    name = reading.text(asked.get("tool_name")) or "a tool"
    given = reading.mapping(asked.get("input"))
    if name == QUESTION_TOOL and (questions := _questions(given)):
        return ask_questions(key, questions), _question_reply(request_id, given, questions)
    fields = tools.describe(name, given, cwd)
    why = reason_words(reading.text(asked.get("decision_reason")))
    suggestions = reading.dicts(asked.get("permission_suggestions"), SUGGESTIONS_LIMIT)
    always = ApprovalOption(id="always", name=_always(suggestions), kind="allow_always")
    ask = AskApproval(
        key=key,
        title=fields["title"],
        detail="\n\n".join(filter(None, (why, tools.detail(given, fields)))),
        options=(_ONCE, *((always,) if suggestions else ()), _REJECT),
        tool_kind=tools.kind(name),
    )
    return ask, _tool_reply(request_id, given, suggestions)


def refusal(request_id: str) -> bytes:
    """What tells the agent that nobody will answer."""
    return wire.reply(request_id, {"behavior": "deny", "message": "Nobody answered: the turn is over."})


def _always(suggestions: list[dict[str, Any]]) -> str:
    """What accepting the agent's suggestions would mean, in words."""
    words = []
    for each in suggestions:
        if each.get("type") == "setMode":
            mode = reading.text(each.get("mode"))
            words.append(_MODES.get(mode, f"the mode {one_line(mode, 40)}"))
        for rule in reading.dicts(each.get("rules"), 5):
            content = one_line(reading.text(rule.get("ruleContent")), 100)
            tool = one_line(reading.text(rule.get("toolName")), 60)
            words.append(f"{tool} {content}".strip())
    return one_line("Always: " + (", ".join(words) or "as the agent suggests"), 200)


def _tool_reply(request_id: str, given: dict[str, Any], suggestions: list[dict[str, Any]]) -> Reply:
    def reply(option: ApprovalOption, values: Mapping[str, Any]) -> bytes:
        if not option.kind.startswith("allow"):
            return wire.reply(request_id, {"behavior": "deny", "message": "The user does not allow this."})
        response: dict[str, Any] = {"behavior": "allow", "updatedInput": given}
        if option.kind == "allow_always":
            response["updatedPermissions"] = suggestions
        return wire.reply(request_id, response)

    return reply


def _questions(given: dict[str, Any]) -> list[Question]:
    found = []
    for number, each in enumerate(reading.dicts(given.get("questions"), QUESTIONS_LIMIT), 1):
        text = clean(reading.text(each.get("question")))[:2000]
        header = reading.text(each.get("header"))
        choices = choices_of(each.get("options"))
        found.append(Question(f"q{number}", text, header, choices, each.get("multiSelect") is True))
    return found


def _question_reply(request_id: str, given: dict[str, Any], questions: list[Question]) -> Reply:
    texts = [reading.text(each.get("question")) for each in reading.dicts(given.get("questions"))]

    def reply(option: ApprovalOption, values: Mapping[str, Any]) -> bytes:
        if not option.kind.startswith("allow"):
            message = "The user does not want to answer; go on as seems best."
            return wire.reply(request_id, {"behavior": "deny", "message": message})
        said = answers(questions, option, values)
        by_text = {
            text: ", ".join(said[each.name])
            for text, each in zip(texts, questions, strict=False)
            if each.name in said
        }
        response = {"behavior": "allow", "updatedInput": {**given, "answers": by_text}}
        return wire.reply(request_id, response)

    return reply
