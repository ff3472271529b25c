"""The agent asks, the user decides."""

from __future__ import annotations

from typing import Any

import pytest

from core.agents.driver import AskApproval, WithdrawApproval, approval_id
from core.values.conversation import EntryKind, ToolState
from tests.agents.agent_double import ALLOW, ALWAYS, REJECT, AgentDouble, prompted

DIFF = {"type": "diff", "path": "/repo/a.py", "oldText": "one\ntwo\n", "newText": "one\n2\n"}


def outcome_of(agent: AgentDouble, number: Any) -> Any:
    (reply,) = [m for m in agent.sent if m.get("id") == number and "result" in m]
    return reply["result"]["outcome"]


def test_a_request_shows_the_call_and_asks_with_the_change_as_detail() -> None:
    agent = prompted()
    effects = agent.asks(0, ALLOW, ALWAYS, REJECT, content=[DIFF])
    (ask,) = agent.asked
    assert effects[-1] is ask, "a policy may answer at once, so nothing may follow the request"
    assert (ask.key, ask.title, ask.tool_kind, ask.question) == ("0", "Edit a.py", "edit", False)
    assert ask.detail == "/repo/a.py\n-two\n+2"
    assert [option.id for option in ask.options] == ["yes", "always", "no"]
    assert agent.only(EntryKind.TOOL).title == "Edit a.py"
    entry = agent.only(EntryKind.PERMISSION)
    assert (entry.state, entry.approval_id) == (ToolState.PENDING, approval_id("p1", "0"))


@pytest.mark.parametrize(
    ("option", "state", "words"),
    [("yes", ToolState.COMPLETED, "Yes"), ("no", ToolState.CANCELLED, "No")],
)
def test_the_answer_goes_back_under_the_agents_id(option: str, state: ToolState, words: str) -> None:
    agent = prompted()
    agent.asks("request-7")
    agent.answers('"request-7"', option)
    assert outcome_of(agent, "request-7") == {"outcome": "selected", "optionId": option}
    entry = agent.only(EntryKind.PERMISSION)
    assert (entry.state, entry.output) == (state, words)


def test_an_unknown_key_or_option_and_a_second_answer_have_no_effect() -> None:
    agent = prompted()
    agent.asks(1)
    assert agent.answers("2", "yes") == []
    assert agent.answers("1", "perhaps") == []
    agent.answers("1", "yes")
    assert agent.answers("1", "no") == []
    assert outcome_of(agent, 1)["optionId"] == "yes"


def test_ids_that_look_alike_are_different_requests() -> None:
    agent = prompted()
    agent.asks(1)
    agent.asks("1")
    agent.answers("1", "yes")
    agent.answers('"1"', "no")
    assert [ask.key for ask in agent.asked] == ["1", '"1"']
    assert outcome_of(agent, 1)["optionId"] == "yes"
    assert outcome_of(agent, "1")["optionId"] == "no"


def test_an_id_that_is_used_again_after_its_answer_is_a_new_request() -> None:
    agent = prompted()
    agent.asks(0)
    agent.answers("0", "yes")
    agent.asks(0)
    assert [ask.key for ask in agent.asked] == ["0", "0#2"]
    agent.answers("0#2", "no")
    assert len(agent.of_kind(EntryKind.PERMISSION)) == 2


def test_the_same_request_twice_is_asked_and_answered_once() -> None:
    agent = prompted()
    agent.asks(0)
    agent.asks(0)
    agent.answers("0", "yes")
    assert len(agent.asked) == 1
    assert outcome_of(agent, 0)["optionId"] == "yes"


@pytest.mark.parametrize(
    "given",
    [
        {"options": (ALLOW, {**ALLOW, "optionId": "other"}, REJECT)},
        {"name": "AskUserQuestion"},
        {"_meta": {"claudeCode": {"toolName": "AskUserQuestion"}}},
        {"toolCallId": "ask_user_question__fn_1"},
        {"kind": "other", "rawInput": {"questions": [{"question": "Which colour?"}]}},
    ],
)
def test_a_question_is_marked_so_that_no_policy_answers_it(given: dict[str, Any]) -> None:
    agent = prompted()
    options = given.pop("options", (ALLOW, REJECT))
    agent.asks(1, *options, **given)
    assert agent.asked[0].question


def test_a_request_without_a_choice_is_answered_as_cancelled() -> None:
    agent = prompted()
    agent.say({"id": 3, "method": "session/request_permission", "params": {"options": [{"name": "?"}]}})
    assert outcome_of(agent, 3) == {"outcome": "cancelled"}
    assert agent.asked == []
    assert agent.only(EntryKind.NOTICE)


def test_a_command_is_the_detail_of_its_request() -> None:
    agent = prompted()
    agent.asks(1, title="Run it", kind="execute", rawInput={"command": "make"}, content=[])
    assert (agent.asked[0].detail, agent.asked[0].tool_kind) == ("make", "execute")


def test_cancelling_tells_the_agent_and_withdraws_what_waits() -> None:
    agent = prompted()
    agent.asks(1)
    effects = agent.cancels()
    cancel = next(message for message in agent.sent if message.get("method") == "session/cancel")
    assert cancel == {"jsonrpc": "2.0", "method": "session/cancel", "params": {"sessionId": "s1"}}
    assert outcome_of(agent, 1) == {"outcome": "cancelled"}
    assert WithdrawApproval("1") in effects
    assert agent.only(EntryKind.PERMISSION).state is ToolState.CANCELLED
    assert agent.cancels() == []


def test_a_request_after_the_cancel_is_refused_without_asking_anybody() -> None:
    agent = prompted()
    agent.cancels()
    agent.asks(5)
    assert outcome_of(agent, 5) == {"outcome": "cancelled"}
    assert not any(isinstance(effect, AskApproval) for effect in agent.effects)


def test_the_end_of_the_turn_withdraws_what_waits() -> None:
    agent = prompted()
    agent.asks(1)
    effects = agent.reply({"stopReason": "end_turn"})
    assert WithdrawApproval("1") in effects
