"""Version 2 of the Agent Client Protocol, questions, attachments, modes and models."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest

from core.agents.acp.driver import AcpDriver
from core.agents.driver import AskApproval, Commands, RateLimited, TurnRequest
from core.values.conversation import AgentCommand, Attachment, EntryKind, ToolState
from core.values.states import ProcessStatus
from tests.agents.agent_double import ALLOW, REJECT, AgentDouble, prompted
from tests.agents.native_double import Double


def second(**given: Any) -> AgentDouble:
    """An agent of version 2 that has taken its prompt."""
    agent = AgentDouble(**given)
    agent.reply({"protocolVersion": 2, "capabilities": {"session": {}}})
    agent.reply({"sessionId": "s1"} if not given.get("session") else {})
    agent.reply({"messageId": "m0"})
    return agent


def idle(agent: AgentDouble, **fields: Any) -> None:
    agent.update("state_update", state="idle", **fields)


def test_the_turn_ends_when_the_session_is_idle_and_not_with_the_reply() -> None:
    agent = second()
    assert agent.ended is None
    agent.update("state_update", state="running")
    agent.says("Done.", messageId="m1")
    idle(agent, stopReason="end_turn", usage={"inputTokens": 5, "outputTokens": 2})
    assert agent.ended is not None
    assert (agent.ended.status, agent.ended.summary) == (ProcessStatus.COMPLETED, "Done.")


def test_an_idle_state_before_the_work_ends_nothing() -> None:
    agent = second()
    idle(agent)
    assert agent.ended is None


def test_an_error_is_told_as_one() -> None:
    agent = second()
    agent.says("unexpected status 401", messageId="m1")
    idle(agent, stopReason="error")
    assert agent.ended is not None
    assert (agent.ended.status, agent.ended.reason) == (ProcessStatus.FAILED, "unexpected status 401")


def test_an_earlier_session_is_resumed_without_its_history() -> None:
    agent = second(session="old")
    assert [message["method"] for message in agent.sent] == ["initialize", "session/resume", "session/prompt"]
    assert "replayFrom" not in agent.sent[1]["params"]


def test_whole_messages_replace_what_came_of_them() -> None:
    agent = second()
    agent.says("Ha", messageId="m1")
    agent.update("agent_message", messageId="m1", content=[{"type": "text", "text": "Ahoy"}])
    agent.update("agent_thought", messageId="m2", content=[{"type": "text", "text": "Hm"}])
    assert [entry.text for entry in agent.of_kind(EntryKind.MESSAGE)] == ["Ahoy"]
    assert [entry.text for entry in agent.of_kind(EntryKind.THOUGHT)] == ["Hm"]


PATCH = """diff --git /repo/a /repo/a
--- /repo/a
+++ /repo/a
@@ -1,2 +1,2 @@
 one
