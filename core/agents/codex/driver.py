"""Codex's app server as a driver: one process, one thread, one turn.

    initialize ─▶ thread/resume │ thread/start ─▶ turn/start ─▶ items … ─▶ turn/completed

JSON-RPC in lines. Nothing here believes the agent: every value is checked when it is read, and a
notification that is not known is kept as it came.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from enum import Enum
from typing import Any

from core.agents import outcome, reading
from core.agents.acp import rpc
from core.agents.attachments import IMAGE_TYPES, with_names
from core.agents.codex import approvals
from core.agents.codex.items import Items
from core.agents.codex.modes import DEFAULT, MODES, OFFERED, policy
from core.agents.codex.quota import Quota
from core.agents.driver import AgentSession, Effect, Modes, Send, TurnRequest
from core.agents.native import NativeTurn
from core.agents.text import clean, one_line
from core.values.conversation import AgentModes, EntryKind, PlanItem
from core.values.states import ProcessStatus

NOTED_METHODS = 20
PLAN_LIMIT = 200
_PLAN = {"pending": "pending", "inProgress": "in_progress", "completed": "completed"}
_SILENT_PREFIXES = (
    "thread/", "turn/", "hook/", "remoteControl/", "account/", "skills/", "app/", "fs/", "project/",
    "mcpServer/", "fuzzyFileSearch/", "windows", "externalAgentConfig/", "item/autoApprovalReview/",
    "item/commandExecution/terminalInteraction", "item/fileChange/outputDelta", "item/mcpToolCall/progress",
    "serverRequest/", "model/safetyBuffering", "deprecationNotice", "codex/event/",
)  # fmt: skip
"""What is told beside the conversation; the rest that is not known is shown as it came."""
_NOTICES = frozenset({"warning", "guardianWarning", "configWarning", "model/rerouted"})
_QUIET_WARNINGS = ("bubblewrap",)
"""Its sandbox's own troubles: where that fails, commands do, and say so."""

Handler = Callable[[dict[str, Any], bytes, float], list[Effect]]


class Stage(Enum):
    INITIALIZING = "be initialized"
    OPENING = "open a thread"
    PROMPTED = "work on the prompt"


