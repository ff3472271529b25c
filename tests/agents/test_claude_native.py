"""Claude Code's own stream: recordings of it play, and everything that it can ask and tell is understood."""

from __future__ import annotations

import json
from typing import Any

import pytest

from core.agents.claude import ClaudeExecutor
from core.agents.claude.driver import ClaudeDriver
from core.agents.claude.wire import INITIALIZE
from core.agents.driver import (
    AgentSession,
    CloseInput,
    Commands,
    Modes,
    RateLimited,
    TurnRequest,
    UsageReport,
    WithdrawApproval,
)
from core.values.conversation import Attachment, EntryKind, FileEdit, ToolState
from core.values.states import ProcessStatus
from tests.agents.native_double import Double, recorded


def double(**given: Any) -> Double:
    return Double(ClaudeDriver(TurnRequest("p1", "Do it", "/repo", started_at=100.0, **given)))


def replay(rows: list[dict[str, Any]]) -> Double:
    """Plays a recording's agent up to its first result, with the recorded client's decisions."""
    agent = double()
    for row in rows:
        message = row["msg"]
        if row["dir"] == "out":
            if message.get("response", {}).get("request_id") == "init":
                message["response"]["request_id"] = INITIALIZE
            agent.say(message)
            if message.get("type") == "result":
                break
        elif message.get("type") == "control_response":
            response = message["response"]
            option = "allow" if response["response"]["behavior"] == "allow" else "reject"
            agent.answers(response["request_id"], option)
    return agent


@pytest.mark.agents
def test_a_recording_with_permissions_plays_to_its_end() -> None:
    rows = recorded("claude-live")
    agent = replay(rows)
    assert (agent.ended.status, agent.ended.reason) == (ProcessStatus.COMPLETED, "")
    assert agent.ended.summary.startswith("**Done.** `hello.py` prints *ahoy*.")
    kinds = [entry.kind.value for entry in agent.entries]
    assert kinds[:6] == ["user", "thought", "message", "tool", "permission", "message"]
    assert [entry.text for entry in agent.of_kind(EntryKind.THOUGHT)] == ["A short plan first."]
    assert agent.of_kind(EntryKind.RAW) == []
    tools = {entry.title: entry for entry in agent.of_kind(EntryKind.TOOL)}
    assert list(tools) == ["Write hello.py", "Read hello.py", "Edit hello.py", "python3 hello.py"]
    assert tools["Write hello.py"].edits == (FileEdit(path="/repo/hello.py", new="print('hello')\n"),)
    assert tools["Write hello.py"].state is ToolState.FAILED
    assert "No such file" in tools["python3 hello.py"].output
    assert [(ask.title, ask.tool_kind) for ask in agent.asked] == [
        ("Write hello.py", "edit"), ("python3 hello.py", "execute"),
    ]  # fmt: skip
    (usage,) = agent.of_type(UsageReport)
    assert (usage.input_tokens, usage.output_tokens) == (5100, 38)
    assert agent.of_type(AgentSession)[-1].id == "8646e327-b6b1-4aa3-a6fd-8df88f4f57c7"
    assert "deep-research" in [each.name for each in agent.of_type(Commands)[0].commands]
    assert agent.of_kind(EntryKind.NOTICE) == []


@pytest.mark.agents
def test_a_recording_with_retries_shows_them_and_tells_the_rate_limit() -> None:
    agent = replay(recorded("claude-retry"))
    assert agent.ended.status is ProcessStatus.COMPLETED
    (notice,) = agent.of_kind(EntryKind.NOTICE)
    assert notice.text == "The model could not be asked (429 rate limit): try 2 of 10 in 2 s."
    assert len(agent.of_type(RateLimited)) == 1


@pytest.mark.agents
def test_a_recording_of_one_way_output_plays_too() -> None:
    agent = replay(recorded("claude"))
    assert agent.ended.status is ProcessStatus.COMPLETED
    assert agent.of_kind(EntryKind.RAW) == []