--- two
+three
diff --git /repo/b /repo/b
deleted file mode 100644
--- /repo/b
+++ /dev/null
@@ -1 +0,0 @@
-gone
"""


def test_a_patch_over_several_files_is_a_change_of_each() -> None:
    agent = second()
    changes = [{"operation": "modify", "path": "/repo/a"}, {"operation": "delete", "path": "/repo/b"}]
    diff = {"type": "diff", "changes": changes, "patch": {"format": "git_patch", "text": PATCH}}
    agent.update("tool_call_update", toolCallId="t1", kind="edit", content=[diff])
    edits = agent.only(EntryKind.TOOL).edits
    assert [(edit.path, edit.old, edit.new) for edit in edits] == [
        ("/repo/a", "one\n-- two\n", "one\nthree\n"),
        ("/repo/b", "gone\n", ""),
    ]


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize("early", [True, False])
def test_a_terminal_of_the_agents_is_the_calls_output(early: bool) -> None:
    agent = second()
    terminal = {"terminalId": "x", "command": "make"}
    if early:
        agent.update("terminal_update", **terminal)
    call = {"toolCallId": "t1", "content": [{"type": "terminal", "terminalId": "x"}]}
    agent.update("tool_call_update", kind="execute", **call)
    if not early:
        agent.update("terminal_update", **terminal)
    agent.update("terminal_update", terminalId="x", output={"data": encoded("one\n")})
    agent.update("terminal_output_chunk", terminalId="x", data=encoded("two\n"))
    agent.update("terminal_output_chunk", terminalId="x", data="not base 64")
    tool = agent.only(EntryKind.TOOL)
    assert (tool.text, tool.output) == ("make", "one\ntwo\n")


def test_further_content_of_a_call_is_added() -> None:
    agent = second()
    agent.update("tool_call_update", toolCallId="t1", title="Look")
    for text in ("one ", "two"):
        content = {"type": "content", "content": {"type": "text", "text": text}}
        agent.update("tool_call_content_chunk", toolCallId="t1", content=content)
    assert agent.only(EntryKind.TOOL).output == "one two"


def test_permission_is_asked_by_subject() -> None:
    agent = second()
    call = {"toolCallId": "t1", "title": "make", "kind": "execute", "rawInput": {"command": "make all"}}
    params = {
        "title": "Run make", "description": "It builds.", "options": [ALLOW, REJECT],
        "subject": {"type": "tool_call", "toolCall": call},
    }  # fmt: skip
    agent.say({"id": 0, "method": "session/request_permission", "params": params})
    command = {"type": "command", "command": "git push"}
    agent.say({"id": 1, "method": "session/request_permission", "params": {**params, "subject": command}})
    assert [(ask.title, ask.detail, ask.tool_kind) for ask in agent.asked] == [
        ("Run make", "It builds.\n\nmake all", "execute"),
        ("Run make", "It builds.\n\ngit push", "execute"),
    ]
    agent.answers("0", "yes")
    assert agent.sent[-1]["result"] == {"outcome": {"outcome": "selected", "optionId": "yes"}}


SCHEMA = {
    "type": "object",
    "properties": {
        "colour": {"type": "string", "oneOf": [{"const": "red", "title": "Red"}, {"const": "blue"}]},
        "other": {"type": "string", "title": "Other"},
    },
}


def questioned(agent: AgentDouble, schema: Any = SCHEMA) -> AskApproval:
    params = {"mode": "form", "message": "Which?", "requestedSchema": schema}
    agent.say({"id": 4, "method": "elicitation/create", "params": params})
    return agent.asked[-1]


@pytest.mark.parametrize("make", [second, prompted])
@pytest.mark.parametrize(
    ("option", "values", "result"),
    [
        ("choice:blue", {}, {"action": "accept", "content": {"colour": "blue"}}),
        ("answer", {"other": "mauve"}, {"action": "accept", "content": {"other": "mauve"}}),
        ("decline", {}, {"action": "decline"}),
    ],
)
def test_a_question_is_answered_by_its_form(
    make: Any, option: str, values: dict[str, Any], result: dict[str, Any]
) -> None:
    agent = make()
    ask = questioned(agent)
    assert ask.question
    assert [(field.name, field.kind) for field in ask.form] == [("colour", "choice"), ("other", "text")]
    agent.did(agent.driver.answer(ask.key, option, 1.0, values))
    assert agent.sent[-1]["result"] == result
    assert agent.only(EntryKind.PERMISSION).state is (
        ToolState.CANCELLED if option == "decline" else ToolState.COMPLETED
    )


def test_a_question_that_waits_is_cancelled_with_the_turn() -> None:
    agent = second()
    questioned(agent)
    agent.cancels()
    assert {"action": "cancel"} in [message.get("result") for message in agent.sent]


def test_an_address_to_visit_is_shown() -> None:
    agent = second()
    params = {"mode": "url", "message": "Log in", "url": "https://example.org/x"}
    agent.say({"id": 4, "method": "elicitation/create", "params": params})
    assert agent.asked[0].detail == "Log in\n\nhttps://example.org/x" and agent.asked[0].form == ()


def test_the_agents_commands_are_told_whenever_they_come() -> None:
    agent = AgentDouble()
    agent.reply({"protocolVersion": 1})
    commands = [{"name": "plan", "description": "Make a plan", "input": {"hint": "what for"}}, {"name": 7}]
    agent.update("available_commands_update", availableCommands=commands)
    known = (AgentCommand(name="plan", description="Make a plan", hint="what for"),)
    assert [effect for effect in agent.effects if isinstance(effect, Commands)] == [Commands(known)]


def set_up(opened: dict[str, Any], **given: str) -> Double:
    agent = Double(AcpDriver(TurnRequest("p1", "Do it", "/repo"), agent="Test agent", **given))
    agent.say({"id": 1, "result": {"protocolVersion": 1}})
    agent.say({"id": 2, "result": {"sessionId": "s1", **opened}})
    return agent


MODES = {"modes": {"currentModeId": "ask", "availableModes": [{"id": "ask"}, {"id": "yolo"}]}}
OPTIONS = {
    "configOptions": [
        {"id": "m", "category": "model", "options": [{"group": "g", "options": [{"value": "big"}]}]}
    ]
}


def test_mode_and_model_are_set_before_the_prompt_in_the_way_that_is_offered() -> None:
    agent = set_up({**MODES, **OPTIONS}, mode="yolo", model="big")
    assert agent.sent[-1]["method"] == "session/set_mode"
    assert agent.sent[-1]["params"] == {"sessionId": "s1", "modeId": "yolo"}
    agent.say({"id": 3, "result": {}})
    assert agent.sent[-1]["method"] == "session/set_config_option"
    assert agent.sent[-1]["params"] == {"sessionId": "s1", "configId": "m", "value": "big"}
    agent.say({"id": 4, "error": {"code": 1, "message": "not today"}})
    assert agent.sent[-1]["method"] == "session/prompt"
    assert "not today" in agent.of_kind(EntryKind.NOTICE)[0].text


def test_a_mode_that_there_is_not_is_told_with_those_that_there_are() -> None:
    agent = set_up(MODES, mode="wild")
    assert agent.sent[-1]["method"] == "session/prompt"
    assert agent.of_kind(EntryKind.NOTICE)[0].text == "The agent has no mode “wild”; it offers ask, yolo."


BOTH = {"image": True, "embeddedContext": True}


@pytest.mark.parametrize(
    ("initialized", "kinds"),
    [
        (
            {"protocolVersion": 1, "agentCapabilities": {"promptCapabilities": BOTH}},
            ["text", "image", "resource", "resource_link"],
        ),
        (
            {"protocolVersion": 2, "capabilities": {"session": {"prompt": {"image": {}}}}},
            ["text", "image", "resource_link", "resource_link"],
        ),
        ({"protocolVersion": 1}, ["text", "resource_link", "resource_link", "resource_link"]),
    ],
)  # fmt: skip
def test_attachments_go_along_in_the_way_that_the_agent_takes_them(
    tmp_path: Path, initialized: dict[str, Any], kinds: list[str]
) -> None:
    (tmp_path / "a.png").write_bytes(b"\x89PNG")
    (tmp_path / "b.txt").write_text("words")
    attachments = (
        Attachment(path="/in/a.png", mime_type="image/png", source=str(tmp_path / "a.png")),
        Attachment(path="/in/b.txt", mime_type="text/plain", source=str(tmp_path / "b.txt")),
        Attachment(path="/in/c.pdf", mime_type="application/pdf", name="The plan"),
    )
    request = TurnRequest("p1", "Do it", "/repo", attachments=attachments)
    agent = Double(AcpDriver(request, agent="Test agent"))
    agent.say({"id": 1, "result": initialized})
    agent.say({"id": 2, "result": {"sessionId": "s1"}})
    prompt = agent.sent[-1]["params"]["prompt"]
    assert [block["type"] for block in prompt] == kinds
    assert prompt[-1] == {
        "type": "resource_link", "uri": "file:///in/c.pdf", "name": "The plan", "mimeType": "application/pdf",
    }  # fmt: skip
    assert agent.of_kind(EntryKind.USER)[0].text.startswith("Do it\n[/in/a.png]")


def test_a_rate_limit_in_an_error_is_recognised() -> None:
    agent = prompted()
    agent.refuse(
        {"code": -32603, "message": "429 Too Many Requests", "data": {"details": "try again in 20s"}}
    )
    (limit,) = [effect for effect in agent.effects if isinstance(effect, RateLimited)]
    assert limit.reset_at == agent.now + 20
