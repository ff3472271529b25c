"""How a turn ends, and what is made of it."""

from __future__ import annotations

from typing import Any

import pytest

from core.agents.driver import UsageReport, WithdrawApproval
from core.values.conversation import EntryKind, ToolState
from core.values.states import ProcessStatus
from tests.agents.agent_double import prompted


@pytest.mark.parametrize(
    ("stop_reason", "status", "reason"),
    [
        ("end_turn", ProcessStatus.COMPLETED, ""),
        ("refusal", ProcessStatus.FAILED, "refused"),
        ("max_tokens", ProcessStatus.FAILED, "limit of tokens"),
        ("max_turn_requests", ProcessStatus.FAILED, "limit of requests"),
        ("cancelled", ProcessStatus.KILLED, "cancelled"),
        ("whatever", ProcessStatus.FAILED, "whatever"),
        (None, ProcessStatus.FAILED, "none given"),
    ],
)
def test_the_stop_reason_decides(stop_reason: Any, status: ProcessStatus, reason: str) -> None:
    agent = prompted()
    agent.says("First.")
    agent.update("tool_call", toolCallId="t1")
    agent.says("Last.")
    agent.reply({"stopReason": stop_reason})
    assert agent.ended is not None
    assert (agent.ended.status, agent.ended.summary) == (status, "Last.")
    assert reason in agent.ended.reason
    assert bool(agent.of_kind(EntryKind.ERROR)) == (status is ProcessStatus.FAILED)
    assert agent.input_closed
    assert agent.exits(0) == []


def test_a_turn_that_we_cancelled_was_killed_whatever_the_agent_says() -> None:
    agent = prompted()
    agent.cancels()
    agent.reply({"stopReason": "end_turn"})
    assert agent.ended is not None and agent.ended.status is ProcessStatus.KILLED


def test_an_error_after_the_cancel_is_no_failure() -> None:
    agent = prompted()
    agent.cancels()
    agent.refuse({"code": -32603, "message": "aborted"})
    assert agent.ended is not None and agent.ended.status is ProcessStatus.KILLED
    assert agent.of_kind(EntryKind.ERROR) == []


def test_tool_calls_left_behind_are_cancelled_and_a_late_update_still_counts() -> None:
    agent = prompted()
    agent.update("tool_call", toolCallId="t1", status="in_progress")
    agent.update("tool_call", toolCallId="t2", status="completed")
    agent.reply({"stopReason": "end_turn"})
    assert [e.state for e in agent.of_kind(EntryKind.TOOL)] == [ToolState.CANCELLED, ToolState.COMPLETED]
    agent.update("tool_call_update", toolCallId="t1", status="failed")
    assert agent.of_kind(EntryKind.TOOL)[0].state is ToolState.FAILED


@pytest.mark.parametrize("code", [0, 1, 137])
def test_an_exit_before_the_end_is_a_failure_with_the_agents_complaints(code: int) -> None:
    agent = prompted()
    agent.asks(1)
    effects = agent.exits(code, b"warming up", b"Error: no wind\xff", b"")
    assert agent.ended is not None and agent.ended.status is ProcessStatus.FAILED
    assert agent.ended.reason == (
        f"the agent exited with code {code} before its turn was over: Error: no wind\ufffd"
    )
    assert "warming up\nError: no wind" in agent.only(EntryKind.ERROR).text
    assert WithdrawApproval("1") in effects
    assert not agent.input_closed, "there is nobody to close it for"


def test_a_program_that_is_missing_comes_with_the_way_to_get_it() -> None:
    agent = prompted()
    agent.exits(127, b"boatyard: command not found: test-agent")
    assert "Install it somehow." in agent.only(EntryKind.ERROR).text


def test_an_exit_after_the_cancel_is_no_failure() -> None:
    agent = prompted()
    agent.cancels()
    agent.exits(143)
    assert agent.ended is not None and agent.ended.status is ProcessStatus.KILLED