@pytest.mark.agents
def test_an_interrupted_turn_was_killed() -> None:
    rows = recorded("claude-live")
    second = next(n for n, row in enumerate(rows) if row["msg"].get("type") == "result") + 1
    agent = double()
    for row in rows[second:]:
        message = row["msg"]
        if message.get("type") == "control_request" and row["dir"] == "in":
            agent.cancels()
            assert agent.sent[-1]["request"] == {"subtype": "interrupt"}
        elif row["dir"] == "out":
            agent.say(message)
    assert agent.ended.status is ProcessStatus.KILLED
    assert agent.of_type(CloseInput)


def asks(agent: Double, request_id: str, tool: str, given: dict[str, Any], **more: Any) -> None:
    request = {"subtype": "can_use_tool", "tool_name": tool, "input": given, **more}
    agent.say({"type": "control_request", "request_id": request_id, "request": request})


RULES = [{"type": "addRules", "rules": [{"toolName": "Bash", "ruleContent": "make:*"}]}]


@pytest.mark.parametrize(
    ("option", "response"),
    [
        ("allow", {"behavior": "allow", "updatedInput": {"command": "make"}}),
        (
            "always",
            {"behavior": "allow", "updatedInput": {"command": "make"}, "updatedPermissions": RULES},
        ),
        ("reject", {"behavior": "deny", "message": "The user does not allow this."}),
    ],
)
def test_every_decision_is_passed_on(option: str, response: dict[str, Any]) -> None:
    agent = double()
    asks(agent, "r1", "Bash", {"command": "make"}, permission_suggestions=RULES)
    (ask,) = agent.asked
    assert [each.kind for each in ask.options] == ["allow_once", "allow_always", "reject_once"]
    assert ask.options[1].name == "Always: Bash make:*"
    agent.answers("r1", option)
    assert agent.sent[-1]["response"]["response"] == response
    agent.answers("r1", option)
    assert len(agent.sent) == 3, "an answer went twice"


def test_an_id_that_no_database_takes_is_asked_under_another_and_answered_to() -> None:
    agent = double()
    asks(agent, "\ud800r", "Bash", {"command": "ls"})
    (ask,) = agent.asked
    assert ask.key == "\ufffdr"
    agent.answers(ask.key, "allow")
    assert agent.sent[-1]["response"]["request_id"] == "\ud800r"
    asks(agent, "\ud801", "Bash", {"command": "ls"})
    agent.say({"type": "control_cancel_request", "request_id": "\ud801"})
    assert agent.of_type(WithdrawApproval)


QUESTIONS = {
    "questions": [
        {"question": "Which colour?", "header": "Colour", "options": [{"label": "red"}, {"label": "green"}]},
        {"question": "Which toppings?", "multiSelect": True, "options": [{"label": "a"}, {"label": "b"}]},
    ]
}


def test_questions_are_no_permission_and_are_answered_by_what_is_filled_in() -> None:
    agent = double()
    asks(agent, "r1", "AskUserQuestion", QUESTIONS)
    (ask,) = agent.asked
    assert ask.question
    assert [(field.name, field.kind) for field in ask.form] == [("q1", "choice"), ("q2", "choices")]
    agent.answers("r1", "answer", q1="green", q2=["a", "b"])
    given = agent.sent[-1]["response"]["response"]
    assert given["behavior"] == "allow"
    assert given["updatedInput"]["answers"] == {"Which colour?": "green", "Which toppings?": "a, b"}


def test_a_single_question_can_be_answered_by_naming_a_choice() -> None:
    agent = double()
    asks(agent, "r1", "AskUserQuestion", {"questions": QUESTIONS["questions"][:1]})
    agent.answers("r1", "choice:red")
    assert agent.sent[-1]["response"]["response"]["updatedInput"]["answers"] == {"Which colour?": "red"}


def test_a_request_that_the_agent_takes_back_needs_no_answer() -> None:
    agent = double()
    asks(agent, "r1", "Bash", {"command": "make"})
    agent.say({"type": "control_cancel_request", "request_id": "r1"})
    assert [effect.key for effect in agent.of_type(WithdrawApproval)] == ["r1"]
    assert agent.answers("r1", "allow") == []


