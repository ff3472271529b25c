"""From the start of the process to the prompt."""

from __future__ import annotations

from typing import Any

import pytest

from core.agents.driver import AgentSession, Modes
from core.values.conversation import EntryKind
from core.values.states import ProcessStatus
from tests.agents.agent_double import AgentDouble, prompted


def initialized(session: str = "", **capabilities: Any) -> AgentDouble:
    agent = AgentDouble(session=session)
    agent.reply({"protocolVersion": 1, "agentCapabilities": capabilities})
    return agent


def test_the_prompt_is_the_first_entry_and_no_file_or_terminal_is_offered() -> None:
    agent = AgentDouble(prompt="Mend the sail")
    assert agent.only(EntryKind.USER).text == "Mend the sail"
    (initialize,) = agent.sent
    assert initialize["method"] == "initialize"
    params = initialize["params"]
    assert params["protocolVersion"] == 2
    elicitation: dict[str, Any] = {"form": {}, "url": {}}
    assert params["clientCapabilities"] == {
        "fs": {"readTextFile": False, "writeTextFile": False},
        "terminal": False,
        "elicitation": elicitation,
    }
    assert params["info"] == params["clientInfo"]
    assert params["capabilities"] == {"elicitation": elicitation}


def test_an_agent_that_refuses_the_newer_version_is_offered_the_older() -> None:
    agent = AgentDouble()
    agent.refuse({"code": -32602, "message": "Invalid params"})
    assert agent.last_request["params"]["protocolVersion"] == 1
    assert "capabilities" not in agent.last_request["params"]
    agent.reply({"protocolVersion": 1})
    assert agent.last_request["method"] == "session/new"


def test_a_new_session_is_opened_in_the_folder_and_given_the_prompt() -> None:
    agent = prompted(prompt="Mend the sail")
    assert [message["method"] for message in agent.sent] == ["initialize", "session/new", "session/prompt"]
    assert agent.sent[1]["params"] == {"cwd": "/repo", "mcpServers": []}
    text = {"type": "text", "text": "Mend the sail"}
    assert agent.sent[2]["params"] == {"sessionId": "s1", "prompt": [text]}
    assert AgentSession("s1") in agent.effects


def test_an_earlier_session_is_resumed_where_that_is_offered() -> None:
    agent = initialized("old", loadSession=True, sessionCapabilities={"resume": {}})
    assert agent.last_request["method"] == "session/resume"
    assert agent.last_request["params"]["sessionId"] == "old"
    agent.reply({})
    assert agent.last_request["params"]["sessionId"] == "old"
    assert AgentSession("old") in agent.effects


def test_a_loaded_sessions_history_is_not_shown_again() -> None:
    agent = initialized("old", loadSession=True)
    assert agent.last_request["method"] == "session/load"
    agent.says("What I said earlier")
    agent.update("tool_call", toolCallId="t1", title="Old call")
    agent.reply(None)
    agent.says("What I say now")
    assert agent.only(EntryKind.MESSAGE).text == "What I say now"
    assert agent.of_kind(EntryKind.TOOL) == []


@pytest.mark.parametrize("refused", [True, False])
def test_a_history_that_comes_late_is_not_taken_for_the_answer(refused: bool) -> None:
    agent = AgentDouble(session="old", parts_past=True)
    agent.reply({"protocolVersion": 1, "agentCapabilities": {"loadSession": True}})
    agent.reply(None)
    assert agent.last_request["method"].startswith("_")
    agent.says("What I said earlier")
    if refused:
        agent.refuse({"code": -32601, "message": "Method not found"})
    else:
        agent.reply({})
    assert agent.last_request["method"] == "session/prompt"
    agent.says("What I say now")
    assert agent.only(EntryKind.MESSAGE).text == "What I say now"
    assert agent.of_kind(EntryKind.NOTICE) == []


def test_a_refused_resumption_falls_back_to_loading_and_then_to_a_new_session_with_a_notice() -> None:
    agent = initialized("old", loadSession=True, sessionCapabilities={"resume": {}})
    agent.refuse({"code": -32603, "message": "broken"})
    assert agent.last_request["method"] == "session/load"
    agent.refuse({"code": -32002, "message": "Resource not found"})
    assert agent.last_request["method"] == "session/new"
    assert "Resource not found" in agent.only(EntryKind.NOTICE).text
    agent.reply({"sessionId": "new"})
    assert AgentSession("new") in agent.effects
    assert agent.last_request["params"]["sessionId"] == "new"


