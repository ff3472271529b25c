"""The methods `fs/*` and `terminal/*`, which an agent of version 1 may call though none is offered to it.

Sources: "File System" and "Terminals" of the Agent Client Protocol, version 1. What is asked is checked
here as far as it can be without looking; it is carried out in the sandbox that the agent works in.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from signal import Signals
from typing import Any

from core.agents import reading
from core.agents.acp import rpc
from core.agents.acp.tool_calls import OUTPUT_LIMIT, ToolCalls
from core.agents.client_requests import (
    DONE,
    ClientRequest,
    CreateTerminal,
    KillTerminal,
    ReadTextFile,
    TerminalOutput,
    WaitForTerminalExit,
    WriteTextFile,
)
from core.agents.driver import Effect, Perform, Send

PENDING_LIMIT = 50
"""Requests that may wait for their outcome at a time."""
TERMINALS_LIMIT = 100
"""Terminals that one turn may have."""
OUTPUT_BYTES_LIMIT = 2**20
"""Bytes of a terminal's output that are told at a time, whatever the agent wants."""
_PREFIX = "client:"


class Refused(Exception):
    """The request cannot be meant; the message says why."""


@dataclass(frozen=True)
class Pending:
    request_id: Any
    reply: Callable[[Mapping[str, Any]], dict[str, Any]]
    terminal: str = ""


class ClientMethods:
    """What one turn's agent has asked its client to do."""

    def __init__(self, tools: ToolCalls) -> None:
        self._tools = tools
        self._count = 0
        self._pending: dict[str, Pending] = {}
        self._terminals: dict[str, int] = {}
        """How much of its output each terminal's agent wants to hear at a time."""
        self._made: dict[str, str] = {}
        """What the terminals that are being made will run, by the keys of their requests."""

    def serves(self, method: str) -> bool:
        return method in _METHODS

    def serve(self, request: rpc.Request) -> list[Effect]:
        """Has the request carried out, or refuses it at once."""
        if len(self._pending) >= PENDING_LIMIT:
            return [_refusal(request.id, "too many requests wait for an answer")]
        try:
            return _METHODS[request.method](self, request)
        except Refused as refused:
            return [_refusal(request.id, str(refused))]

    def waits(self, key: str) -> bool:
        return key in self._pending

    def answer(self, key: str, option: str, values: Mapping[str, Any], now: float) -> list[Effect]:
        """What came of a request; the tool call that a terminal belongs to shows its output."""
        pending = self._pending.pop(key)
        if option != DONE:
            return [_refusal(pending.request_id, str(values.get("message") or "it was refused"))]
        terminal = str(values.get("terminal") or pending.terminal)
        effects: list[Effect] = [Send(rpc.reply(pending.request_id, pending.reply(values)))]
        if command := self._made.pop(key, ""):
            effects += self._tools.terminal({"terminalId": terminal, "command": command}, now)
        if "output" in values:
            data = base64.b64encode(str(values["output"]).encode()[-OUTPUT_LIMIT:]).decode()
            effects += self._tools.terminal({"terminalId": terminal, "output": {"data": data}}, now)
        return effects

    def _perform(
        self,
        request: rpc.Request,
        wanted: ClientRequest,
        reply: Callable[[Mapping[str, Any]], dict[str, Any]],
        terminal: str = "",
    ) -> list[Effect]:
        self._count += 1
        key = f"{_PREFIX}{self._count}"
        self._pending[key] = Pending(request.id, reply, terminal)
        return [Perform(key, wanted)]

    def _read(self, request: rpc.Request) -> list[Effect]:
        line, limit = _number(request.params, "line"), _number(request.params, "limit")
        wanted = ReadTextFile(_text(request.params, "path"), max(1, line or 1), limit)
        return self._perform(request, wanted, lambda values: {"content": values.get("content", "")})

    def _write(self, request: rpc.Request) -> list[Effect]:
        content = request.params.get("content")
        if not isinstance(content, str):
            raise Refused("“content” must be text")
        return self._perform(
            request, WriteTextFile(_text(request.params, "path"), content), lambda values: {}
        )

    def _create(self, request: rpc.Request) -> list[Effect]:
        if len(self._terminals) + len(self._made) >= TERMINALS_LIMIT:
            raise Refused(f"a turn may have {TERMINALS_LIMIT} terminals at most")
        params = request.params
        wanted = CreateTerminal(_argv(params), reading.text(params.get("cwd")), _env(params.get("env")))
        limit = _number(params, "outputByteLimit")
        limit = OUTPUT_BYTES_LIMIT if limit is None else min(limit, OUTPUT_BYTES_LIMIT)

        def reply(values: Mapping[str, Any]) -> dict[str, Any]:
            self._terminals[str(values["terminal"])] = limit
            return {"terminalId": values["terminal"]}

        effects = self._perform(request, wanted, reply)
        words = wanted.argv if params.get("args") else wanted.argv[2:]
        self._made[f"{_PREFIX}{self._count}"] = " ".join(words)[:2000]
        return effects

    def _output(self, request: rpc.Request) -> list[Effect]:
        terminal, limit = self._known(request)
        return self._perform(request, TerminalOutput(terminal, limit), _output, terminal)

    def _wait(self, request: rpc.Request) -> list[Effect]:
        terminal, limit = self._known(request)
        return self._perform(
            request,
            WaitForTerminalExit(terminal, limit),
            lambda values: _exit_status(values.get("code")),
            terminal,
        )

    def _kill(self, request: rpc.Request) -> list[Effect]:
        terminal, limit = self._known(request)
        return self._perform(request, KillTerminal(terminal, limit), lambda values: {}, terminal)

    def _release(self, request: rpc.Request) -> list[Effect]:
        terminal, limit = self._known(request)
        self._terminals[terminal] = -1
        return self._perform(request, KillTerminal(terminal, limit), lambda values: {}, terminal)

    def _known(self, request: rpc.Request) -> tuple[str, int]:
        terminal = reading.text(request.params.get("terminalId"))
        limit = self._terminals.get(terminal, -1)
        if limit < 0:
            raise Refused("there is no such terminal")
        return terminal, limit