def test_another_mode_is_asked_for_while_it_works_and_told_when_it_is_taken() -> None:
    agent = double()
    agent.say({"type": "system", "subtype": "init", "session_id": "s", "permissionMode": "default"})
    agent.did(agent.driver.set_mode("plan", agent.now))
    asked = agent.sent[-1]
    assert asked["request"] == {"subtype": "set_permission_mode", "mode": "plan"}
    response = {"subtype": "success", "request_id": asked["request_id"]}
    agent.say({"type": "control_response", "response": response})
    agent.did(agent.driver.set_mode("bypassPermissions", agent.now))
    refused = {"subtype": "error", "request_id": agent.sent[-1]["request_id"], "error": "not as root"}
    agent.say({"type": "control_response", "response": refused})
    told = [effect.modes.current for effect in agent.effects if isinstance(effect, Modes)]
    assert told == ["default", "plan"]
    notes = [entry.text for entry in agent.entries if entry.kind is EntryKind.NOTICE]
    assert notes == [
        "The agent did not take the mode “bypassPermissions”: not as root",
    ]


def test_cancelling_answers_what_waits_and_interrupts() -> None:
    agent = double()
    asks(agent, "r1", "Bash", {"command": "make"})
    agent.cancels()
    assert agent.sent[-2]["response"]["response"]["behavior"] == "deny"
    assert agent.sent[-1]["request"] == {"subtype": "interrupt"}
    asks(agent, "r2", "Bash", {"command": "late"})
    assert len(agent.asked) == 1 and agent.sent[-1]["response"]["response"]["behavior"] == "deny"
    agent.exits(0)
    assert agent.ended.status is ProcessStatus.KILLED


def test_what_it_asks_that_we_do_not_serve_is_refused() -> None:
    agent = double()
    agent.say({"type": "control_request", "request_id": "r", "request": {"subtype": "hook_callback"}})
    assert agent.sent[-1]["response"]["subtype"] == "error"


@pytest.mark.parametrize(
    ("result", "words"),
    [
        ({"subtype": "success", "is_error": True, "result": "API Error: 401 bad key"}, "API Error: 401"),
        ({"subtype": "error_max_turns", "is_error": True}, "limit of turns"),
        ({"subtype": "error_during_execution", "is_error": True, "errors": ["boom"]}, "boom"),
        ({"subtype": "success", "is_error": False, "stop_reason": "refusal"}, "refused to go on"),
        ({"subtype": "success", "is_error": False, "stop_reason": "max_tokens"}, "limit of tokens"),
        ({"subtype": 7}, "the agent failed"),
    ],
)
def test_a_failed_result_fails_the_turn_whatever_the_exit_code(result: dict[str, Any], words: str) -> None:
    agent = double()
    agent.say({"type": "result", **result})
    assert agent.ended.status is ProcessStatus.FAILED and words in agent.ended.reason
    assert words in agent.of_kind(EntryKind.ERROR)[0].text
    agent.exits(0)
    assert agent.ended.status is ProcessStatus.FAILED


def test_an_error_said_in_place_of_the_model_is_shown_once() -> None:
    agent = double()
    content = [{"type": "text", "text": "You've hit your limit · resets 3pm (UTC)"}]
    agent.say({"type": "assistant", "error": "rate_limit", "message": {"id": "m", "content": content}})
    agent.say({"type": "result", "subtype": "success", "is_error": True, "result": content[0]["text"]})
    assert [entry.kind for entry in agent.entries] == [EntryKind.USER, EntryKind.ERROR]
    (limit,) = agent.of_type(RateLimited)
    assert limit.reset_at == 15 * 3600.0


def test_a_rejecting_rate_limit_event_says_when_it_ends() -> None:
    agent = double()
    info = {"status": "rejected", "resetsAt": 5000, "rateLimitType": "five_hour"}
    agent.say({"type": "rate_limit_event", "rate_limit_info": {**info, "status": "allowed_warning"}})
    assert agent.of_type(RateLimited) == []
    agent.say({"type": "rate_limit_event", "rate_limit_info": info})
    assert agent.of_type(RateLimited) == [RateLimited(5000.0, "The provider's limit is reached (five hour).")]


