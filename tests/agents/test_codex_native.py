"""Codex's app server: a recording of it plays, and everything that it can ask and tell is understood."""

from __future__ import annotations

from typing import Any

import pytest

from core.agents.codex.driver import CodexDriver
from core.agents.driver import AgentSession, RateLimited, TurnRequest, UsageReport, WithdrawApproval
from core.values.conversation import EntryKind, FileEdit, ToolState
from core.values.states import ProcessStatus
from tests.agents.native_double import Double, recorded


def double(session: str = "", *, contained: bool = False, mode: str = "") -> Double:
    request = TurnRequest("p1", "Do it", "/repo", session, 100.0, contained=contained)
    return Double(CodexDriver(request, mode=mode))


def prompted(**given: Any) -> Double:
    """An agent that works on its prompt, in the thread `t1` and the turn `u1`."""
    agent = double(**given)
    agent.say({"id": 1, "result": {}})
    agent.say({"id": 2, "result": {"thread": {"id": "t1"}}})
    agent.say({"id": 3, "result": {"turn": {"id": "u1"}}})
    return agent


def tell(agent: Double, method: str, **params: Any) -> None:
    agent.say({"method": method, "params": {"threadId": "t1", "turnId": "u1", **params}})


def finish(agent: Double, status: str = "completed", error: Any = None) -> None:
    tell(agent, "turn/completed", turn={"id": "u1", "status": status, "error": error})


@pytest.mark.agents
def test_a_recording_plays_to_its_end() -> None:
    rows = recorded("codex-live")
    agent = double()
    for row in rows:
        message = row["msg"]
        if row["dir"] == "out":
            agent.say(message)
            if message.get("method") == "turn/completed":
                break
        elif "decision" in message.get("result", {}):
            agent.answers(str(message["id"]), message["result"]["decision"])
    assert (agent.ended.status, agent.ended.reason) == (ProcessStatus.COMPLETED, "")
    assert agent.ended.summary.startswith("**Done.** `hello.py` prints *ahoy*.")
    assert agent.of_kind(EntryKind.RAW) == [] and agent.of_kind(EntryKind.NOTICE) == []
    assert [entry.text for entry in agent.of_kind(EntryKind.THOUGHT)] == ["A short plan first."]
    tools = agent.of_kind(EntryKind.TOOL)
    assert (tools[0].title, tools[0].state) == ("Edit hello.py", ToolState.CANCELLED)
    assert tools[0].edits == (FileEdit(path="/repo/hello.py", new="print('hello')\n"),)
    assert (tools[-1].title, tools[-1].state) == ("python3 hello.py", ToolState.FAILED)
    assert [ask.title for ask in agent.asked] == ["Edit hello.py", "cat 'hello.py'", "python3 hello.py"]
    assert agent.asked[0].detail == "/repo/hello.py\n+print('hello')"
    (usage,) = agent.of_type(UsageReport)
    assert (usage.input_tokens, usage.output_tokens) == (5100, 38)
    assert agent.of_type(AgentSession)[0].id == "01a1fc5f-1005-7092-849c-fce6beeb44cd"
    ours = [(message.get("method"), message.get("result")) for message in agent.sent]
    recorded_in = [row["msg"] for row in rows if row["dir"] == "in"]
    theirs = [(message.get("method"), message.get("result")) for message in recorded_in]
    assert ours == theirs[: len(ours)]


def test_the_sandbox_is_its_own_on_the_host_and_none_in_a_container() -> None:
    for contained, sandbox in ((False, "workspace-write"), (True, "danger-full-access")):
        agent = double(contained=contained)
        agent.say({"id": 1, "result": {}})
        params = agent.sent[-1]["params"]
        assert (params["approvalPolicy"], params["sandbox"]) == ("untrusted", sandbox)


