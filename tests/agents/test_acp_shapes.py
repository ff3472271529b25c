"""Agents that shape the same turn differently give the same conversation; recordings of real ones play."""

from __future__ import annotations

import json
from typing import Any

import pytest

from core.agents.driver import Commands, UsageReport
from core.values.conversation import EntryKind, FileEdit, ToolState
from core.values.states import ProcessStatus
from tests.agents.agent_double import AgentDouble, prompted
from tests.agents.agent_shapes import SHAPES
from tests.agents.real_agent import rig_folder


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_gives_the_same_conversation(shape: str) -> None:
    agent = prompted()
    for message in SHAPES[shape]:
        agent.say(message)
        for ask in agent.asked:
            agent.answers(ask.key, "once")
    kinds = [e.kind.value for e in agent.entries if e.kind is not EntryKind.PERMISSION]
    assert kinds == ["user", "thought", "message", "tool", "message", "usage"]
    tool = agent.only(EntryKind.TOOL)
    assert (tool.title, tool.tool_kind, tool.state) == ("Write a.py", "edit", ToolState.COMPLETED)
    assert tool.edits == (FileEdit(path="/repo/a.py", old=None, new="print(1)\n"),)
    assert agent.ended is not None
    assert (agent.ended.status, agent.ended.summary) == (ProcessStatus.COMPLETED, "Done.")
    (usage,) = [effect for effect in agent.effects if isinstance(effect, UsageReport)]
    assert (usage.input_tokens, usage.output_tokens) == (5100, 38)


def recorded(name: str) -> list[dict[str, Any]]:
    path = rig_folder() / "transcripts" / f"{name}.jsonl"
    if not path.is_file():
        pytest.skip(f"there is no recording {path.name}")
    return [json.loads(line) for line in path.read_text().splitlines()]


def replay(rows: list[dict[str, Any]]) -> AgentDouble:
    """Plays a recording's agent, with the recorded client's decisions."""
    agent = AgentDouble(prompt="go")
    for row in rows:
        message = row["msg"]
        if row["dir"] == "out":
            agent.say(message)
        elif "outcome" in message.get("result", {}):
            agent.answers(json.dumps(message["id"]), message["result"]["outcome"]["optionId"])
    return agent


@pytest.mark.agents
@pytest.mark.parametrize(
    "name", ["claude-acp", "codex-acp", "gemini-acp", "opencode-acp", "claude-acp-v2", "codex-acp-v2"]
)
def test_a_recorded_agent_plays_to_its_end(name: str) -> None:
    rows = recorded(name)
    agent = replay(rows)
    assert agent.ended is not None and agent.ended.status is ProcessStatus.COMPLETED
    asked = [row for row in rows if row["msg"].get("method") == "session/request_permission"]
    assert len(agent.of_kind(EntryKind.PERMISSION)) == len(asked)
    assert all(e.state is not ToolState.PENDING for e in agent.of_kind(EntryKind.TOOL))
    assert agent.of_kind(EntryKind.TOOL) and agent.of_kind(EntryKind.MESSAGE)
    assert [e.text for e in agent.of_kind(EntryKind.RAW)] == []
    ours = [message.get("method", message.get("id")) for message in agent.sent]
    theirs = [row["msg"].get("method", row["msg"].get("id")) for row in rows if row["dir"] == "in"]
    assert ours == theirs


@pytest.mark.agents
@pytest.mark.parametrize("version", ["", "-v2"])
@pytest.mark.parametrize("name", ["claude-acp", "codex-acp"])
def test_both_versions_of_the_protocol_give_the_same_conversation(name: str, version: str) -> None:
    agent = replay(recorded(name + version))
    tools = agent.of_kind(EntryKind.TOOL)
    written = next(entry for entry in tools if entry.tool_kind == "edit")
    assert [(edit.old, edit.new) for edit in written.edits] == [(None, "print('hello')\n")]
    assert written.edits[0].path == "/repo/hello.py"
    run = next(entry for entry in tools if entry.tool_kind == "execute")
    assert (run.title, run.text) == ("python3 hello.py", "python3 hello.py")
    assert "ahoy" in run.output or "hello.py" in run.output
    assert agent.of_kind(EntryKind.THOUGHT)[0].text == "A short plan first."
    (usage,) = [effect for effect in agent.effects if isinstance(effect, UsageReport)]
    assert (usage.input_tokens, usage.output_tokens) == (5100, 38)
    commands = [effect for effect in agent.effects if isinstance(effect, Commands)]
    assert commands and all(each.name for each in commands[-1].commands)
