"""Claude Code's stream of JSON in both directions, as a driver: one process, one prompt.

    initialize, the prompt ─▶ system, stream_event, assistant, user … control_request ⇄ … ─▶ result

The prompt is sent at once: the agent reads its input in order. Nothing here believes the agent: every
value is checked when it is read, and an event that is not known is kept as it came.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from core.agents import outcome, reading
from core.agents.claude import permissions, tools, wire
from core.agents.claude.modes import OFFERED
from core.agents.claude.result import Result
from core.agents.claude.speech import Speech
from core.agents.claude.system import SystemEvents
from core.agents.driver import AgentSession, Commands, Effect, Modes, Send, TurnRequest
from core.agents.native import NativeTurn
from core.agents.text import clean, one_line
from core.values.conversation import AgentCommand, AgentModes, EntryKind, ToolState
from core.values.states import ProcessStatus

COMMANDS_LIMIT = 500
GONE = "no conversation found"
"""What it complains of when the session that it is to go on with is not there."""
_SILENT = frozenset(
    {"keep_alive", "tool_progress", "prompt_suggestion", "tool_use_summary", "control_response"}
)

Handler = Callable[[dict[str, Any], bytes, float], list[Effect]]


class ClaudeDriver(NativeTurn):
    """One turn of Claude Code (see `core.agents.driver.Driver`)."""

    def __init__(self, request: TurnRequest, *, agent: str = "Claude Code", install_hint: str = "") -> None:
        super().__init__(request, agent=agent, install_hint=install_hint)
        self._speech = Speech(self.texts)
        self._system = SystemEvents(self)
        self._result: Result | None = None
        self._asked: set[str] = set()
        self._model_error = ""
        self._session = ""
        self._plan = ""
        self._plan_calls: set[str] = set()
        self._handlers: dict[str, Handler] = {
            "system": self._hear_system,
            "assistant": self._hear_assistant,
            "user": self._hear_user,
            "stream_event": self._hear_stream,
            "result": self._hear_result,
            "control_request": self._serve,
            "control_cancel_request": self._unasked,
            "control_response": self._hear_response,
            "rate_limit_event": self._hear_limit,
        }

    # The engine's side

    def begin(self) -> list[Effect]:
        prompt = wire.prompt(clean(self.request.prompt), self.request.attachments)
        return [*self.shown_prompt(), Send(wire.initialize()), Send(prompt)]

    def receive(self, line: bytes, now: float) -> list[Effect]:
        if not line.strip():
            return []
        message = wire.decode(line)
        if message is None:
            return self.book.raw(line, now)
        handler = self._handlers.get(message["type"])
        if handler is not None:
            return handler(message, line, now)
        return [] if message["type"] in _SILENT else self.book.raw(line, now)

    def cancel(self, now: float) -> list[Effect]:
        if self.over or self.cancelled:
            return []
        self.cancelled = True
        return [*self.requests.withdraw(now, tell=True), Send(wire.interrupt())]

    def set_mode(self, mode: str, now: float) -> list[Effect]:
        return [] if self.over or self.cancelled else [Send(wire.set_mode(mode))]

    def exited(self, exit_code: int, now: float) -> list[Effect]:
        if not self.over and GONE in self.complaints.text.lower():
            reason = "the agent's earlier session is gone; send the prompt again to begin a new one"
            return [AgentSession(""), *self.fail(reason, now, gone=True)]
        return super().exited(exit_code, now)

    # The agent's side

    def _hear_system(self, message: dict[str, Any], line: bytes, now: float) -> list[Effect]:
        effects = self._know_session(message) if message.get("subtype") == "init" else []
        return effects + self._system.take(message, line, now)

    def _know_session(self, message: dict[str, Any]) -> list[Effect]:
        session = one_line(reading.text(message.get("session_id")), 200)
        if not session or session == self._session:
            return []
        self._session = session
        mode = one_line(reading.text(message.get("permissionMode")), 80)
        return [AgentSession(session), *([_modes(mode)] if mode else [])]

    def _hear_stream(self, message: dict[str, Any], line: bytes, now: float) -> list[Effect]:
        if message.get("parent_tool_use_id"):
            return []  # an agent of the agent's: the result of its call tells what came of it
        self.works_again()
        return self._speech.stream(reading.mapping(message.get("event")), now)

    def _hear_assistant(self, message: dict[str, Any], line: bytes, now: float) -> list[Effect]:
        told = reading.mapping(message.get("message"))
        nested = bool(message.get("parent_tool_use_id"))
        blocks = reading.dicts(told.get("content"))
        if reading.text(message.get("error")):
            # The error of a model that could not be asked comes as if it had been said.
            self._model_error = "\n".join(reading.block_text(block) for block in blocks)
            limited = message["error"] == "rate_limit"
            return (self.limits.tell if limited else self.limits.look)(self._model_error, now)
        self.works_again()
        effects: list[Effect] = []
        for block in blocks:
            if block.get("type") == "tool_use":
                effects += self._call(block, now)
            elif not nested:
                effects += self._speech.whole(reading.text(told.get("id")), block, now)
        return effects

    def _call(self, block: dict[str, Any], now: float) -> list[Effect]:
        name, given = reading.text(block.get("name")), reading.mapping(block.get("input"))
        call_id = reading.text(block.get("id"))
        items = tools.plan(given) if name == "TodoWrite" else None
        if items is not None:
            self._plan_calls.add(call_id)
            if self._plan:
                return self.book.change(self._plan, plan=items)
            self._plan, effects = self.book.add(EntryKind.PLAN, now, plan=items)
            return effects
        return self.tools.upsert(call_id, now, **tools.describe(name, given, self.request.cwd))

    def _hear_user(self, message: dict[str, Any], line: bytes, now: float) -> list[Effect]:
        """The results of tools; the prompt itself comes back, too, and is in the conversation already."""
        effects: list[Effect] = []
        for block in reading.dicts(reading.mapping(message.get("message")).get("content")):
            call_id = reading.text(block.get("tool_use_id"))
            if block.get("type") == "tool_result" and call_id not in self._plan_calls:
                state = ToolState.FAILED if block.get("is_error") is True else ToolState.COMPLETED
                output = tools.result_text(block.get("content"))
                effects += self.tools.upsert(call_id, now, state=state, output=output)
        return effects

    def _serve(self, message: dict[str, Any], line: bytes, now: float) -> list[Effect]:
        """A request of the agent: left to the user, or refused."""
        request_id = message.get("request_id")
        asked = reading.mapping(message.get("request"))
        if not isinstance(request_id, str) or len(request_id) > 1024:
            return self.book.raw(line, now)
        if asked.get("subtype") != "can_use_tool":
            said = (
                f"The agent asked for “{one_line(reading.text(asked.get('subtype')), 80)}”; it was refused."
            )
            return [Send(wire.refusal(request_id, "not supported")), *self.book.note(said, now)]
        if self.over or self.cancelled:
            return [Send(permissions.refusal(request_id))]
        self._asked.add(reading.text(asked.get("tool_use_id")))
        ask, reply = permissions.request(self.requests.key(request_id), request_id, asked, self.request.cwd)
        return self.requests.ask(ask, reply, permissions.refusal(request_id), now)

    def _unasked(self, message: dict[str, Any], line: bytes, now: float) -> list[Effect]:
        key = reading.text(message.get("request_id"))
        return self.requests.withdraw(now, tell=False, key=key) if key else []

    def _hear_response(self, message: dict[str, Any], line: bytes, now: float) -> list[Effect]:
        response = reading.mapping(message.get("response"))
        asked = reading.text(response.get("request_id"))
        if asked.startswith(wire.SET_MODE):
            return self._mode_answered(asked.removeprefix(wire.SET_MODE), response, now)
        if asked != wire.INITIALIZE:
            return []  # an interrupt that was heard, or an answer of ours that comes back
        found = reading.dicts(reading.mapping(response.get("response")).get("commands"), COMMANDS_LIMIT)
        commands = tuple(
            AgentCommand(
                name=one_line(reading.text(each.get("name")), 100),
                description=one_line(reading.text(each.get("description")), 500),
                hint=one_line(reading.text(each.get("argumentHint")), 200),
            )
            for each in found
            if reading.text(each.get("name"))
        )
        return [Commands(commands)] if commands else []

    def _mode_answered(self, mode: str, response: dict[str, Any], now: float) -> list[Effect]:
        if response.get("subtype") != "success":
            why = one_line(reading.text(response.get("error")), 300)
            return self.book.note(f"The agent did not take the mode “{mode}”: {why}", now)
        return [_modes(mode)]  # its status tells that it is in force

    def _hear_limit(self, message: dict[str, Any], line: bytes, now: float) -> list[Effect]:
        info = reading.mapping(message.get("rate_limit_info"))
        if info.get("status") != "rejected":
            return []
        kind = one_line(reading.text(info.get("rateLimitType")).replace("_", " "), 80)
        text = f"The provider's limit is reached ({kind})." if kind else "The provider's limit is reached."
        return self.limits.tell(text, now, reading.amount(info.get("resetsAt")))

    def _hear_result(self, message: dict[str, Any], line: bytes, now: float) -> list[Effect]:
        if self.over:
            return []
        self._result = Result(message)
        effects = self._know_session(message)
        if self.cancelled:
            return effects + self.end(ProcessStatus.KILLED, outcome.CANCELLED_REASON, now)
        reason = self._result.failure(self._model_error)
        if reason:
            return effects + self.limits.look(reason, now) + self.fail(one_line(reason, 1000), now, reason)
        self._say_result(effects, now)
        return effects + self._doubts(now) + self.end(ProcessStatus.COMPLETED, "", now)

    def _say_result(self, effects: list[Effect], now: float) -> None:
        """A command of the agent's own answers by its result alone."""
        text = self._result.text if self._result else ""
        if text.strip() and not self.texts.last:
            effects += self.texts.settle("result", EntryKind.MESSAGE, text, now)

    def _doubts(self, now: float) -> list[Effect]:
        denied = self._result.denied(self._asked) if self._result else ()
        if denied:
            return self.book.note(f"Not everything was permitted: {', '.join(denied)}.", now)
        return self.doubts(now)

    def spent(self, now: float) -> list[Effect]:
        return self._result.usage(self.book, now) if self._result else []


def _modes(current: str) -> Modes:
    return Modes(AgentModes(current=current, available=OFFERED))
