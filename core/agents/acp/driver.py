"""The Agent Client Protocol, versions 1 and 2, as a driver: one process, one session, one prompt.

    initialize ─▶ session/resume │ session/load │ session/new ─▶ mode, model ─▶ session/prompt ─▶ stop reason

The stop reason is the reply to the prompt in version 1, and comes with the state `idle` in version 2.
Nothing here believes the agent: every value is checked when it is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any

from core.agents import outcome, reading
from core.agents.acp import dialect, rpc
from core.agents.acp.choices import modes_of, setting
from core.agents.acp.client_methods import ClientMethods
from core.agents.acp.messages import Messages
from core.agents.acp.permissions import SERVED, Permissions, dropped
from core.agents.acp.tool_calls import ToolCalls
from core.agents.acp.trouble import Trouble
from core.agents.acp.updates import Updates, commands_of
from core.agents.acp.usage import UsageMeter
from core.agents.complaints import Complaints
from core.agents.driver import (
    NO_VALUES,
    AgentSession,
    CloseInput,
    Effect,
    Modes,
    Send,
    TurnEnded,
    TurnRequest,
)
from core.agents.entries import EntryBook
from core.agents.limits import LimitWatch
from core.agents.requests import Requests
from core.agents.text import clean, one_line
from core.values.conversation import EntryKind
from core.values.states import ProcessStatus

SUMMARY_LIMIT = 64 * 1024
PAST_TOLD = "_boatyard/past_told"
"""Asked after a session was loaded. It is refused by every agent, as methods with an underscore are where
nobody knows them, and what comes before the refusal is of the past: some agents tell it after they have said
that the session is loaded (gemini)."""
SETTINGS = frozenset({"session/set_mode", "session/set_config_option"})
OPENINGS = frozenset({"session/new", "session/load", "session/resume"})
NOTED_METHODS = 20
"""Different methods that are refused with a remark; further ones without."""


class Stage(Enum):
    INITIALIZING = "be initialized"
    OPENING = "open a session"
    SETTING = "be set up"
    PROMPTED = "work on the prompt"
    OVER = "end"


class AcpDriver:
    """One turn of an agent that speaks the protocol (see `core.agents.driver.Driver`)."""

    def __init__(
        self, request: TurnRequest, *, agent: str, install_hint: str = "", model: str = "", mode: str = ""
    ) -> None:
        """
        Args:
            request: What the turn is about.
            agent: The agent's name, for error messages.
            install_hint: What to do when its program is not found.
            model: Which model it is to use, in its own words; empty: its own choice.
            mode: Which mode it is to work in, in its own words; empty: its own choice.
        """
        wanted = (("mode", request.mode or mode), ("model", model))
        self._wanted = [(what, word) for what, word in wanted if word]
        self._setting = ""
        """The mode that the agent was asked to take while it works."""
        self._request = request
        self._agent = agent
        self._install_hint = install_hint
        self._stage = Stage.INITIALIZING
        self._number = 0
        self._waiting: dict[int, str] = {}
        self._session = ""
        self._offered = dialect.NEWEST
        self._abilities = dialect.Abilities({})
        self._opened_with: dict[str, Any] = {}
        self._working = False
        self._cancelled = False
        self._refused: set[str] = set()
        self._book = EntryBook(request.process_id)
        self._messages = Messages(self._book)
        self._tools = ToolCalls(self._book)
        self._usage = UsageMeter()
        self._limits = LimitWatch()
        self._trouble = Trouble(self._book, self._limits)
        self._updates = Updates(self._book, self._messages, self._tools, self._usage, self._trouble)
        self._requests = Requests(request.process_id, self._book)
        self._permissions = Permissions(self._requests, self._book, self._tools)
        self._client = ClientMethods(self._tools)
        self._complaints = Complaints()

    # The engine's side

    def begin(self) -> list[Effect]:
        started = self._request.started_at
        names = "".join(f"\n[{each.name or each.path}]" for each in self._request.attachments)
        text = clean(self._request.prompt + names)
        _, effects = self._book.add(EntryKind.USER, started, text=text, ended_at=started)
        return [*effects, self._call("initialize", dialect.initialize(self._offered))]

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

    def flush(self) -> list[Effect]:
        return []  # every line is worked out as it comes

    def complain(self, line: bytes, now: float) -> list[Effect]:
        self._complaints.add(line)
        return []

    def answer(
        self, key: str, option_id: str, now: float, values: Mapping[str, Any] = NO_VALUES
    ) -> list[Effect]:
        if self._client.waits(key):
            return self._client.answer(key, option_id, values, now)
        return self._requests.answer(key, option_id, values, now)

    def cancel(self, now: float) -> list[Effect]:
        if self._stage is Stage.OVER or self._cancelled:
            return []
        self._cancelled = True
        if self._stage is not Stage.PROMPTED:
            return self._end(ProcessStatus.KILLED, outcome.CANCELLED_REASON, now)
        told = Send(rpc.notification("session/cancel", {"sessionId": self._session}))
        return [told, *self._requests.withdraw(now, tell=True)]

    def set_mode(self, mode: str, now: float) -> list[Effect]:
        if self._stage is not Stage.PROMPTED or self._cancelled:
            return []
        found = setting("mode", mode, self._opened_with, second=self._abilities.second)
        if not isinstance(found, tuple):
            return self._book.note(found, now)
        self._setting = mode
        method, params = found
        return [self._call(method, {"sessionId": self._session, **params})]

    def exited(self, exit_code: int, now: float) -> list[Effect]:
        if self._stage is Stage.OVER:
            return []
        if self._cancelled:
            return self._end(ProcessStatus.KILLED, outcome.CANCELLED_REASON, now, gone=True)
        complaints = self._complaints.text
        if exit_code == outcome.COMMAND_NOT_FOUND and self._install_hint:
            complaints = f"{complaints}\n{self._install_hint}".strip()
        reason = outcome.exit_words(exit_code, complaints)
        limited = self._limits.look(complaints, now)
        return limited + self._fail(reason, now, f"{reason}\n\n{complaints}".strip(), gone=True)

    # The agent's side

    def _call(self, method: str, params: dict[str, Any]) -> Send:
        self._number += 1
        self._waiting[self._number] = method
        return Send(rpc.request(self._number, method, params))

    def _serve(self, request: rpc.Request, now: float) -> list[Effect]:
        """Answers a request of the agent, or leaves it to the user."""
        if request.method in SERVED:
            if self._cancelled or self._stage is Stage.OVER:
                return [Send(dropped(request))]
            return self._messages.close(now) + self._permissions.ask(request, now)
        if self._client.serves(request.method) and self._stage is Stage.PROMPTED:
            return self._client.serve(request)
        effects: list[Effect] = [Send(rpc.refusal(request.id, request.method))]
        method = one_line(request.method, 80)
        if method not in self._refused and len(self._refused) < NOTED_METHODS:
            self._refused.add(method)
            said = f"The agent asked for “{method}”, which was not offered to it; it was refused."
            effects += self._book.note(said, now)
        return effects

    def _hear(self, notification: rpc.Notification, line: bytes, now: float) -> list[Effect]:
        if notification.method == "session/update":
            return self._update(notification.params, line, now)
        if notification.method.startswith(("_", "$/")):
            return []  # extensions, which may be ignored
        return self._book.raw(line, now)

    def _update(self, params: dict[str, Any], line: bytes, now: float) -> list[Effect]:
        update = reading.mapping(params.get("update"))
        kind = update.get("sessionUpdate")
        if kind == "available_commands_update":
            return commands_of(update.get("availableCommands"))
        if self._stage in (Stage.INITIALIZING, Stage.OPENING, Stage.SETTING):
            return []  # a loaded session's history, which the conversation has already
        if kind == "state_update":
            return self._state(update, now)
        if kind == "current_mode_update":
            mode = one_line(reading.text(update.get("currentModeId")), 80)
            return [*self._updates.take(params, line, now), Modes(modes_of(self._opened_with, mode))]
        return self._updates.take(params, line, now)

    def _state(self, update: dict[str, Any], now: float) -> list[Effect]:
        """What the session does (version 2); a turn is over when it is idle again."""
        state = update.get("state")
        if state == "idle" and (self._working or update.get("stopReason")):
            return self._stopped(update, now) if self._stage is Stage.PROMPTED else []
        self._working = self._working or state in ("running", "requires_action")
        return []

    def _take(self, reply: rpc.Reply, line: bytes, now: float) -> list[Effect]:
        """A reply to a request of ours; a second one, or one to nothing, is only shown."""
        number = reply.id if isinstance(reply.id, int) else None
        method = self._waiting.pop(number, "") if number is not None else ""
        if not method:
            return self._book.raw(line, now)
        if self._stage is Stage.OVER:
            return []
        if method == PAST_TOLD:
            return self._go_on(now)
        if reply.error is not None:
            return self._refusal_of(method, reply.error, now)
        result = reading.mapping(reply.result)
        if method == "initialize":
            return self._open(result, now)
        if method == "session/prompt":
            # In version 2 this only says that the prompt has been taken.
            return [] if self._abilities.second else self._stopped(result, now)
        if method in OPENINGS:
            return self._opened(method, result, now)
        if self._stage is Stage.PROMPTED:
            return [Modes(modes_of(self._opened_with, self._setting))]
        return self._go_on(now)

    # From stage to stage

    def _open(self, result: dict[str, Any], now: float) -> list[Effect]:
        """The agent is ready: goes on with the earlier session in the best way that it offers."""
        self._abilities = dialect.Abilities(result)
        if not self._abilities.known_version:
            words = reading.as_json(self._abilities.version, 40)
            return self._fail(
                f"{self._agent} speaks version {words} of the protocol, not version 1 or 2", now
            )
        self._stage = Stage.OPENING
        if not self._request.agent_session_id:
            return [self._new_session()]
        if self._abilities.resumes:
            return [self._earlier_session("session/resume")]
        return self._load_or_start_anew(now)

    def _load_or_start_anew(self, now: float, why: str = "it offers no way to resume one") -> list[Effect]:
        if self._abilities.loads:
            return [self._earlier_session("session/load")]
        return self._start_anew(now, why)

    def _start_anew(self, now: float, why: str) -> list[Effect]:
        said = f"The agent could not go on with the earlier session ({why}), so it knows nothing of it."
        return [*self._book.note(said, now), self._new_session()]

    def _new_session(self) -> Send:
        return self._call("session/new", {"cwd": self._request.cwd, "mcpServers": self._tool_servers()})

    def _earlier_session(self, method: str) -> Send:
        params = {"sessionId": self._request.agent_session_id, "cwd": self._request.cwd}
        return self._call(method, {**params, "mcpServers": self._tool_servers()})

    def _tool_servers(self) -> list[dict[str, Any]]:
        return dialect.tool_servers(self._request.tools, second=self._abilities.second)

    def _opened(self, method: str, result: dict[str, Any], now: float) -> list[Effect]:
        self._session = reading.text(result.get("sessionId"))
        if method != "session/new":
            self._session = self._session or self._request.agent_session_id
        if not self._session:
            return self._fail("the agent opened a session but did not name it", now)
        self._stage = Stage.SETTING
        self._opened_with = result
        told = commands_of(result.get("availableCommands"))
        modes = modes_of(result)
        told += [Modes(modes)] if modes.available else []
        if method == "session/load" and self._request.parts_past:
            asked = self._call(PAST_TOLD, {"sessionId": self._session})
            return [AgentSession(self._session), *told, asked]
        return [AgentSession(self._session), *told, *self._go_on(now)]

    def _go_on(self, now: float) -> list[Effect]:
        """Sets what is still to be set, then sends the prompt."""
        effects: list[Effect] = []
        while self._wanted:
            what, word = self._wanted.pop(0)
            found = setting(what, word, self._opened_with, second=self._abilities.second)
            if isinstance(found, tuple):
                method, params = found
                return [*effects, self._call(method, {"sessionId": self._session, **params})]
            effects += self._book.note(found, now)
        self._stage = Stage.PROMPTED
        prompt = self._abilities.prompt(clean(self._request.prompt), self._request.attachments)
        return [*effects, self._call("session/prompt", {"sessionId": self._session, "prompt": prompt})]

    def _refusal_of(self, method: str, error: dict[str, Any], now: float) -> list[Effect]:
        """An error in place of a result."""
        words = outcome.error_words(error)
        if self._cancelled:
            return self._end(ProcessStatus.KILLED, outcome.CANCELLED_REASON, now)
        if method == "initialize" and self._offered > dialect.OLDEST:
            self._offered = dialect.OLDEST  # it may be too strict for an offer of more
            return [self._call("initialize", dialect.initialize(self._offered))]
        if outcome.needs_login(error):
            return self._fail_for_login(words, now)
        if self._stage is Stage.SETTING or method in SETTINGS:
            said = f"The agent did not take its {method.rpartition('_')[2]}: {words}"
            rest = self._go_on(now) if self._stage is Stage.SETTING else []
            return [*self._book.note(said, now), *rest]
        if method == "session/resume":
            return self._load_or_start_anew(now, words)
        if method == "session/load":
            return self._start_anew(now, words)
        limited = self._limits.look(words, now)
        return limited + self._fail(f"the agent could not {self._stage.value}: {words}", now)

    def _fail_for_login(self, words: str, now: float) -> list[Effect]:
        reason = f"{self._agent} wants you to log in: {words}"
        ways = outcome.ways_to_log_in(self._abilities.login_methods)
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
            if result.get("stopReason") == "error":
                reason = self._trouble.words or one_line(self._messages.last) or reason
            return self._limits.look(reason, now) + self._fail(reason, now)
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
            *self._requests.withdraw(now, tell=not gone),
            *self._tools.end(now),
            *self._usage.report(self._book, now),
            TurnEnded(status, reason, self._messages.last[:SUMMARY_LIMIT].strip()),
        ]
        return effects if gone else [*effects, CloseInput()]
