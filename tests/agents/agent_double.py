"""The agent's end of the line in a test: says what it is told to say, and keeps what the driver did."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from core.agents.acp.driver import AcpDriver
from core.agents.driver import AskApproval, CloseInput, Effect, Send, TurnEnded, TurnRequest, Upsert
from core.values.conversation import Entry, EntryKind

ALLOW = {"optionId": "yes", "name": "Yes", "kind": "allow_once"}
ALWAYS = {"optionId": "always", "name": "Always", "kind": "allow_always"}
REJECT = {"optionId": "no", "name": "No", "kind": "reject_once"}


class AgentDouble:
    """One turn of `AcpDriver` with an agent that the test plays."""

    def __init__(self, *, prompt: str = "Do it", session: str = "", parts_past: bool = False) -> None:
        request = TurnRequest("p1", prompt, "/repo", session, 100.0, parts_past=parts_past)
        self.driver = AcpDriver(request, agent="Test agent", install_hint="Install it somehow.")
        self.now = 100.0
        self.effects: list[Effect] = []
        self.sent: list[dict[str, Any]] = []
        self._entries: dict[str, Entry] = {}
        self.did(self.driver.begin())

    def did(self, effects: list[Effect]) -> list[Effect]:
        """Takes note of what the driver did."""
        self.effects += effects
        for effect in effects:
            if isinstance(effect, Send):
                assert effect.data.endswith(b"\n") and effect.data.count(b"\n") == 1
                self.sent.append(json.loads(effect.data))
            elif isinstance(effect, Upsert):
                self._entries[effect.entry.id] = effect.entry
        return effects

    def line(self, line: bytes) -> list[Effect]:
        self.now += 1
        return self.did([*self.driver.receive(line, self.now), *self.driver.flush()])

    def say(self, message: dict[str, Any]) -> list[Effect]:
        return self.line(json.dumps({"jsonrpc": "2.0", **message}).encode())

    def reply(self, result: Any) -> list[Effect]:
        """Answers the driver's last request."""
        return self.say({"id": self.last_request["id"], "result": result})

    def refuse(self, error: dict[str, Any]) -> list[Effect]:
        return self.say({"id": self.last_request["id"], "error": error})

    def update(self, update_kind: str, /, **fields: Any) -> list[Effect]:
        params = {"sessionId": "s1", "update": {"sessionUpdate": update_kind, **fields}}
        return self.say({"method": "session/update", "params": params})

    def says(self, text: str, kind: str = "agent_message_chunk", **fields: Any) -> list[Effect]:
        return self.update(kind, content={"type": "text", "text": text}, **fields)

    def asks(self, number: Any, *options: dict[str, Any], **call: Any) -> list[Effect]:
        """Asks for permission."""
        tool_call = {"toolCallId": "t1", "title": "Edit a.py", "kind": "edit", **call}
        params = {"sessionId": "s1", "toolCall": tool_call, "options": list(options or (ALLOW, REJECT))}
        return self.say({"id": number, "method": "session/request_permission", "params": params})

    def answers(self, key: str, option: str) -> list[Effect]:
        """The user decides."""
        self.now += 1
        return self.did(self.driver.answer(key, option, self.now))

    def cancels(self) -> list[Effect]:
        """The user wants the turn to end."""
        self.now += 1
        return self.did(self.driver.cancel(self.now))

    def exits(self, code: int, *complaints: bytes) -> list[Effect]:
        self.now += 1
        for complaint in complaints:
            self.did(self.driver.complain(complaint, self.now))
        return self.did(self.driver.exited(code, self.now))

    # What came of it

    @property
    def last_request(self) -> dict[str, Any]:
        return [message for message in self.sent if "method" in message and "id" in message][-1]

    @property
    def entries(self) -> list[Entry]:
        return sorted(self._entries.values(), key=lambda entry: entry.order)

    def of_kind(self, kind: EntryKind) -> list[Entry]:
        return [entry for entry in self.entries if entry.kind is kind]

    def only(self, kind: EntryKind) -> Entry:
        (entry,) = self.of_kind(kind)
        return entry

    @property
    def ended(self) -> TurnEnded | None:
        ends = [effect for effect in self.effects if isinstance(effect, TurnEnded)]
        assert len(ends) <= 1
        return ends[0] if ends else None

    @property
    def input_closed(self) -> bool:
        return any(isinstance(effect, CloseInput) for effect in self.effects)

    @property
    def asked(self) -> list[AskApproval]:
        return [effect for effect in self.effects if isinstance(effect, AskApproval)]


def prompted(**given: Any) -> AgentDouble:
    """An agent that has just been given its prompt in a new session."""
    agent = AgentDouble(**given)
    agent.reply({"protocolVersion": 1, "agentCapabilities": {}, "authMethods": []})
    agent.reply({"sessionId": "s1"})
    return agent


Play = Callable[[AgentDouble], None]
