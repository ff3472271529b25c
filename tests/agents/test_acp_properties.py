"""Whatever an agent writes and whatever the user does: nothing raises, and a replay gives the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from core.agents.acp import rpc
from core.agents.acp.driver import AcpDriver
from core.agents.command import CommandDriver
from core.agents.driver import (
    AskApproval,
    CloseInput,
    Driver,
    Effect,
    Send,
    TurnEnded,
    TurnRequest,
    Upsert,
    WithdrawApproval,
)
from core.agents.text import GrowingText, clean, one_line

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None), max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
FIELDS = (
    "content", "title", "kind", "status", "rawInput", "rawOutput", "locations", "entries", "messageId",
    "currentModeId", "used", "size", "cost", "plan", "_meta", "text", "type", "path", "newText", "oldText",
    "terminalId", "output", "data", "command", "state", "stopReason", "availableCommands",
)  # fmt: skip
VALUES = JSON | st.sampled_from([
    {"type": "text", "text": "words"},
    [{"type": "diff", "path": "a", "oldText": None, "newText": "b"}],
    [{"type": "content", "content": {"type": "text", "text": "out"}}],
    [{"content": "step", "status": "completed"}],
    [{"type": "diff", "changes": [{"path": "a"}], "patch": {"text": "diff --git a a\n@@ -1 +1 @@\n-a\n+b"}}],
    [{"type": "terminal", "terminalId": "x"}], "x", {"data": "YQ=="}, "YQ==", "idle", "running", "end_turn",
    [{"name": "plan", "input": {"hint": 4}}], {"codex": {"error": {"message": "429"}}},
    "completed", "in_progress", "edit", {"command": "ls"}, {"amount": -1, "currency": "USD"},
])  # fmt: skip
KINDS = st.sampled_from([
    "agent_message_chunk", "agent_thought_chunk", "user_message_chunk", "tool_call", "tool_call_update",
    "plan", "plan_update", "plan_removed", "current_mode_update", "usage_update", "nonsense",
    "agent_message", "agent_thought", "tool_call_content_chunk", "terminal_update", "terminal_output_chunk",
    "state_update", "available_commands_update", "session_info_update",
])  # fmt: skip
UPDATE = st.builds(
    lambda kind, call, fields: {"sessionUpdate": kind, "toolCallId": call, **fields},
    KINDS,
    st.sampled_from(["t1", "t2", 3, None]),
    st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=4),
)  # fmt: skip
OPTIONS = st.lists(
    st.fixed_dictionaries({
        "optionId": st.sampled_from(["yes", "no", "", 4]),
        "name": st.sampled_from(["Yes", "No", None]),
        "kind": st.sampled_from(["allow_once", "reject_once", "other", None]),
    }),
    max_size=3,
)  # fmt: skip
ID: st.SearchStrategy[Any] = st.integers(0, 5) | st.sampled_from(["a", None, 1.5, [], {}])


def _line(message: Any) -> bytes:
    return json.dumps(message).encode()


MESSAGE = st.one_of(
    st.builds(lambda update: {"method": "session/update", "params": {"update": update}}, UPDATE | JSON),
    st.builds(lambda number, result: {"id": number, "result": result}, ID, JSON),
    st.builds(lambda number: {"id": number, "result": {"protocolVersion": 1, "sessionId": "s"}}, ID),
    st.builds(
        lambda number, reason: {"id": number, "result": {"stopReason": reason}},
        ID, st.sampled_from(["end_turn", "cancelled", "refusal", 7]),
    ),
    st.builds(lambda number, error: {"id": number, "error": error}, ID, JSON | st.fixed_dictionaries(
        {"code": st.sampled_from([-32000, -32603, "x"]), "message": JSON, "data": JSON}
    )),
    st.builds(
        lambda number, call, options: {
            "id": number, "method": "session/request_permission",
            "params": {"toolCall": call, "options": options},
        },
        ID, UPDATE | JSON, OPTIONS | JSON,
    ),
    st.builds(lambda number, method, params: {"id": number, "method": method, "params": params},
              ID, st.sampled_from(["fs/read_text_file", "terminal/create", "x"]), JSON),
    st.builds(
        lambda number, schema: {
            "id": number, "method": "elicitation/create",
            "params": {"message": "Which?", "requestedSchema": {"properties": {"n": schema}}},
        },
        ID, JSON,
    ),
    JSON,
)  # fmt: skip
LINE = MESSAGE.map(_line) | st.binary(max_size=40)
Step = Callable[[Driver, float], list[Effect]]
STEP: st.SearchStrategy[Step] = st.one_of(
    LINE.map(lambda line: lambda driver, now: driver.receive(line, now)),
    st.binary(max_size=20).map(lambda line: lambda driver, now: driver.complain(line, now)),
    st.tuples(
        st.sampled_from(["0", "1", '"a"', "null", "0#2"]), st.sampled_from(["yes", "no", "answer"])
    ).map(lambda given: lambda driver, now: driver.answer(given[0], given[1], now)),
    st.just(lambda driver, now: driver.cancel(now)),
)
SESSION = st.sampled_from(["", "old"])


def _hears(message: dict[str, Any]) -> Step:
    return lambda driver, now: driver.receive(_line(message), now)


OPENING = (
    _hears({"id": 1, "result": {"protocolVersion": 1, "agentCapabilities": {"loadSession": True}}}),
    _hears({"id": 2, "result": {"sessionId": "s"}}),
)
SECOND: tuple[Step, ...] = (_hears({"id": 1, "result": {"protocolVersion": 2}}), OPENING[1])
"""What brings the driver to its prompt; most turns begin with it, or only noise would be tested."""
STEPS = st.builds(
    lambda opening, steps: [*opening, *steps],
    st.sampled_from([OPENING, SECOND, OPENING, SECOND, OPENING[:1], ()]),
    st.lists(STEP, max_size=25),
)


def play(driver: Driver, steps: list[Step], code: int) -> list[Effect]:
    effects = driver.begin()
    for now, step in enumerate(steps, 1):
        effects += step(driver, float(now))
    return effects + driver.exited(code, 1000.0)


def check(effects: list[Effect]) -> None:
    """What the engine relies on, in every turn."""
    assert sum(isinstance(effect, TurnEnded) for effect in effects) == 1
    assert sum(isinstance(effect, CloseInput) for effect in effects) <= 1
    orders: dict[str, int] = {}
    open_requests: set[str] = set()
    for effect in effects:
        match effect:
            case Upsert(entry=entry):
                assert orders.setdefault(entry.id, entry.order) == entry.order
                json.dumps([entry.text, entry.title, entry.output], ensure_ascii=False).encode()
            case Send(data=data):
                assert data.endswith(b"\n") and b"\n" not in data[:-1]
                assert json.loads(data)["jsonrpc"] == "2.0"
            case AskApproval(key=key):
                assert key not in open_requests
                open_requests.add(key)
            case WithdrawApproval(key=key):
                assert key in open_requests
    assert sorted(orders.values()) == list(range(len(orders)))


@settings(max_examples=300, deadline=None)
@given(STEPS, SESSION, st.sampled_from([0, 1, 127, -1]))
def test_no_agent_can_break_the_driver_and_a_replay_is_the_same(
    steps: list[Step], session: str, code: int
) -> None:
    def driver() -> Driver:
        return AcpDriver(
            TurnRequest("p1", "Do it", "/repo", session), agent="Test agent", install_hint="Get it."
        )

    effects = play(driver(), steps, code)
    check(effects)
    assert play(driver(), steps, code) == effects


@settings(max_examples=150, deadline=None)
@given(STEPS, st.sampled_from([0, 1, 127, -1]))
def test_no_output_can_break_a_commands_driver(steps: list[Step], code: int) -> None:
    def driver() -> Driver:
        return CommandDriver(TurnRequest("p1", "Do it", "/repo"))

    effects = play(driver(), steps, code)
    check(effects)
    assert play(driver(), steps, code) == effects


@given(st.binary())
def test_any_line_is_a_message_or_garbage(line: bytes) -> None:
    assert isinstance(rpc.decode(line), rpc.Request | rpc.Notification | rpc.Reply | rpc.Garbage)


@given(st.integers(), st.dictionaries(st.text(st.characters(codec=None)), JSON.filter(lambda v: v == v)))
def test_what_we_send_is_one_ascii_line(number: int, params: dict[str, Any]) -> None:
    line = rpc.request(number, "m", params)
    assert line.isascii() and line.count(b"\n") == 1


@given(st.text(st.characters(codec=None)), st.lists(st.integers(0, 50)))
def test_text_that_comes_in_pieces_is_the_text_as_a_whole(text: str, cuts: list[int]) -> None:
    text = f"x{text}x"
    growing, start = GrowingText(10_000), 0
    for cut in sorted(cuts):
        growing.append(text[start : start + cut])
        start += cut
    growing.append(text[start:])
    assert growing.text == clean(text)
    growing.text.encode()


@given(st.text(st.characters(codec=None)), st.integers(1, 50))
def test_a_title_is_one_short_line(text: str, limit: int) -> None:
    line = one_line(text, limit)
    assert len(line) <= limit and len(line.splitlines()) <= 1