_METHODS: dict[str, Callable[[ClientMethods, rpc.Request], list[Effect]]] = {
    "fs/read_text_file": ClientMethods._read,
    "fs/write_text_file": ClientMethods._write,
    "terminal/create": ClientMethods._create,
    "terminal/output": ClientMethods._output,
    "terminal/wait_for_exit": ClientMethods._wait,
    "terminal/kill": ClientMethods._kill,
    "terminal/release": ClientMethods._release,
}


def _refusal(request_id: Any, message: str) -> Send:
    return Send(rpc.error(request_id, rpc.INVALID_PARAMS, message))


def _text(params: dict[str, Any], name: str) -> str:
    text = reading.text(params.get(name))
    if not text or "\0" in text:
        raise Refused(f"“{name}” must be given")
    return text


def _number(params: dict[str, Any], name: str) -> int | None:
    value = params.get(name)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**53:
        raise Refused(f"“{name}” must be a whole number that is not negative")
    return value


def _argv(params: dict[str, Any]) -> tuple[str, ...]:
    """The command; one without arguments is a line for the shell, as agents write it."""
    command, args = _text(params, "command"), params.get("args")
    given = args if isinstance(args, list) else []
    if not all(isinstance(each, str) and "\0" not in each for each in given):
        raise Refused("“args” must be texts")
    return (command, *given) if given else ("sh", "-c", command)


def _env(env: Any) -> tuple[tuple[str, str], ...]:
    pairs = [(reading.text(each.get("name")), reading.text(each.get("value"))) for each in reading.dicts(env)]
    for name, value in pairs:
        if not name or "=" in name or "\0" in name + value:
            raise Refused("“env” holds a name that no variable can have")
    return tuple(pairs)


def _output(values: Mapping[str, Any]) -> dict[str, Any]:
    told = {"output": values.get("output", ""), "truncated": bool(values.get("truncated"))}
    code = values.get("code")
    return told if code is None else {**told, "exitStatus": _exit_status(code)}


def _exit_status(code: Any) -> dict[str, Any]:
    """Exit code or signal; a shell reports the signal n as 128 + n."""
    if not isinstance(code, int):
        return {"exitCode": None, "signal": None}
    try:
        return {"exitCode": None, "signal": Signals(code - 128).name}
    except ValueError:
        return {"exitCode": code, "signal": None}