class CodexDriver(NativeTurn):
    """One turn of Codex (see `core.agents.driver.Driver`)."""

    def __init__(
        self,
        request: TurnRequest,
        *,
        agent: str = "Codex",
        install_hint: str = "",
        model: str = "",
        mode: str = "",
    ) -> None:
        """
        Args:
            request: What the turn is about.
            agent: The agent's name, for error messages.
            install_hint: What to do when its program is not found.
            model: Which model it is to use; empty: as it is set up.
            mode: Which of `core.agents.codex.modes` it is to work in.
        """
        super().__init__(request, agent=agent, install_hint=install_hint)
        self._model = model
        self._mode = request.mode or mode or DEFAULT
        self._approvals, self._sandbox = policy(self._mode, contained=request.contained)
        self._stage = Stage.INITIALIZING
        self._number = 0
        self._waiting: dict[int, str] = {}
        self._thread = ""
        self._turn = ""
        self._plan = ""
        self._last_error = ""
        self._refused: set[str] = set()
        self._items = Items(self.book, self.texts, self.tools)
        self._quota = Quota(self.limits)
        self._handlers: dict[str, Handler] = {
            "item/started": lambda params, line, now: self._item(params, line, now, whole=False),
            "item/completed": lambda params, line, now: self._item(params, line, now, whole=True),
            "turn/started": self._turn_started,
            "turn/completed": self._turn_completed,
            "turn/plan/updated": self._plan_updated,
            "thread/tokenUsage/updated": self._usage_updated,
            "account/rateLimits/updated": self._limits_updated,
            "serverRequest/resolved": self._resolved,
            "error": self._error,
        }

    # The engine's side

    def begin(self) -> list[Effect]:
        info = {"name": "boatyard", "title": "Boatyard", "version": "1"}
        modes = Modes(AgentModes(current=self._mode, available=OFFERED))
        return [*self.shown_prompt(), modes, self._call("initialize", {"clientInfo": info})]

    def set_mode(self, mode: str, now: float) -> list[Effect]:
        if self.over or mode not in MODES:
            return []
        note = self.book.note(f"The agent will be in the mode “{mode}” from its next turn on.", now)
        return [*note, Modes(AgentModes(current=mode, available=OFFERED))]

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
                return self.book.raw(line, now)

    def cancel(self, now: float) -> list[Effect]:
        if self.over or self.cancelled:
            return []
        self.cancelled = True
        if self._stage is not Stage.PROMPTED:
            return self.end(ProcessStatus.KILLED, outcome.CANCELLED_REASON, now)
        return [*self.requests.withdraw(now, tell=True), *self._interrupt()]

    def _interrupt(self) -> list[Effect]:
        if not self._turn:
            return []  # it is sent as soon as the turn's id is known
        return [self._call("turn/interrupt", {"threadId": self._thread, "turnId": self._turn})]

    # Replies to our requests

    def _call(self, method: str, params: dict[str, Any]) -> Send:
        self._number += 1
        self._waiting[self._number] = method
        return Send(rpc.request(self._number, method, params))

    def _take(self, reply: rpc.Reply, line: bytes, now: float) -> list[Effect]:
        number = reply.id if isinstance(reply.id, int) else None
        method = self._waiting.pop(number, "") if number is not None else ""
        if not method:
            return self.book.raw(line, now)
        if self.over or method == "turn/interrupt":
            return []
        if reply.error is not None:
            return self._refusal_of(method, reply.error, now)
        result = reading.mapping(reply.result)
        if method == "initialize":
            self._stage = Stage.OPENING
            return [Send(rpc.notification("initialized", {})), self._open()]
        if method == "turn/start":
            return self._know_turn(reading.mapping(result.get("turn")))
        return self._opened(result, now)

    def _open(self) -> Send:
        params: dict[str, Any] = {
            "cwd": self.request.cwd,
            "approvalPolicy": self._approvals,
            "sandbox": self._sandbox,
        }
        if self._model:
            params["model"] = self._model
        if self.request.agent_session_id:
            resume = {"threadId": self.request.agent_session_id, "excludeTurns": True}
            return self._call("thread/resume", {**resume, **params})
        return self._call("thread/start", params)

    def _opened(self, result: dict[str, Any], now: float) -> list[Effect]:
        self._thread = one_line(reading.text(reading.mapping(result.get("thread")).get("id")), 200)
        if not self._thread:
            return self.fail("the agent opened a thread but did not name it", now)
        self._stage = Stage.PROMPTED
        images = [each for each in self.request.attachments if each.mime_type in IMAGE_TYPES]
        others = [each for each in self.request.attachments if each not in images]
        text = with_names(clean(self.request.prompt), others)
        prompt = [{"type": "text", "text": text}, *({"type": "localImage", "path": i.path} for i in images)]
        return [
            AgentSession(self._thread),
            self._call("turn/start", {"threadId": self._thread, "input": prompt}),
        ]

    def _know_turn(self, turn: dict[str, Any]) -> list[Effect]:
        known, self._turn = self._turn, self._turn or reading.text(turn.get("id"))[:200]
        return self._interrupt() if self.cancelled and not known else []

    def _refusal_of(self, method: str, error: dict[str, Any], now: float) -> list[Effect]:
        words = outcome.error_words(error)
        if self.cancelled:
            return self.end(ProcessStatus.KILLED, outcome.CANCELLED_REASON, now)
        if method == "thread/resume":
            said = f"The agent could not go on with the earlier session ({words}), so it knows nothing of it."
            self.request = _without_session(self.request)
            return [*self.book.note(said, now), self._open()]
        limited = self.limits.look(words, now)
        return limited + self.fail(f"the agent could not {self._stage.value}: {words}", now)

    # What the agent asks and tells

    def _serve(self, asked: rpc.Request, now: float) -> list[Effect]:
        item_id = reading.text(asked.params.get("itemId")) or reading.text(asked.params.get("callId"))
        key = self.requests.key(rpc.key_of(asked.id))
        request = approvals.request(key, asked, self.tools.entry(item_id))
        if request is None:
            return self._refuse(asked, now)
        ask, reply, dropped = request
        if self.over or self.cancelled:
            return [Send(dropped)]
        return self.requests.ask(ask, reply, dropped, now)

    def _refuse(self, asked: rpc.Request, now: float) -> list[Effect]:
        effects: list[Effect] = [Send(rpc.refusal(asked.id, asked.method))]
        method = one_line(asked.method, 80)
        if method not in self._refused and len(self._refused) < NOTED_METHODS:
            self._refused.add(method)
            said = f"The agent asked for “{method}”, which was not offered to it; it was refused."
            effects += self.book.note(said, now)
        return effects

    def _hear(self, notification: rpc.Notification, line: bytes, now: float) -> list[Effect]:
        method, params = notification.method, notification.params
        other = reading.text(params.get("threadId"))
        if other and self._thread and other != self._thread:
            return []  # a thread of an agent of the agent's
        handler = self._handlers.get(method)
        if handler is not None:
            return handler(params, line, now)
        if method in _NOTICES:
            return self._warning(params, now)
        if method.startswith("item/") and reading.text(params.get("itemId")):
            self.works_again()
            grown = self._items.grow(method, params, now)
            if grown or method.startswith(("item/agent", "item/plan", "item/reasoning", "item/command")):
                return grown
        return [] if method.startswith(_SILENT_PREFIXES) else self.book.raw(line, now)

    def _item(self, params: dict[str, Any], line: bytes, now: float, *, whole: bool) -> list[Effect]:
        self.works_again()
        return self._items.take(reading.mapping(params.get("item")), line, now, whole=whole)

    def _turn_started(self, params: dict[str, Any], line: bytes, now: float) -> list[Effect]:
        return self._know_turn(reading.mapping(params.get("turn")))

    def _plan_updated(self, params: dict[str, Any], line: bytes, now: float) -> list[Effect]:
        items = tuple(
            PlanItem(
                text=one_line(reading.text(step.get("step"))),
                status=_PLAN.get(reading.text(step.get("status")), "pending"),
            )
            for step in reading.dicts(params.get("plan"), PLAN_LIMIT)
        )
        text = reading.as_json(reading.text(params.get("explanation")), 16 * 1024)
        if self._plan:
            return self.book.change(self._plan, plan=items, text=text)
        self._plan, effects = self.book.add(EntryKind.PLAN, now, plan=items, text=text)
        return effects

    def _usage_updated(self, params: dict[str, Any], line: bytes, now: float) -> list[Effect]:
        self._quota.used(reading.mapping(params.get("tokenUsage")), begun=bool(self._turn))
        return []

    def _limits_updated(self, params: dict[str, Any], line: bytes, now: float) -> list[Effect]:
        return self._quota.windows(reading.mapping(params.get("rateLimits")), now)

    def _resolved(self, params: dict[str, Any], line: bytes, now: float) -> list[Effect]:
        key = rpc.key_of(params.get("requestId"))
        return self.requests.withdraw(now, tell=False, key=key) if self.requests.waits(key) else []

    def _warning(self, params: dict[str, Any], now: float) -> list[Effect]:
        said = reading.text(params.get("message")) or reading.text(params.get("summary"))
        if not said or any(word in said for word in _QUIET_WARNINGS):
            return []
        return self.book.note(one_line(said, 1000), now)

    def _error(self, params: dict[str, Any], line: bytes, now: float) -> list[Effect]:
        error = reading.mapping(params.get("error"))
        words = _error_words(error)
        effects = self._limited(error, words, now)
        if params.get("willRetry") is True:
            return effects + self.retrying(words, now)
        self._last_error = words
        return effects

    def _limited(self, error: dict[str, Any], words: str, now: float) -> list[Effect]:
        info = reading.as_json(error.get("codexErrorInfo"), 500)
        limited = "imitExceeded" in info or '"httpStatusCode": 429' in info
        if limited or "429" in words:
            return self.limits.tell(words, now, self._quota.reset_at)
        return self.limits.look(words, now)

    def _turn_completed(self, params: dict[str, Any], line: bytes, now: float) -> list[Effect]:
        turn = reading.mapping(params.get("turn"))
        if self.over or (self._turn and reading.text(turn.get("id")) not in ("", self._turn)):
            return []
        status, error = turn.get("status"), reading.mapping(turn.get("error"))
        if self.cancelled:
            return self.end(ProcessStatus.KILLED, outcome.CANCELLED_REASON, now)
        words = _error_words(error) if error else self._last_error
        if status == "completed" and not words:
            return self.doubts(now) + self.end(ProcessStatus.COMPLETED, "", now)
        if status == "interrupted" and not words:
            return self.end(ProcessStatus.KILLED, "the agent was interrupted", now)
        reason = words or f"the agent failed ({reading.as_json(status, 40)})"
        return self._limited(error, words, now) + self.fail(one_line(reason, 1000), now, reason)

    def spent(self, now: float) -> list[Effect]:
        return self._quota.report(self.book, now)


def _error_words(error: dict[str, Any]) -> str:
    message = clean(reading.text(error.get("message"))).strip()[:4000]
    details = clean(reading.text(error.get("additionalDetails"))).strip()[:4000]
    return f"{message}\n{details}" if details and details not in message else message


def _without_session(request: TurnRequest) -> TurnRequest:
    return replace(request, agent_session_id="")