def test_what_was_not_permitted_without_a_question_is_told() -> None:
    agent = double()
    asks(agent, "r1", "Bash", {"command": "make"}, tool_use_id="t1")
    agent.answers("r1", "reject")
    denials = [{"tool_name": "Bash", "tool_use_id": "t1"}, {"tool_name": "Write", "tool_use_id": "t2"}]
    agent.say({"type": "result", "subtype": "success", "result": "Well.", "permission_denials": denials})
    assert [note.text for note in agent.of_kind(EntryKind.NOTICE)] == ["Not everything was permitted: Write."]
    assert agent.ended.summary == "Well."


def test_a_session_that_is_gone_is_forgotten() -> None:
    agent = double()
    agent.exits(1, b"No conversation found with session ID: 5")
    assert agent.of_type(AgentSession) == [AgentSession("")]
    assert "is gone" in agent.ended.reason


def test_an_agent_that_dies_says_why() -> None:
    agent = double()
    agent.line(b"Segmentation fault is near")
    agent.exits(139, b"panic: out of luck")
    assert "code 139" in agent.ended.reason and "out of luck" in agent.ended.reason
    assert [entry.text for entry in agent.of_kind(EntryKind.RAW)] == ["Segmentation fault is near"]


def test_events_that_are_not_known_are_kept_as_they_came() -> None:
    agent = double()
    agent.say({"type": "system", "subtype": "brand_new", "x": 1})
    agent.say({"type": "brand_new", "x": 2})
    (raw,) = agent.of_kind(EntryKind.RAW)
    assert '"x": 1' in raw.text and '"x": 2' in raw.text


def test_a_streamed_text_and_its_whole_message_are_one_entry() -> None:
    agent = double()

    def stream(**event: Any) -> None:
        agent.say({"type": "stream_event", "event": event})

    stream(type="message_start", message={"id": "m1"})
    for index, text in enumerate(("First", "Second")):
        stream(type="content_block_start", index=index, content_block={"type": "text"})
        stream(type="content_block_delta", index=index, delta={"type": "text_delta", "text": text[:3]})
        whole = {"id": "m1", "content": [{"type": "text", "text": text}]}
        agent.say({"type": "assistant", "message": whole})
        stream(type="content_block_stop", index=index)
    assert [entry.text for entry in agent.of_kind(EntryKind.MESSAGE)] == ["First", "Second"]


def test_the_plan_tool_is_a_plan() -> None:
    agent = double()
    for status in ("in_progress", "completed"):
        todos = [{"content": "Dig", "status": status, "activeForm": "Digging"}]
        block = {"type": "tool_use", "id": f"t{status}", "name": "TodoWrite", "input": {"todos": todos}}
        agent.say({"type": "assistant", "message": {"id": "m", "content": [block]}})
    (plan,) = agent.of_kind(EntryKind.PLAN)
    assert [(item.text, item.status) for item in plan.plan] == [("Dig", "completed")]
    assert agent.of_kind(EntryKind.TOOL) == []


def test_images_go_along_and_other_files_are_named(tmp_path: Any) -> None:
    picture = tmp_path / "a.png"
    picture.write_bytes(b"\x89PNG")
    agent = double(
        attachments=(
            Attachment(path="/in/a.png", mime_type="image/png", source=str(picture)),
            Attachment(path="/in/b.pdf", mime_type="application/pdf", name="b.pdf"),
            Attachment(path="/in/gone.png", mime_type="image/png"),
        )
    )
    text, image = agent.sent[1]["message"]["content"]
    assert image["source"] == {"type": "base64", "media_type": "image/png", "data": "iVBORw=="}
    assert text["text"] == "Do it\n\nAttached file: /in/b.pdf\nAttached file: /in/gone.png"


def test_how_it_is_started() -> None:
    executor = ClaudeExecutor("c", "Claude", ("claude",), model="opus", mode="plan")
    argv = executor.launch(TurnRequest("p", "x", "/repo", "s-1"), contained=True).argv
    assert argv[:2] == ("claude", "-p") and "x" not in argv
    assert argv[-6:] == ("--model", "opus", "--permission-mode", "plan", "--resume", "s-1")
    assert json.dumps(argv)
