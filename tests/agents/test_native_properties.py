"""Whatever an agent writes in its own language, and whatever the user does: nothing raises, replays agree."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.agents.claude.driver import ClaudeDriver
from core.agents.claude.wire import INITIALIZE
from core.agents.codex.driver import CodexDriver
from core.agents.driver import AskApproval, CloseInput, Driver, Effect, Send, TurnEnded, TurnRequest, Upsert
from core.agents.elicitation import schema_form
from core.agents.limits import is_limit, reset_time
from tests.agents.test_acp_properties import JSON, Step


def _request(tool: str, given: Any, **more: Any) -> dict[str, Any]:
    request = {"subtype": "can_use_tool", "tool_name": tool, "input": given, **more}
    return {"type": "control_request", "request_id": "r1", "request": request}


def _assistant(**block: Any) -> dict[str, Any]:
    return {"type": "assistant", "message": {"id": "m1", "content": [block]}}


def _stream(**event: Any) -> dict[str, Any]:
    return {"type": "stream_event", "event": event}


_QUESTION = {"question": "Which?", "header": "h", "options": [{"label": "a", "description": "b"}]}
_SUGGESTION = {"type": "addRules", "rules": [{"toolName": "Bash", "ruleContent": "x"}], "mode": "plan"}
CLAUDE = (
    {"type": "system", "subtype": "init", "session_id": "s1", "mcp_servers": [{}]},
    {"type": "system", "subtype": "status", "permissionMode": "plan"},
    {"type": "system", "subtype": "api_retry", "attempt": 1, "retry_delay_ms": 1.5, "error": "x"},
    {"type": "system", "subtype": "permission_denied", "tool_name": "Bash", "message": "no"},
    {"type": "system", "subtype": "hook_response", "exit_code": 1, "hook_name": "h", "stderr": "x"},
    _stream(type="message_start", message={"id": "m1"}),
    _stream(type="content_block_start", index=0, content_block={"type": "text"}),
    _stream(type="content_block_delta", index=0, delta={"type": "text_delta", "text": "words"}),
    _assistant(type="text", text="words"),
    _assistant(type="tool_use", id="t1", name="Edit", input={"file_path": "/a", "old_string": "x"}),
    _assistant(type="tool_use", id="t2", name="TodoWrite", input={"todos": [{"content": "a"}]}),
    _assistant(type="tool_use", id="t3", name="Bash", input={"command": "ls"}),
    {"type": "assistant", "error": "rate_limit", "message": {"content": [{"type": "text", "text": "no"}]}},
    {"type": "user", "message": {"content": [{"type": "tool_result", "tool_use_id": "t1", "content": "x"}]}},
    _request("Bash", {"command": "ls"}, permission_suggestions=[_SUGGESTION]),
    _request("AskUserQuestion", {"questions": [_QUESTION, _QUESTION]}),
    {"type": "control_cancel_request", "request_id": "r1"},
    {"type": "control_response", "response": {"request_id": INITIALIZE, "response": {"commands": [{}]}}},
    {"type": "rate_limit_event", "rate_limit_info": {"status": "rejected", "resetsAt": 5}},
    {"type": "result", "subtype": "success", "result": "r", "usage": {"input_tokens": 3}, "errors": ["x"]},
)  # fmt: skip


def _note(method: str, **params: Any) -> dict[str, Any]:
    return {"method": method, "params": {"threadId": "t1", "itemId": "i1", **params}}


def _begun(**item: Any) -> dict[str, Any]:
    return _note("item/started", item=item)


def _done(**item: Any) -> dict[str, Any]:
    return _note("item/completed", item=item)


def _ask(method: str, **params: Any) -> dict[str, Any]:
    return {"id": 7, **_note(method, **params)}


_CHANGE = {"path": "/a", "kind": {"type": "update"}, "diff": "@@ -1 +1 @@\n-a\n+b\n"}
_SCHEMA = {"properties": {"n": {"type": "array", "items": {"enum": ["a"]}}}, "required": ["n"]}
CODEX = (
    {"id": 1, "result": {}},
    {"id": 2, "result": {"thread": {"id": "t1"}}},
    {"id": 3, "result": {"turn": {"id": "u1"}}},
    {"id": 2, "error": {"code": 1, "message": "m"}},
    _begun(type="commandExecution", id="i1", command="bash -lc ls", commandActions=[{}]),
    _done(type="fileChange", id="i1", changes=[_CHANGE], status="declined"),
    _note("item/completed", item={"type": "mcpToolCall", "id": "i2", "tool": "t", "arguments": {"a": 1}}),
    _note("item/completed", item={"type": "reasoning", "id": "i3", "summary": ["s"], "content": ["c"]}),
    _note("item/completed", item={"type": "agentMessage", "id": "i4", "text": "words"}),
    _note("item/agentMessage/delta", delta="words"),
    _note("item/commandExecution/outputDelta", delta="out"),
    _note("item/fileChange/patchUpdated", changes=[_CHANGE]),
    _note("turn/plan/updated", plan=[{"step": "s", "status": "completed"}], explanation="e"),
    _note("thread/tokenUsage/updated", tokenUsage={"total": {"inputTokens": 3}, "last": {"inputTokens": 1}}),
    _note("account/rateLimits/updated", rateLimits={"primary": {"usedPercent": 100, "resetsAt": 5}}),
    _note("error", error={"message": "m", "codexErrorInfo": "x"}, willRetry=True),
    _note("serverRequest/resolved", requestId=7),
    _note("warning", message="w"),
    _ask("item/commandExecution/requestApproval", command="ls", proposedExecpolicyAmendment=["ls"]),
    _ask("item/fileChange/requestApproval", reason="r"),
    _ask("item/permissions/requestApproval", permissions={"network": {}}),
    _ask("item/tool/requestUserInput", questions=[{"id": "c", **_QUESTION}]),
    _ask("mcpServer/elicitation/request", message="m", requestedSchema=_SCHEMA),
    _ask("execCommandApproval", command=["ls"]),
    _ask("applyPatchApproval", fileChanges={"/a": {}}),
    _note("turn/completed", turn={"id": "u1", "status": "failed", "error": {"message": "m"}}),
)  # fmt: skip


@st.composite
def twisted(draw: st.DrawFn, templates: tuple[dict[str, Any], ...]) -> bytes:
    """A message of the agent's with some of its values replaced by others."""
    message: Any = copy.deepcopy(draw(st.sampled_from(templates)))
    for _ in range(draw(st.integers(0, 2))):
        place: Any = message
        for _ in range(draw(st.integers(0, 4))):
            inner = [value for value in _values(place) if isinstance(value, dict | list) and value]
            if inner:
                place = draw(st.sampled_from(inner))
        key = draw(st.sampled_from(sorted(place) if isinstance(place, dict) else list(range(len(place)))))
        place[key] = draw(JSON)
    return json.dumps(message).encode()


