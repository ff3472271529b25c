"""A program that plays an agent in one of three languages, and writes down what it was told.

    native_doubles.py claude|codex|acp LOG GATE

For each prompt it writes `prompt TEXT` into LOG and asks for permission; the decision is written down as
`answer WORD`. Then it waits for a line from the FIFO GATE, and ends its turn.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

KIND, LOG, GATE = sys.argv[1:4]


def note(text: str) -> None:
    with open(LOG, "a") as log:
        log.write(text + "\n")


def say(**message: Any) -> None:
    print(json.dumps(message), flush=True)


def pass_gate() -> None:
    Path(GATE).read_text()


def claude(message: dict[str, Any]) -> None:
    if message["type"] == "user":
        note("prompt " + message["message"]["content"][0]["text"])
        say(type="system", subtype="init", session_id="s1")
        request = {"subtype": "can_use_tool", "tool_name": "Bash", "input": {"command": "make"}}
        say(type="control_request", request_id="r1", request=request)
    elif message["type"] == "control_response":
        note("answer " + message["response"]["response"]["behavior"])
        pass_gate()
        say(type="result", subtype="success", result="Done.", usage={"input_tokens": 1, "output_tokens": 1})


def rpc(message: dict[str, Any]) -> None:
    method, number = message.get("method"), message.get("id")
    if method in ("turn/start", "session/prompt"):
        block = (message["params"].get("input") or message["params"].get("prompt"))[0]
        note("prompt " + block["text"])
        ask_of_rpc(number)
    elif method is not None and number is not None:
        say(id=number, result={"protocolVersion": 1, "sessionId": "s1", "thread": {"id": "s1"}})
    elif "result" in message:
        result = message["result"]
        note("answer " + (result.get("decision") or result["outcome"]["optionId"]))
        pass_gate()
        end_rpc()


def ask_of_rpc(number: Any) -> None:
    params: dict[str, Any]
    if KIND == "codex":
        say(id=number, result={"turn": {"id": "u1"}})
        params = {"threadId": "s1", "turnId": "u1", "itemId": "i1", "command": "make"}
        say(id=900, method="item/commandExecution/requestApproval", params=params)
    else:
        options = [{"optionId": "accept", "name": "Yes", "kind": "allow_once"}]
        call = {"toolCallId": "t1", "title": "make", "kind": "execute"}
        params = {"sessionId": "s1", "toolCall": call, "options": options}
        say(id=900, method="session/request_permission", params=params)


def end_rpc() -> None:
    if KIND == "codex":
        item = {"type": "agentMessage", "id": "m1", "text": "Done."}
        say(method="item/completed", params={"threadId": "s1", "item": item})
        say(method="turn/completed", params={"threadId": "s1", "turn": {"id": "u1", "status": "completed"}})
    else:
        update = {"sessionUpdate": "agent_message_chunk", "content": {"type": "text", "text": "Done."}}
        say(method="session/update", params={"sessionId": "s1", "update": update})
        say(id=3, result={"stopReason": "end_turn"})


def main() -> None:
    for line in sys.stdin:
        message = json.loads(line)
        if KIND == "claude":
            claude(message)
        else:
            rpc(message)


if __name__ == "__main__":
    main()
