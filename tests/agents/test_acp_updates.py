"""What the agent reports while it works becomes entries."""

from __future__ import annotations

import json
from typing import Any

import pytest

from core.agents.acp.messages import TEXT_LIMIT
from core.agents.client_requests import REFUSED, ReadTextFile
from core.agents.driver import Perform
from core.agents.entries import ENTRY_LIMIT
from core.values.conversation import EntryKind, FileEdit, PlanItem, ToolState
from tests.agents.agent_double import ALLOW, REJECT, AgentDouble, prompted

MESSAGE, THOUGHT, TOOL = EntryKind.MESSAGE, EntryKind.THOUGHT, EntryKind.TOOL


def content(text: str) -> list[dict[str, Any]]:
    return [{"type": "content", "content": {"type": "text", "text": text}}]


def test_chunks_of_a_message_grow_one_entry() -> None:
    agent = prompted()
    for piece in ("Hoist ", "the ", "sail."):
        agent.says(piece)
    assert agent.only(MESSAGE).text == "Hoist the sail."
    assert agent.only(MESSAGE).order == 1


def test_thoughts_and_messages_are_apart_even_under_one_message_id() -> None:
    agent = prompted()
    agent.says("Hm.", "agent_thought_chunk", messageId="m1")
    agent.says("Aye.", messageId="m1")
    assert agent.only(THOUGHT).text == "Hm."
    assert agent.only(MESSAGE).text == "Aye."


def test_another_message_id_begins_another_entry() -> None:
    agent = prompted()
    agent.says("Half a mess", messageId="m1")
    agent.says("A whole message", messageId="m2")
    assert [entry.text for entry in agent.of_kind(MESSAGE)] == ["Half a mess", "A whole message"]


def test_text_after_a_tool_call_is_a_new_entry() -> None:
    agent = prompted()
    agent.says("Before.", messageId="m1")
    agent.update("tool_call", toolCallId="t1", title="Look", kind="read", status="in_progress")
    agent.says("After.", messageId="m1")
    agent.update("tool_call_update", toolCallId="t1", status="completed")
    agent.says(" More.", messageId="m1")
    assert [entry.kind for entry in agent.entries[1:]] == [MESSAGE, TOOL, MESSAGE]
    assert agent.of_kind(MESSAGE)[1].text == "After. More."


def test_blank_chunks_alone_make_no_entry() -> None:
    agent = prompted()
    agent.says("\n\n", "agent_thought_chunk")
    agent.says("")
    assert len(agent.entries) == 1
    agent.says("Well.", "agent_thought_chunk")
    assert agent.only(THOUGHT).text == "Well."


def test_a_surrogate_pair_that_was_cut_in_two_is_joined_and_a_single_half_replaced() -> None:
    agent = prompted()
    agent.says("sail \ud83d")
    agent.says("\ude80!")
    assert agent.only(MESSAGE).text == "sail \U0001f680!"
    agent.says(" \udc00 and \0")
    assert agent.only(MESSAGE).text == "sail \U0001f680! \ufffd and \ufffd"


def test_a_message_that_is_too_long_is_cut_and_says_so() -> None:
    agent = prompted()
    agent.says("x" * 20_000_000)
    agent.says("more")
    text = agent.only(MESSAGE).text
    assert TEXT_LIMIT < len(text) < TEXT_LIMIT + 100
    assert text.endswith("(cut here: the log has all of it)")


@pytest.mark.parametrize(
    ("block", "shown"),
    [
        ({"type": "resource_link", "name": "chart", "uri": "file:///chart"}, "[chart](file:///chart)"),
        ({"type": "resource", "resource": {"uri": "file:///c", "text": "depths"}}, "depths"),
        ({"type": "image", "mimeType": "image/png", "data": "AAAA"}, "[image: image/png]"),
    ],
)
def test_other_content_is_shown_as_text(block: dict[str, Any], shown: str) -> None:
    agent = prompted()
    agent.update("agent_message_chunk", content=block)
    assert agent.only(MESSAGE).text == shown