def _values(place: Any) -> list[Any]:
    return list(place.values()) if isinstance(place, dict) else list(place)


OPTIONS = ["allow", "always", "reject", "answer", "choice:a", "accept", "acceptForSession", "decline"]


def steps(templates: tuple[dict[str, Any], ...]) -> st.SearchStrategy[list[Step]]:
    step: st.SearchStrategy[Step] = st.one_of(
        twisted(templates).map(lambda line: lambda driver, now: driver.receive(line, now)),
        twisted(templates).map(lambda line: lambda driver, now: driver.receive(line, now)),
        st.binary(max_size=30).map(lambda line: lambda driver, now: driver.receive(line, now)),
        st.binary(max_size=20).map(lambda line: lambda driver, now: driver.complain(line, now)),
        st.tuples(
            st.sampled_from(["r1", "r1#2", "7", "7#2"]),
            st.sampled_from(OPTIONS),
            st.dictionaries(st.sampled_from(["q1", "q2", "n"]), st.sampled_from(["a", 1, True, ["a"]])),
        ).map(lambda said: lambda driver, now: driver.answer(said[0], said[1], now, said[2])),
        st.just(lambda driver, now: driver.cancel(now)),
    )  # fmt: skip
    return st.lists(step, max_size=25)


def _hears(message: dict[str, Any]) -> Step:
    return lambda driver, now: driver.receive(json.dumps(message).encode(), now)


