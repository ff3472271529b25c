"""Agents that misbehave, in every language: garbage, lines of 20 MB, deaths; all end in plain words."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from core.agents.acp.driver import AcpDriver
from core.agents.claude.driver import ClaudeDriver
from core.agents.codex.driver import CodexDriver
from core.agents.driver import Driver, TurnEnded, TurnRequest, UsageReport
from core.agents.terminal import TerminalDriver
from core.supervision.transcript import Transcript
from core.values.conversation import EntryKind
from core.values.states import ProcessStatus

REQUEST = TurnRequest("p1", "Do it", "/repo")
HUGE = "x" * (20 * 2**20)
HUGE_BLOCK = {"type": "text", "text": HUGE}
Make = Callable[[], Driver]

DRIVERS: dict[str, Make] = {
    "acp": lambda: AcpDriver(REQUEST, agent="Test agent"),
    "claude": lambda: ClaudeDriver(REQUEST),
    "codex": lambda: CodexDriver(REQUEST),
}
OPENING: dict[str, list[dict[str, Any]]] = {
    "acp": [{"id": 1, "result": {"protocolVersion": 1}}, {"id": 2, "result": {"sessionId": "s"}}],
    "claude": [],
    "codex": [
        {"id": 1, "result": {}},
        {"id": 2, "result": {"thread": {"id": "t"}}},
        {"id": 3, "result": {"turn": {"id": "u"}}},
    ],
}
LONG_ANSWER: dict[str, dict[str, Any]] = {
    "acp": {
        "method": "session/update",
        "params": {"update": {"sessionUpdate": "agent_message_chunk", "content": HUGE_BLOCK}},
    },
    "claude": {"type": "assistant", "message": {"id": "m", "content": [HUGE_BLOCK]}},
    "codex": {
        "method": "item/completed",
        "params": {"threadId": "t", "item": {"type": "agentMessage", "id": "m", "text": HUGE}},
    },
}  # fmt: skip
KINDS = pytest.mark.parametrize("kind", list(DRIVERS))


def opened(kind: str) -> Transcript:
    transcript = Transcript(DRIVERS[kind]())
    transcript.begin()
    for message in OPENING[kind]:
        transcript.output(json.dumps(message).encode() + b"\n", 1.0)
    return transcript


def texts(transcript: Transcript, kind: EntryKind) -> list[str]:
    return [entry.text for entry in transcript.entries.values() if entry.kind is kind]


@KINDS
def test_an_answer_of_20_megabytes_in_one_line_is_kept_in_part_and_says_so(kind: str) -> None:
    transcript = opened(kind)
    line = json.dumps(LONG_ANSWER[kind]).encode() + b"\n"
    for start in range(0, len(line), 2**20):
        transcript.output(line[start : start + 2**20], 2.0)
    (text,) = texts(transcript, EntryKind.MESSAGE)
    assert text.startswith("xxx") and len(text) < 2**19 and "the log has all of it" in text


@KINDS
def test_garbage_before_and_between_messages_is_shown_and_does_no_harm(kind: str) -> None:
    transcript = Transcript(DRIVERS[kind]())
    transcript.begin()
    transcript.output(b"npm WARN deprecated\n\xff\xfe\x00\n{\n", 1.0)
    for message in OPENING[kind]:
        transcript.output(json.dumps(message).encode() + b"\nDEBUG tick\n", 1.0)
    raw = "\n".join(texts(transcript, EntryKind.RAW))
    assert "npm WARN deprecated" in raw
    assert transcript.ended is None


@KINDS
def test_20_megabytes_of_garbage_in_one_line_are_kept_in_part(kind: str) -> None:
    transcript = opened(kind)
    transcript.output(HUGE.encode() + b"\n", 2.0)
    assert sum(map(len, texts(transcript, EntryKind.RAW))) < 2**17
    assert transcript.ended is None


@KINDS
@pytest.mark.parametrize(
    ("code", "complaint", "words"),
    [
        (1, b"Error: no API key", "no API key"),
        (127, b"boatyard: command not found: agent", "code 127"),
        (137, b"", "code 137"),
        (-1, b"", "was lost"),
        (0, b"", "code 0 before its turn was over"),
    ],
)
def test_an_agent_that_dies_says_why(kind: str, code: int, complaint: bytes, words: str) -> None:
    transcript = opened(kind)
    transcript.errors(complaint + b"\n", 2.0)
    transcript.note(transcript.driver.exited(code, 3.0))
    assert transcript.ended is not None
    assert transcript.ended.status is ProcessStatus.FAILED and words in transcript.ended.reason
    assert texts(transcript, EntryKind.ERROR)


@pytest.mark.parametrize(
    ("code", "status"), [(0, ProcessStatus.COMPLETED), (3, ProcessStatus.FAILED), (-1, ProcessStatus.FAILED)]
)
def test_a_screens_verdict_is_its_exit_code(code: int, status: ProcessStatus) -> None:
    driver = TerminalDriver(REQUEST, agent="Test agent", install_hint="")
    transcript = Transcript(driver)
    transcript.begin()
    transcript.output(b"\x1b[2J" + HUGE.encode(), 1.0)
    transcript.note(driver.exited(code, 2.0))
    assert transcript.ended is not None and transcript.ended.status is status


ODD_NUMBERS = ("-5", "1e400", "-1e400", "99999999999999999999999", "true", '"9"', "[]", "null", "{}")


@pytest.mark.parametrize("number", ODD_NUMBERS)
def test_numbers_that_make_no_sense_are_not_counted_and_the_turn_ends(number: str) -> None:
    """Tokens and costs; and an answer to a request that was answered already changes nothing."""
    usage = f'"usage": {{"input_tokens": {number}, "output_tokens": {number}}}'
    claude = f'{{"type": "result", "subtype": "success", "result": "x", "total_cost_usd": {number}, {usage}}}'
    counts = f'"usage": {{"inputTokens": {number}, "outputTokens": {number}}}'
    spent = f'"used": {number}, "size": {number}, "cost": {{"amount": {number}, "currency": "USD"}}'
    update = f'{{"update": {{"sessionUpdate": "usage_update", {spent}}}}}'
    lines = {
        "claude": [claude, claude],
        "acp": [
            f'{{"method": "session/update", "params": {update}}}',
            f'{{"id": 3, "result": {{"stopReason": "end_turn", {counts}}}}}',
            '{"id": 3, "result": {"stopReason": "refusal"}}',
        ],
    }
    for kind, said in lines.items():
        transcript = opened(kind)
        effects = [effect for line in said for effect in transcript.output(line.encode() + b"\n", 2.0)]
        for report in (effect for effect in effects if isinstance(effect, UsageReport)):
            values = [value for value in vars(report).values() if value is not None]
            assert all(0 <= value < 2**53 for value in values), (kind, report)
        assert transcript.ended is not None and transcript.ended.status is ProcessStatus.COMPLETED, kind
        assert len([effect for effect in effects if isinstance(effect, TurnEnded)]) == 1, kind