def test_an_agent_that_keeps_no_sessions_starts_anew_with_a_notice() -> None:
    agent = initialized("old")
    assert agent.last_request["method"] == "session/new"
    assert "could not go on with the earlier session" in agent.only(EntryKind.NOTICE).text


def test_an_agent_of_another_version_fails_the_turn() -> None:
    agent = AgentDouble()
    agent.reply({"protocolVersion": 7})
    assert agent.ended is not None and agent.ended.status is ProcessStatus.FAILED
    assert "version 7" in agent.ended.reason
    assert agent.input_closed


def test_an_agent_that_wants_a_login_names_the_ways_that_it_offers() -> None:
    agent = AgentDouble()
    methods = [{"id": "key", "name": "API key", "description": "Set SAIL_KEY"}, {"id": "web", "name": "Web"}]
    agent.reply({"protocolVersion": 1, "authMethods": methods})
    agent.refuse({"code": -32000, "message": "Authentication required", "data": {"details": "no key"}})
    assert agent.ended is not None and agent.ended.status is ProcessStatus.FAILED
    assert agent.ended.reason == "Test agent wants you to log in: Authentication required: no key"
    text = agent.only(EntryKind.ERROR).text
    assert "- API key: Set SAIL_KEY" in text and "- Web" in text
    assert agent.input_closed


@pytest.mark.parametrize("steps", [0, 1, 2])
def test_an_error_at_any_step_fails_the_turn_with_the_agents_own_words(steps: int) -> None:
    agent = AgentDouble()
    for result in ({"protocolVersion": 1}, {"sessionId": "s1"})[:steps]:
        agent.reply(result)
    for _ in range(1 if steps else 2):  # the first refusal may be of the version alone
        agent.refuse({"code": -32603, "message": "Internal error", "data": {"details": "the mast broke"}})
    assert agent.ended is not None and agent.ended.status is ProcessStatus.FAILED
    assert "Internal error: the mast broke" in agent.ended.reason
    assert agent.ended.reason in agent.only(EntryKind.ERROR).text
    assert agent.input_closed


def test_a_session_without_a_name_fails_the_turn() -> None:
    agent = AgentDouble()
    agent.reply({"protocolVersion": 1})
    agent.reply({"sessionId": 5})
    assert agent.ended is not None and agent.ended.status is ProcessStatus.FAILED


@pytest.mark.parametrize("steps", [0, 1])
def test_cancelling_before_the_prompt_ends_the_turn_at_once(steps: int) -> None:
    agent = AgentDouble()
    for result in ({"protocolVersion": 1},)[:steps]:
        agent.reply(result)
    agent.cancels()
    assert agent.ended is not None and agent.ended.status is ProcessStatus.KILLED
    assert agent.input_closed
    agent.reply({"sessionId": "s1"})
    assert agent.last_request["method"] != "session/prompt"


MODES = {"modes": {"currentModeId": "ask", "availableModes": [{"id": "ask", "name": "Ask"}, {"id": "plan"}]}}
OPTION = {
    "id": "mode", "category": "mode", "currentValue": "ask",
    "options": [{"value": "ask", "name": "Ask"}, {"value": "plan"}],
}  # fmt: skip


@pytest.mark.parametrize(
    ("opened", "asked"),
    [
        (MODES, ("session/set_mode", {"modeId": "plan"})),
        ({"configOptions": [OPTION]}, ("session/set_config_option", {"configId": "mode", "value": "plan"})),
    ],
)
def test_the_mode_is_changed_while_the_agent_works(opened: dict[str, Any], asked: tuple[str, Any]) -> None:
    agent = AgentDouble()
    agent.reply({"protocolVersion": 1, "agentCapabilities": {}})
    agent.reply({"sessionId": "s1", **opened})
    assert agent.last_request["method"] == "session/prompt"
    agent.did(agent.driver.set_mode("plan", agent.now))
    method, params = asked
    assert agent.last_request["method"] == method
    assert agent.last_request["params"] == {"sessionId": "s1", **params}
    agent.reply({})
    agent.did(agent.driver.set_mode("dance", agent.now))
    agent.did(agent.driver.set_mode("ask", agent.now))
    agent.refuse({"code": -32603, "message": "not now"})
    told = [effect.modes for effect in agent.effects if isinstance(effect, Modes)]
    assert [modes.current for modes in told] == ["ask", "plan"]
    assert [mode.id for mode in told[0].available] == ["ask", "plan"]
    notes = [entry.text for entry in agent.of_kind(EntryKind.NOTICE)]
    assert "has no mode “dance”" in notes[0] and "not now" in notes[1]
    assert agent.ended is None and len(agent.sent) == 5, "the prompt is sent once, and the turn goes on"