def test_a_tool_call_is_replaced_by_its_updates() -> None:
    agent = prompted()
    agent.update("tool_call", toolCallId="t1", title="Preparing…", kind="edit", status="pending", content=[])
    agent.update(
        "tool_call_update", toolCallId="t1", title="Write a.py", rawInput={"path": "a.py"},
        content=[{"type": "diff", "path": "/repo/a.py", "oldText": None, "newText": "x\n"}],
        locations=[{"path": "/repo/a.py", "line": 3}, {"path": "/repo/b.py"}],
    )  # fmt: skip
    agent.update("tool_call_update", toolCallId="t1", status="completed", content=content("ok"))
    entry = agent.only(TOOL)
    assert (entry.title, entry.tool_kind, entry.state) == ("Write a.py", "edit", ToolState.COMPLETED)
    assert entry.edits == (FileEdit(path="/repo/a.py", old=None, new="x\n"),)
    assert entry.locations == ("/repo/a.py:3", "/repo/b.py")
    assert entry.output == "ok"
    assert json.loads(entry.text) == {"path": "a.py"}
    assert entry.ended_at == agent.now


def test_an_update_of_a_call_that_was_never_announced_announces_it() -> None:
    agent = prompted()
    agent.update("tool_call_update", toolCallId="t9", title="Haul", kind="execute", status="in_progress")
    assert (agent.only(TOOL).title, agent.only(TOOL).state) == ("Haul", ToolState.RUNNING)


@pytest.mark.parametrize(
    ("fields", "output"),
    [
        ({"rawOutput": "plain"}, "plain"),
        ({"rawOutput": {"stdout": "from stdout"}}, "from stdout"),
        ({"rawOutput": {"weird": 1}}, '{\n "weird": 1\n}'),
        ({"_meta": {"terminal_output_delta": {"data": "streamed"}}}, "streamed"),
    ],
)
def test_output_is_found_where_agents_put_it(fields: dict[str, Any], output: str) -> None:
    agent = prompted()
    agent.update("tool_call", toolCallId="t1", title="Run", kind="execute", status="completed", **fields)
    assert agent.only(TOOL).output == output


def test_a_command_line_is_the_text_of_its_call() -> None:
    agent = prompted()
    agent.update("tool_call", toolCallId="t1", kind="execute", rawInput={"command": "make all"})
    agent.update("tool_call", toolCallId="t2", kind="execute", rawInput={"command": ["make", "all"]})
    assert [entry.text for entry in agent.of_kind(TOOL)] == ["make all", "make all"]


def test_a_plan_is_one_entry_that_changes() -> None:
    agent = prompted()
    agent.update("plan", entries=[{"content": "Look", "status": "in_progress", "priority": "high"}])
    agent.update("plan", entries=[{"content": "Look", "status": "completed"}, {"content": "Go"}])
    items = (PlanItem(text="Look", status="completed"), PlanItem(text="Go", status="pending"))
    assert agent.only(EntryKind.PLAN).plan == items


def test_updates_that_tell_nothing_of_the_work_are_silent() -> None:
    agent = prompted()
    agent.update("available_commands_update", availableCommands=[{"name": "x", "description": "y"}])
    agent.update("user_message_chunk", content={"type": "text", "text": "echo"})
    agent.update("session_info_update", title="A title")
    agent.say({"method": "_vendor/thing", "params": {}})
    assert [entry.kind for entry in agent.entries] == [EntryKind.USER]


def test_a_change_of_mode_is_noticed() -> None:
    agent = prompted()
    agent.update("current_mode_update", currentModeId="plan")
    assert "“plan”" in agent.only(EntryKind.NOTICE).text


def test_what_is_not_known_is_kept_as_it_came() -> None:
    agent = prompted()
    agent.update("hoist_flag", colour="red")
    agent.say({"method": "session/novelty", "params": {}})
    (raw,) = agent.of_kind(EntryKind.RAW)
    assert "hoist_flag" in raw.text and "session/novelty" in raw.text


def test_lines_that_are_no_protocol_share_one_raw_entry_and_break_no_message() -> None:
    agent = prompted()
    agent.says("One ")
    for line in (b"npm warn something", b"\xff\xfe\0", b"[1, 2]", b'{"id": {}, "result": 1}', b"NaN", b""):
        agent.line(line)
    agent.says("message.")
    assert agent.only(MESSAGE).text == "One message."
    lines = agent.only(EntryKind.RAW).text.split("\n")
    assert lines == ["npm warn something", "\ufffd\ufffd\ufffd", "[1, 2]", '{"id": {}, "result": 1}', "NaN"]