def test_it_goes_on_with_a_thread_and_begins_anew_where_that_is_gone() -> None:
    agent = double(session="t0")
    agent.say({"id": 1, "result": {}})
    assert (agent.sent[-1]["method"], agent.sent[-1]["params"]["threadId"]) == ("thread/resume", "t0")
    agent.say({"id": 2, "error": {"code": -32600, "message": "no rollout found"}})
    assert agent.sent[-1]["method"] == "thread/start"
    assert "no rollout found" in agent.of_kind(EntryKind.NOTICE)[0].text


def asks(agent: Double, number: int, method: str, **params: Any) -> None:
    agent.say({"id": number, "method": method, "params": {"threadId": "t1", "itemId": "i1", **params}})


@pytest.mark.parametrize(
    ("method", "params", "option", "result"),
    [
        ("item/commandExecution/requestApproval", {"command": "ls"}, "accept", {"decision": "accept"}),
        (
            "item/commandExecution/requestApproval",
            {"command": "ls", "proposedExecpolicyAmendment": ["ls"]},
            "acceptWithExecpolicyAmendment",
            {"decision": {"acceptWithExecpolicyAmendment": {"execpolicy_amendment": ["ls"]}}},
        ),
        ("item/fileChange/requestApproval", {}, "acceptForSession", {"decision": "acceptForSession"}),
        (
            "item/permissions/requestApproval",
            {"permissions": {"network": {"enabled": True}}},
            "accept",
            {"permissions": {"network": {"enabled": True}}, "scope": "turn"},
        ),
        ("item/permissions/requestApproval", {}, "decline", {"permissions": {}, "scope": "turn"}),
        ("execCommandApproval", {"command": ["rm", "x"]}, "accept", {"decision": "approved"}),
        ("applyPatchApproval", {"fileChanges": {"/a": {}}}, "decline", {"decision": "denied"}),
    ],
)
def test_every_decision_is_passed_on(
    method: str, params: dict[str, Any], option: str, result: dict[str, Any]
) -> None:
    agent = prompted()
    asks(agent, 7, method, **params)
    assert not agent.asked[0].question
    agent.answers("7", option)
    assert (agent.sent[-1]["id"], agent.sent[-1]["result"]) == (7, result)


def test_questions_are_answered_by_what_is_filled_in() -> None:
    agent = prompted()
    question = {"id": "c", "header": "Colour", "question": "Which?", "options": [{"label": "red"}]}
    asks(agent, 7, "item/tool/requestUserInput", questions=[question], isBlocking=True)
    assert agent.asked[0].question and agent.asked[0].form[0].name == "c"
    agent.answers("7", "answer", c="mauve")
    assert agent.sent[-1]["result"] == {"answers": {"c": {"answers": ["mauve"]}}}


def test_a_form_of_a_tools_is_answered_and_declined() -> None:
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
    for option, values, result in (
        ("answer", {"n": 3}, {"action": "accept", "content": {"n": 3}}),
        ("decline", {}, {"action": "decline"}),
    ):
        agent = prompted()
        asks(agent, 7, "mcpServer/elicitation/request", message="How many?", requestedSchema=schema)
        assert agent.asked[0].question and agent.asked[0].form[0].kind == "integer"
        agent.answers("7", option, **values)
        assert agent.sent[-1]["result"] == result


def test_a_request_resolved_elsewhere_needs_no_answer() -> None:
    agent = prompted()
    asks(agent, 7, "item/fileChange/requestApproval")
    tell(agent, "serverRequest/resolved", requestId=7)
    assert [effect.key for effect in agent.of_type(WithdrawApproval)] == ["7"]


def test_cancelling_interrupts_as_soon_as_the_turn_has_a_name() -> None:
    agent = double()
    agent.say({"id": 1, "result": {}})
    agent.say({"id": 2, "result": {"thread": {"id": "t1"}}})
    agent.cancels()
    assert agent.sent[-1]["method"] == "turn/start"
    agent.say({"id": 3, "result": {"turn": {"id": "u1"}}})
    assert agent.sent[-1]["method"] == "turn/interrupt"
    assert agent.sent[-1]["params"] == {"threadId": "t1", "turnId": "u1"}
    finish(agent, "interrupted")
    assert agent.ended.status is ProcessStatus.KILLED


