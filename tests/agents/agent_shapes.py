"""How different agents shape the same small turn: what each does differently from the plainest way.

Written for these tests after what the agents were seen to do; every line is what comes out of the agent
after its prompt. `S` is its session.
"""

from __future__ import annotations

from typing import Any

S = "s1"
ASK_ONCE = [
    {"optionId": "once", "name": "Allow", "kind": "allow_once"},
    {"optionId": "reject", "name": "Reject", "kind": "reject_once"},
]


def _update(update_kind: str, /, **fields: Any) -> dict[str, Any]:
    update = {"sessionUpdate": update_kind, **fields}
    return {"method": "session/update", "params": {"sessionId": S, "update": update}}


def _text(text: str) -> dict[str, Any]:
    return {"type": "text", "text": text}


def _ask(number: int, **call: Any) -> dict[str, Any]:
    params = {"sessionId": S, "toolCall": call, "options": ASK_ONCE}
    return {"id": number, "method": "session/request_permission", "params": params}


def _stop(**fields: Any) -> dict[str, Any]:
    return {"id": 3, "result": {"stopReason": "end_turn", **fields}}


_DIFF = {"type": "diff", "path": "/repo/a.py", "oldText": None, "newText": "print(1)\n"}

ANNOUNCES_THEN_FILLS_IN = [
    {"method": "_auth/status_update", "params": {"authStatus": {"kind": "api_key"}}},
    _update("agent_thought_chunk", content=_text("A plan."), messageId="m1"),
    _update("agent_message_chunk", content=_text("Writing."), messageId="m1"),
    _update("tool_call", toolCallId="t1", title="Preparing…", kind="edit", status="pending", rawInput={}),
    _update("tool_call_update", toolCallId="t1", title="Write a.py", content=[_DIFF]),
    _ask(0, toolCallId="t1", title="Write a.py", kind="edit", content=[_DIFF]),
    _update("tool_call_update", toolCallId="t1", status="completed"),
    _update("agent_message_chunk", content=_text("Done."), messageId="m2"),
    _update("usage_update", used=1055, size=1000000, cost={"amount": 0.025, "currency": "USD"}),
    _stop(usage={"inputTokens": 5100, "outputTokens": 38, "totalTokens": 5138}),
]
"""Like claude-agent-acp: a call is announced empty; thought and message share an id."""

NEVER_ASKS = [
    _update("session_info_update", _meta={"state": "active"}),
    _update("agent_thought_chunk", content=_text("\n\n"), messageId="r1"),
    _update("agent_thought_chunk", content=_text("A plan."), messageId="r1"),
    _update("agent_message_chunk", content=_text("Writing."), messageId="m1"),
    _update(
        "tool_call", toolCallId="t1", title="Write a.py", kind="edit", status="in_progress", content=[_DIFF]
    ),
    _update(
        "tool_call_update", toolCallId="t1", status="completed", _meta={"terminal_exit": {"exit_code": 0}}
    ),
    _update("agent_message_chunk", content=_text("Done."), messageId="m2"),
    _stop(usage={"inputTokens": 5100, "outputTokens": 38, "totalTokens": 5138, "thoughtTokens": 0}),
]
"""Like codex-acp: works in its own sandbox without asking."""

NEVER_ANNOUNCES = [
    _update("agent_thought_chunk", content=_text("A plan.")),
    _update("agent_message_chunk", content=_text("Writing.")),
    _ask(1, toolCallId="t1", title="Write a.py", kind="edit", status="pending", content=[_DIFF]),
    _update(
        "tool_call_update", toolCallId="t1", title="Write a.py", status="completed", content=[], kind="edit"
    ),
    _update("agent_message_chunk", content=_text("Done.")),
    _stop(_meta={"quota": {"token_count": {"input_tokens": 5100, "output_tokens": 38}}}),
]
"""Like gemini: the permission request is the first that is heard of a call; no message ids."""

SAYS_ITS_INPUT_LATE = [
    _update("agent_thought_chunk", content=_text("A plan."), messageId="p1"),
    _update("agent_message_chunk", content=_text("Writing."), messageId="m1"),
    _update("tool_call", toolCallId="t1", title="write", kind="edit", status="pending", rawInput={}),
    _update("tool_call_update", toolCallId="t1", title="write", status="in_progress", rawInput={"p": "a.py"}),
    _ask(
        0, toolCallId="t1", title="Write a.py", kind="edit", content=[_DIFF], rawInput={"diff": "+print(1)"}
    ),
    _update(
        "tool_call_update",
        toolCallId="t1",
        title="Write a.py",
        status="completed",
        rawOutput={"output": "ok"},
    ),
    _update("agent_message_chunk", content=_text("Done."), messageId="m2"),
    _update("usage_update", used=1010, size=100000, cost={"amount": 0, "currency": "USD"}),
    _stop(usage={"inputTokens": 5100, "outputTokens": 38, "totalTokens": 5138}),
]
"""Like opencode: the call's input comes with an update, the diff with the request."""

SHAPES = {
    "announces then fills in": ANNOUNCES_THEN_FILLS_IN,
    "never asks": NEVER_ASKS,
    "never announces": NEVER_ANNOUNCES,
    "says its input late": SAYS_ITS_INPUT_LATE,
}
