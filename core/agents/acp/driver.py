"""The Agent Client Protocol, version 1, as a driver: one process, one session, one prompt.

    initialize ─▶ session/resume │ session/load │ session/new ─▶ session/prompt ─▶ stop reason

File and terminal methods are not offered: agents have files and shells of their own, and version 2 of the
protocol takes them out. Nothing here believes the agent: every value is checked when it is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any

from core.agents import outcome, reading
from core.agents.acp import rpc
from core.agents.acp.messages import Messages
from core.agents.acp.permissions import Permissions
from core.agents.acp.tool_calls import ToolCalls
from core.agents.acp.trouble import Trouble
from core.agents.acp.updates import Updates
from core.agents.acp.usage import UsageMeter
from core.agents.complaints import Complaints
from core.agents.driver import NO_VALUES, AgentSession, CloseInput, Effect, Send, TurnEnded, TurnRequest
from core.agents.entries import EntryBook
from core.agents.text import clean, one_line
from core.values.conversation import EntryKind
from core.values.states import ProcessStatus

PROTOCOL_VERSION = 1
SUMMARY_LIMIT = 64 * 1024
NOTED_METHODS = 20
"""Different methods that are refused with a remark; further ones without."""


class Stage(Enum):
    INITIALIZING = "be initialized"
    OPENING = "open a session"
    PROMPTED = "work on the prompt"
    OVER = "end"


class AcpDriver:
    """One turn of an agent that speaks the protocol (see `core.agents.driver.Driver`)."""

    def __init__(self, request: TurnRequest, *, agent: str, install_hint: str = "") -> None:
        """
        Args:
            request: What the turn is about.
            agent: The agent's name, for error messages.
            install_hint: What to do when its program is not found.
        """
        self._request = request
        self._agent = agent
        self._install_hint = install_hint
        self._stage = Stage.INITIALIZING
        self._number = 0
        self._waiting: dict[int, str] = {}
        self._session = ""
        self._initialized: dict[str, Any] = {}
        self._cancelled = False
        self._refused: set[str] = set()
        self._book = EntryBook(request.process_id)
        self._messages = Messages(self._book)
        self._tools = ToolCalls(self._book)
        self._usage = UsageMeter()
        self._trouble = Trouble(self._book)
        self._updates = Updates(self._book, self._messages, self._tools, self._usage, self._trouble)
        self._permissions = Permissions(request.process_id, self._book, self._tools)
        self._complaints = Complaints()

    # The engine's side

    def begin(self) -> list[Effect]:
        started = self._request.started_at
        _, effects = self._book.add(
            EntryKind.USER, started, text=clean(self._request.prompt), ended_at=started
        )
        params = {
            "protocolVersion": PROTOCOL_VERSION,
            "clientCapabilities": {"fs": {"readTextFile": False, "writeTextFile": False}, "terminal": False},
            "clientInfo": {"name": "boatyard", "title": "Boatyard", "version": "1"},
        }
        return [*effects, self._call("initialize", params)]

    def receive(self, line: bytes, now: float) -> list[Effect]:
        if not line.strip():
            return []
        match rpc.decode(line):
            case rpc.Request() as request:
                return self._serve(request, now)
            case rpc.Notification() as notification:
                return self._hear(notification, line, now)
            case rpc.Reply() as reply:
                return self._take(reply, line, now)
            case rpc.Garbage():
                return self._book.raw(line, now)

    def complain(self, line: bytes, now: float) -> list[Effect]:
        self._complaints.add(line)
        return []

    def answer(
        self, key: str, option_id: str, now: float, values: Mapping[str, Any] = NO_VALUES
    ) -> list[Effect]:
        return self._permissions.answer(key, option_id, now)

    def cancel(self, now: float) -> list[Effect]:
        if self._stage is Stage.OVER or self._cancelled:
            return []
        self._cancelled = True
        if self._stage is not Stage.PROMPTED:
            return self._end(ProcessStatus.KILLED, outcome.CANCELLED_REASON, now)
        told = Send(rpc.notification("session/cancel", {"sessionId": self._session}))
        return [told, *self._permissions.withdraw(now, reply=True)]

    def exited(self, exit_code: int, now: float) -> list[Effect]:
        if self._stage is Stage.OVER:
            return []
        if self._cancelled:
            return self._end(ProcessStatus.KILLED, outcome.CANCELLED_REASON, now, gone=True)
        complaints = self._complaints.text
        if exit_code == outcome.COMMAND_NOT_FOUND and self._install_hint:
            complaints = f"{complaints}\n{self._install_hint}".strip()
        reason = outcome.exit_words(exit_code, complaints)
        return self._fail(reason, now, f"{reason}\n\n{complaints}".strip(), gone=True)

    # The agent's side

    def _call(self, method: str, params: dict[str, Any]) -> Send:
        self._number += 1
        self._waiting[self._number] = method
        return Send(rpc.request(self._number, method, params))

    def _serve(self, request: rpc.Request, now: float) -> list[Effect]:
        """Answers a request of the agent, or leaves it to the user."""
        if request.method == "session/request_permission":
            if self._cancelled or self._stage is Stage.OVER:
                return self._permissions.refuse(request)
            return self._messages.close(now) + self._permissions.ask(request, now)
        effects: list[Effect] = [Send(rpc.refusal(request.id, request.method))]
        method = one_line(request.method, 80)
        if method not in self._refused and len(self._refused) < NOTED_METHODS:
            self._refused.add(method)
            said = f"The agent asked for “{method}”, which was not offered to it; it was refused."
            effects += self._book.note(said, now)
        return effects

    def _hear(self, notification: rpc.Notification, line: bytes, now: float) -> list[Effect]:
        if notification.method == "session/update":
            if self._stage in (Stage.INITIALIZING, Stage.OPENING):
                return []  # a loaded session's history, which the conversation has already
            return self._updates.take(notification.params, line, now)
        if notification.method.startswith(("_", "$/")):
            return []  # extensions, which may be ignored
        return self._book.raw(line, now)

    def _take(self, reply: rpc.Reply, line: bytes, now: float) -> list[Effect]:
        """A reply to a request of ours; a second one, or one to nothing, is only shown."""
        number = reply.id if isinstance(reply.id, int) else None
        method = self._waiting.pop(number, "") if number is not None else ""
        if not method:
            return self._book.raw(line, now)
        if self._stage is Stage.OVER:
            return []
        if reply.error is not None:
            return self._refusal_of(method, reply.error, now)
        result = reading.mapping(reply.result)
        if method == "initialize":
            return self._open(result, now)
        if method == "session/prompt":
            return self._stopped(result, now)
        return self._opened(method, result, now)

    # From stage to stage

    def _open(self, result: dict[str, Any], now: float) -> list[Effect]:
        """The agent is ready: goes on with the earlier session in the best way that it offers."""
        version = result.get("protocolVersion", PROTOCOL_VERSION)
        if version != PROTOCOL_VERSION:
            words = reading.as_json(version, 40)
            return self._fail(f"{self._agent} speaks version {words} of the protocol, not version 1", now)
        self._initialized = result
        self._stage = Stage.OPENING
        if not self._request.agent_session_id:
            return [self._new_session()]
        capabilities = reading.mapping(result.get("agentCapabilities"))
        if isinstance(reading.mapping(capabilities.get("sessionCapabilities")).get("resume"), dict):
            return [self._earlier_session("session/resume")]
        return self._load_or_start_anew(now)

    def _load_or_start_anew(self, now: float, why: str = "it offers no way to resume one") -> list[Effect]:
        capabilities = reading.mapping(self._initialized.get("agentCapabilities"))
        if capabilities.get("loadSession") is True:
            return [self._earlier_session("session/load")]
        return self._start_anew(now, why)

    def _start_anew(self, now: float, why: str) -> list[Effect]:
        said = f"The agent could not go on with the earlier session ({why}), so it knows nothing of it."
        return [*self._book.note(said, now), self._new_session()]

    def _new_session(self) -> Send:
        return self._call("session/new", {"cwd": self._request.cwd, "mcpServers": []})

    def _earlier_session(self, method: str) -> Send:
        params = {"sessionId": self._request.agent_session_id, "cwd": self._request.cwd, "mcpServers": []}
        return self._call(method, params)

    def _opened(self, method: str, result: dict[str, Any], now: float) -> list[Effect]:
        self._session = reading.text(result.get("sessionId"))
        if method != "session/new":
            self._session = self._session or self._request.agent_session_id
        if not self._session:
            return self._fail("the agent opened a session but did not name it", now)
        self._stage = Stage.PROMPTED
        prompt = [{"type": "text", "text": clean(self._request.prompt)}]
        return [
            AgentSession(self._session),
            self._call("session/prompt", {"sessionId": self._session, "prompt": prompt}),
        ]

    def _refusal_of(self, method: str, error: dict[str, Any], now: float) -> list[Effect]:
        """An error in place of a result."""
        words = outcome.error_words(error)
        if self._cancelled:
            return self._end(ProcessStatus.KILLED, outcome.CANCELLED_REASON, now)
        if outcome.needs_login(error):
            return self._fail_for_login(words, now)
        if method == "session/resume":
            return self._load_or_start_anew(now, words)
        if method == "session/load":
            return self._start_anew(now, words)
        return self._fail(f"the agent could not {self._stage.value}: {words}", now)

    def _fail_for_login(self, words: str, now: float) -> list[Effect]:
        reason = f"{self._agent} wants you to log in: {words}"
        ways = outcome.ways_to_log_in(self._initialized.get("authMethods"))
        return self._fail(reason, now, f"{reason}\n\nIt offers:\n\n{ways}" if ways else reason)

    def _stopped(self, result: dict[str, Any], now: float) -> list[Effect]:
        """The prompt has been worked on."""
        self._usage.result(result)
        status, reason = outcome.judge(result.get("stopReason"))
        if self._cancelled:
            status, reason = ProcessStatus.KILLED, outcome.CANCELLED_REASON
        elif status is ProcessStatus.COMPLETED and self._trouble.fatal:
            status, reason = ProcessStatus.FAILED, f"the agent gave up: {one_line(self._messages.last)}"
        if status is ProcessStatus.FAILED:
            return self._fail(reason, now)
        effects = self._doubts(now) if status is ProcessStatus.COMPLETED else []
        return effects + self._end(status, reason, now)

    def _doubts(self, now: float) -> list[Effect]:
        """Some agents end a turn as if all were well when their model could not be reached."""
        if self._tools.any:
            return []
        if not self._messages.last:
            return self._book.note("The agent ended its turn without a word and without doing anything.", now)
        if self._usage.nothing_spent:
            return self._book.note("The agent asked no model in this turn: its answer may be an error.", now)
        return []

    def _fail(self, reason: str, now: float, text: str = "", *, gone: bool = False) -> list[Effect]:
        closed = self._messages.close(now)
        return [
            *closed,
            *self._book.note(text or reason, now, EntryKind.ERROR),
            *self._end(ProcessStatus.FAILED, one_line(reason, 1000), now, gone=gone),
        ]

    def _end(self, status: ProcessStatus, reason: str, now: float, *, gone: bool = False) -> list[Effect]:
        """The turn is over, whatever the process still does."""
        self._stage = Stage.OVER
        effects: list[Effect] = [
            *self._messages.close(now),
            *self._permissions.withdraw(now, reply=not gone),
            *self._tools.end(now),
            *self._usage.report(self._book, now),
            TurnEnded(status, reason, self._messages.last[:SUMMARY_LIMIT].strip()),
        ]
        return effects if gone else [*effects, CloseInput()]