def test_only_the_end_of_the_complaints_is_kept() -> None:
    agent = prompted()
    agent.exits(1, *(f"line {n} {'x' * 5000}".encode() for n in range(500)))
    assert len(agent.only(EntryKind.ERROR).text) < 30_000
    assert "line 499" in agent.only(EntryKind.ERROR).text


def test_usage_is_reported_once_at_the_end() -> None:
    agent = prompted()
    agent.update("usage_update", used=1001, size=100_000)
    agent.update("usage_update", used=1055, size=100_000, cost={"amount": 0.025, "currency": "USD"})
    agent.says("Done.")
    agent.reply({"stopReason": "end_turn", "usage": {"inputTokens": 5100, "outputTokens": 38}})
    assert [e for e in agent.effects if isinstance(e, UsageReport)] == [UsageReport(5100, 38, 0.025)]
    assert agent.only(EntryKind.USAGE).text == "5,100 tokens in · 38 out · context 1,055 of 100,000 · $0.03"


def test_usage_is_also_found_beside_the_result() -> None:
    agent = prompted()
    agent.says("Done.")
    tokens = {"input_tokens": 6150, "output_tokens": 30}
    agent.reply({"stopReason": "end_turn", "_meta": {"quota": {"token_count": tokens}}})
    assert UsageReport(6150, 30, None) in agent.effects


def test_figures_that_make_no_sense_are_left_out() -> None:
    agent = prompted()
    agent.update("usage_update", used=-5, size="much", cost={"amount": -1, "currency": "USD"})
    agent.update("usage_update", used=True, cost={"amount": 7, "currency": "EUR"})
    agent.says("Done.")
    agent.reply({"stopReason": "end_turn", "usage": {"inputTokens": -1, "outputTokens": 1e400}})
    assert agent.of_kind(EntryKind.USAGE) == []
    assert not any(isinstance(effect, UsageReport) for effect in agent.effects)


def test_a_turn_in_which_nothing_happened_says_so() -> None:
    agent = prompted()
    agent.reply({"stopReason": "end_turn"})
    assert "without a word" in agent.only(EntryKind.NOTICE).text


def test_a_turn_that_asked_no_model_is_doubted() -> None:
    agent = prompted()
    agent.says("API Error: 500")
    agent.reply({"stopReason": "end_turn", "usage": {"inputTokens": 0, "outputTokens": 0}})
    assert "may be an error" in agent.only(EntryKind.NOTICE).text


def test_an_agent_that_gave_up_has_failed_though_it_ends_its_turn_as_if_all_were_well() -> None:
    agent = prompted()
    for number in (1, 2):
        error = {"message": f"Reconnecting {number}/2", "additionalDetails": "high demand", "willRetry": True}
        agent.update("session_info_update", _meta={"vendor": {"error": error}})
    agent.update("session_info_update", _meta={"vendor": {"threadStatus": {"type": "systemError"}}})
    agent.says("High demand.\n\n")
    agent.update("session_info_update", title="A title")
    agent.reply({"stopReason": "end_turn", "usage": None, "_meta": {"quota": {"model_usage": []}}})
    assert agent.only(EntryKind.NOTICE).text == "Reconnecting 2/2: high demand"
    assert agent.ended is not None and agent.ended.status is ProcessStatus.FAILED
    assert agent.ended.reason == "the agent gave up: High demand."


def test_an_agent_that_recovers_has_not_failed_and_each_trouble_has_its_notice() -> None:
    agent = prompted()
    for text in ("First.", "Second."):
        agent.update("session_info_update", _meta={"vendor": {"error": {"message": "Reconnecting"}}})
        agent.update("session_info_update", _meta={"vendor": {"threadStatus": {"type": "idle"}}})
        agent.says(text)
    agent.reply({"stopReason": "end_turn"})
    assert len(agent.of_kind(EntryKind.NOTICE)) == 2
    assert agent.ended is not None and agent.ended.status is ProcessStatus.COMPLETED