def test_cancelling_while_it_asks_answers_it() -> None:
    agent = prompted()
    asks(agent, 7, "item/commandExecution/requestApproval", command="ls")
    agent.cancels()
    assert [message.get("result") or message["method"] for message in agent.sent[-2:]] == [
        {"decision": "cancel"},
        "turn/interrupt",
    ]


LIMITED = {
    "message": "You've hit your usage limit. Try again in 2 hours.",
    "codexErrorInfo": "usageLimitExceeded",
}


def test_retries_are_shown_in_one_notice_and_a_failure_fails_the_turn() -> None:
    agent = prompted()
    for number in (1, 2):
        tell(agent, "error", error={"message": f"Reconnecting... {number}/5"}, willRetry=True)
    tell(agent, "error", error={"message": "stream disconnected"}, willRetry=False)
    finish(agent, "failed", {"message": "stream disconnected"})
    assert [note.text for note in agent.of_kind(EntryKind.NOTICE)] == ["Reconnecting... 2/5"]
    assert (agent.ended.status, agent.ended.reason) == (ProcessStatus.FAILED, "stream disconnected")


def test_a_rate_limit_is_told_with_its_end() -> None:
    agent = prompted()
    finish(agent, "failed", LIMITED)
    (limit,) = agent.of_type(RateLimited)
    assert limit.reset_at == agent.now + 7200
    agent = prompted()
    windows = {"primary": {"usedPercent": 100, "resetsAt": 9000}, "secondary": {"usedPercent": 3}}
    agent.say({"method": "account/rateLimits/updated", "params": {"rateLimits": windows}})
    assert [limit.reset_at for limit in agent.of_type(RateLimited)] == [9000.0]


def test_output_comes_as_it_is_written_and_changes_as_patches() -> None:
    agent = prompted()
    item = {
        "type": "commandExecution",
        "id": "i1",
        "command": "/bin/bash -lc 'make it'",
        "status": "inProgress",
    }
    tell(agent, "item/started", item=item)
    for piece in ("one\n", "two\n"):
        tell(agent, "item/commandExecution/outputDelta", itemId="i1", delta=piece)
    patch = "@@ -1,2 +1,2 @@\n one\n-two\n+three\n"
    change = {"path": "/repo/a", "kind": {"type": "update"}, "diff": patch}
    tell(
        agent,
        "item/completed",
        item={"type": "fileChange", "id": "i2", "changes": [change], "status": "completed"},
    )
    run, edit = agent.of_kind(EntryKind.TOOL)
    assert (run.title, run.output, run.state) == ("make it", "one\ntwo\n", ToolState.RUNNING)
    assert edit.edits == (FileEdit(path="/repo/a", old="one\ntwo\n", new="one\nthree\n"),)


def test_what_it_is_not_offered_is_refused_and_what_is_not_known_is_kept() -> None:
    agent = prompted()
    asks(agent, 9, "item/tool/call", tool="x")
    assert agent.sent[-1]["error"]["code"] == -32601
    tell(agent, "brandNew/thing", x=1)
    tell(agent, "item/completed", item={"type": "brandNew", "id": "z"})
    (raw,) = agent.of_kind(EntryKind.RAW)
    assert raw.text.count("brandNew") == 2


def test_another_agents_thread_is_left_out() -> None:
    agent = prompted()
    tell(agent, "item/completed", threadId="t2", item={"type": "agentMessage", "id": "m", "text": "Inner"})
    assert agent.of_kind(EntryKind.MESSAGE) == []


def test_a_plan_is_shown_with_its_progress() -> None:
    agent = prompted()
    for status in ("inProgress", "completed"):
        tell(agent, "turn/plan/updated", plan=[{"step": "Dig", "status": status}])
    (plan,) = agent.of_kind(EntryKind.PLAN)
    assert [(item.text, item.status) for item in plan.plan] == [("Dig", "completed")]
