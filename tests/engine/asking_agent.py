"""An agent that asks its client to do what its prompt says, and answers with what came of it.

The prompt is a JSON list of `[method, parameters]`; `$T` in a parameter is the last terminal that was
made, and `servers` is no method but asks for the servers of tools that the session was opened with. Runs
alone, with nothing but Python, also in a container.
"""

from __future__ import annotations

import json
import sys
from typing import Any

waiting = 0
servers: list[dict[str, Any]] = []


def say(message: dict[str, Any]) -> None:
    print(json.dumps({"jsonrpc": "2.0", **message}), flush=True)


def ask(method: str, params: dict[str, Any]) -> dict[str, Any]:
    global waiting
    waiting += 1
    say({"id": waiting, "method": method, "params": {"sessionId": "s", **params}})
    while True:
        message = json.loads(sys.stdin.readline())
        if message.get("id") == waiting and "method" not in message:
            return {key: message[key] for key in ("result", "error") if key in message}


def tell(update: dict[str, Any]) -> None:
    say({"method": "session/update", "params": {"sessionId": "s", "update": update}})


def prompt(text: str) -> None:
    terminal = ""
    came: list[dict[str, Any]] = []
    for method, params in json.loads(text):
        if method == "servers":
            came.append({"servers": servers})
            continue
        given = {name: terminal if value == "$T" else value for name, value in params.items()}
        came.append(ask(method, given))
        if made := came[-1].get("result", {}).get("terminalId"):
            terminal = made
            content = [{"type": "terminal", "terminalId": made}]
            tell({"sessionUpdate": "tool_call", "toolCallId": "c", "title": "Run", "content": content})
    tell({"sessionUpdate": "agent_message_chunk", "content": {"type": "text", "text": json.dumps(came)}})


def main() -> None:
    for line in sys.stdin:
        request = json.loads(line)
        match request.get("method"):
            case "initialize":
                say({"id": request["id"], "result": {"protocolVersion": 1, "agentCapabilities": {}}})
            case "session/new":
                servers.extend(request["params"]["mcpServers"])
                say({"id": request["id"], "result": {"sessionId": "s"}})
            case "session/prompt":
                prompt(request["params"]["prompt"][0]["text"])
                say({"id": request["id"], "result": {"stopReason": "end_turn"}})


if __name__ == "__main__":
    main()