def play(driver: Driver, taken: list[Step], code: int) -> list[Effect]:
    effects = driver.begin()
    for now, step in enumerate(taken, 1):
        effects += step(driver, float(now))
    return effects + driver.exited(code, 1000.0)


def check(effects: list[Effect]) -> None:
    """What the engine relies on, in every turn."""
    assert sum(isinstance(effect, TurnEnded) for effect in effects) == 1
    assert sum(isinstance(effect, CloseInput) for effect in effects) <= 1
    orders: dict[str, int] = {}
    asked: list[str] = []
    for effect in effects:
        match effect:
            case Upsert(entry=entry):
                assert orders.setdefault(entry.id, entry.order) == entry.order
                json.dumps([entry.text, entry.title, entry.output], ensure_ascii=False).encode()
            case Send(data=data):
                assert data.isascii() and data.endswith(b"\n") and data.count(b"\n") == 1
                assert isinstance(json.loads(data), dict)
            case AskApproval(key=key, title=title, detail=detail):
                asked.append(key)
                f"{title}{detail}".encode()
    assert len(asked) == len(set(asked))
    assert sorted(orders.values()) == list(range(len(orders)))


CODES = st.sampled_from([0, 1, 127, -1])


@settings(max_examples=400, deadline=None)
@given(steps(CLAUDE), CODES)
def test_nothing_breaks_the_driver_of_claude(taken: list[Step], code: int) -> None:
    effects = play(ClaudeDriver(TurnRequest("p1", "Do it", "/repo")), taken, code)
    check(effects)
    assert play(ClaudeDriver(TurnRequest("p1", "Do it", "/repo")), taken, code) == effects


@settings(max_examples=400, deadline=None)
@given(st.sampled_from([3, 3, 2, 0]), steps(CODEX), CODES)
def test_nothing_breaks_the_driver_of_codex(opened: int, taken: list[Step], code: int) -> None:
    opening = [_hears(message) for message in CODEX[:opened]]
    effects = play(CodexDriver(TurnRequest("p1", "Do it", "/repo")), [*opening, *taken], code)
    check(effects)
    assert play(CodexDriver(TurnRequest("p1", "Do it", "/repo")), [*opening, *taken], code) == effects


@given(st.text(), st.floats(0, 4e9))
def test_any_text_may_speak_of_a_limit(text: str, now: float) -> None:
    assert isinstance(is_limit(text), bool)
    moment = reset_time(f"resets in 5 {text}", now)
    assert moment is None or moment >= now


@given(JSON | st.fixed_dictionaries({"properties": st.dictionaries(st.text(), JSON)}))
def test_any_schema_is_a_form(schema: Any) -> None:
    assert all(field.name for field in schema_form(schema))


NOON = 12 * 3600.0


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Claude AI usage limit reached|50000", None),
        (f"usage limit reached|{10**9}", None),
        ("Rate limit reached. Please try again in 20s.", NOON + 20),
        ("Too many requests, try again in 1 hour 30 minutes", NOON + 5400),
        ("429 Too Many Requests: retry after 1500 ms", NOON + 1.5),
        ("You've hit your session limit · resets 3pm (UTC)", 15 * 3600.0),
        ("You've hit your limit, resets 11:30am (UTC)", 24 * 3600 + 11.5 * 3600),
        ("Quota exceeded, resets at 13:05 (Europe/Paris)", 12 * 3600 + 300),
        ("rate limit until 1970-01-01T13:00:00Z", 13 * 3600.0),
        ("RESOURCE_EXHAUSTED", None),
        ("rate limit, resets 99pm (Mars/Crater)", None),
    ],
)
def test_limits_are_recognised_with_their_ends(text: str, moment: float | None) -> None:
    assert is_limit(text)
    assert reset_time(text, NOON) == moment


def test_an_end_as_a_number_of_seconds_is_understood() -> None:
    assert reset_time("usage limit reached|1795235453", 1795235000.0) == 1795235453.0


@pytest.mark.parametrize("text", ["All is well.", "The 4290th line", "speed limits of cars"])
def test_what_is_no_limit_is_none(text: str) -> None:
    assert not is_limit(text)