def test_deep_nesting_is_only_a_raw_line() -> None:
    agent = prompted()
    agent.line(b'{"jsonrpc":"2.0","method":"session/update","params":' + b"[" * 200_000)
    agent.line(b'{"a":' * 50_000 + b"1" + b"}" * 50_000)
    assert agent.only(EntryKind.RAW)


def test_requests_that_nobody_knows_are_refused_with_one_notice_each() -> None:
    agent = prompted()
    for number in (7, 8):
        agent.say({"id": number, "method": "fs/delete_everything", "params": {"path": "/"}})
    agent.say({"id": "x", "method": "terminal/explode", "params": {}})
    refused = {message["id"]: message["error"]["code"] for message in agent.sent if "error" in message}
    assert refused == {7: -32601, 8: -32601, "x": -32601}
    assert len(agent.of_kind(EntryKind.NOTICE)) == 2


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("fs/read_text_file", {}),
        ("fs/read_text_file", {"path": "a\0b"}),
        ("fs/read_text_file", {"path": "/a", "line": -1}),
        ("fs/read_text_file", {"path": "/a", "limit": "all"}),
        ("fs/write_text_file", {"path": "/a"}),
        ("fs/write_text_file", {"path": "/a", "content": 5}),
        ("terminal/create", {"command": ""}),
        ("terminal/create", {"command": "ls", "args": [1]}),
        ("terminal/create", {"command": "ls", "env": [{"name": "A=B", "value": ""}]}),
        ("terminal/output", {"terminalId": "somebody's"}),
    ],
)
def test_what_cannot_be_meant_is_refused_at_once(method: str, params: dict[str, Any]) -> None:
    agent = prompted()
    agent.say({"id": 7, "method": method, "params": params})
    assert agent.sent[-1]["error"]["code"] == -32602
    assert not [effect for effect in agent.effects if isinstance(effect, Perform)]


def test_files_and_terminals_are_not_served_before_the_prompt() -> None:
    agent = AgentDouble()
    agent.say({"id": 7, "method": "fs/read_text_file", "params": {"path": "/a"}})
    assert agent.sent[-1]["error"]["code"] == -32601


def test_a_request_is_carried_out_elsewhere_and_its_failure_told() -> None:
    agent = prompted()
    agent.say({"id": 7, "method": "fs/read_text_file", "params": {"path": "/a", "line": 3, "limit": 2}})
    (wanted,) = [effect for effect in agent.effects if isinstance(effect, Perform)]
    assert wanted.request == ReadTextFile("/a", 3, 2)
    agent.did(agent.driver.answer(wanted.key, REFUSED, agent.now, {"message": "there is no file /a"}))
    assert agent.sent[-1] == {
        "jsonrpc": "2.0", "id": 7, "error": {"code": -32602, "message": "there is no file /a"},
    }  # fmt: skip
    assert agent.did(agent.driver.answer(wanted.key, REFUSED, agent.now)) == []


def test_a_second_reply_and_one_to_nothing_change_nothing_but_are_shown() -> None:
    agent = prompted()
    agent.say({"id": 1, "result": {"protocolVersion": 1}})
    agent.say({"id": 99, "result": {"stopReason": "end_turn"}})
    assert agent.ended is None
    assert len(agent.only(EntryKind.RAW).text.splitlines()) == 2


def test_a_turn_with_too_many_entries_ends_in_a_notice_and_goes_on() -> None:
    agent = prompted()
    for number in range(ENTRY_LIMIT + 50):
        agent.says("x", messageId=str(number))
    assert len(agent.entries) == ENTRY_LIMIT + 1
    assert agent.entries[-1].kind is EntryKind.NOTICE
    agent.asks(1, ALLOW, REJECT)
    agent.says("The very last")
    agent.reply({"stopReason": "end_turn"})
    assert agent.asked and agent.ended is not None
    assert agent.ended.summary == "The very last"
