"""What an executor is to the engine: a state machine without input or output of its own.

The engine feeds a driver the lines that the agent's process wrote and what the user decided; the driver
answers with effects. Because a driver does nothing by itself and decides by its inputs alone, an engine
that takes over a running process rebuilds the driver by feeding it the recorded inputs again, in order,
and skips the sends that were made before. The same replay gives the conversation of an old turn.

The engine's part of the bargain: inputs are recorded with the place in the output at which they came,
and a send is recorded before it is made.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from core.agents.client_requests import ClientRequest
from core.values.conversation import AgentCommand, AgentModes, Attachment, Entry
from core.values.entities import ApprovalOption, FormField
from core.values.states import ProcessStatus


@dataclass(frozen=True)
class Send:
    """Write these bytes to the agent's standard input."""

    data: bytes


@dataclass(frozen=True)
class CloseInput:
    """End the agent's standard input: it is asked to finish and exit."""


@dataclass(frozen=True)
class Upsert:
    """An entry is new, or replaces the one with the same id."""

    entry: Entry


@dataclass(frozen=True)
class AskApproval:
    """The agent waits for the user's decision."""

    key: str
    """The driver's own name for the request; comes back in `Driver.answer`."""
    title: str
    detail: str
    options: tuple[ApprovalOption, ...]
    tool_kind: str = ""
    """`edit`, `execute`, … as the agent calls what it wants to do; policies go by it."""
    question: bool = False
    """True when this asks the user something rather than for permission: never approved automatically."""
    form: tuple[FormField, ...] = ()
    """What the user is asked to fill in; the answer's values come back in `Driver.answer`."""


@dataclass(frozen=True)
class Choice:
    """What was decided about a request."""

    option: str
    values: Mapping[str, Any] = field(default_factory=dict)
    """What was filled in, by the names of the form's fields."""


@dataclass(frozen=True)
class WithdrawApproval:
    """The request needs no answer any more."""

    key: str


@dataclass(frozen=True)
class AgentSession:
    """The agent's own id of its session, needed to resume it."""

    id: str


@dataclass(frozen=True)
class UsageReport:
    input_tokens: int | None = None
    output_tokens: int | None = None
    cost_usd: float | None = None


@dataclass(frozen=True)
class RateLimited:
    """The model's provider lets no more through for now; told anew when the agent says more of it."""

    reset_at: float | None
    """When it will again, in seconds since 1970 UTC; None where nobody said."""
    text: str
    """What the agent said of it, for people."""


@dataclass(frozen=True)
class Commands:
    """The agent's own commands, which a prompt can begin with; a later list replaces an earlier one."""

    commands: tuple[AgentCommand, ...]


@dataclass(frozen=True)
class Modes:
    """The modes that the session can be in; told anew when it is in another one."""

    modes: AgentModes


@dataclass(frozen=True)
class TurnEnded:
    """The turn is over; the process may still run until its input is closed."""

    status: ProcessStatus
    reason: str = ""
    """Why it did not complete, for people."""
    summary: str = ""
    """The agent's final message."""


@dataclass(frozen=True)
class Perform:
    """The agent wants something done where it works; what came of it comes back in `Driver.answer`.

    Done again when an engine dies meanwhile, so it must be the same twice as once.
    """

    key: str
    """The driver's own name for it, different from all keys of approvals."""
    request: ClientRequest


Effect = (
    Send | CloseInput | Upsert | AskApproval | WithdrawApproval | AgentSession
    | UsageReport | RateLimited | Commands | Modes | Perform | TurnEnded
)  # fmt: skip

NO_VALUES: Mapping[str, Any] = {}


@dataclass(frozen=True)
class TurnRequest:
    """What a driver is made for."""

    process_id: str
    prompt: str
    cwd: str
    """Absolute path where the agent works, as the agent sees it."""
    agent_session_id: str = ""
    """The session to go on with; empty: a new one."""
    started_at: float = 0.0
    contained: bool = False
    """Whether it works inside of a sandbox of ours, where one of its own is of no use."""
    attachments: tuple[Attachment, ...] = ()
    """Files that go with the prompt."""
    mode: str = ""
    """The mode that the user has chosen for the session; empty: the profile's."""
    parts_past: bool = False
    """Whether what a loaded session tells of its past is told apart by a request. Turns of before that was
    known had none, and are rebuilt without."""
    tools: tuple[str, ...] = ()
    """The command of a server of the Model Context Protocol that the agent is told of; empty: of none."""


class Driver(Protocol):
    """One turn of one executor. Every method returns the effects in the order to carry them out."""

    def begin(self) -> list[Effect]:
        """The process has been started."""
        ...

    def receive(self, line: bytes, now: float) -> list[Effect]:
        """One line of standard output, without its end; anything may be in it, at any length."""
        ...

    def flush(self) -> list[Effect]:
        """All lines that were read together have been given: what was put off until now.

        The engine calls it after every run of `receive`, so a driver need not work out for each line what
        the next one replaces.
        """
        ...

    def complain(self, line: bytes, now: float) -> list[Effect]:
        """One line of standard error."""
        ...

    def answer(
        self, key: str, option_id: str, now: float, values: Mapping[str, Any] = NO_VALUES
    ) -> list[Effect]:
        """The user chose an option of an approval, or what was to be performed has been.

        An unknown key or option has no effect.

        Args:
            key: Which request.
            option_id: The option.
            now: When, in seconds since 1970 UTC.
            values: What the user filled in, by the names of the request's form fields.
        """
        ...

    def cancel(self, now: float) -> list[Effect]:
        """The user wants the turn to end: ask the agent politely."""
        ...

    def set_mode(self, mode: str, now: float) -> list[Effect]:
        """The user wants the agent to work in another mode from now on, or from the next turn on."""
        ...

    def exited(self, exit_code: int, now: float) -> list[Effect]:
        """The process has ended; after this, `TurnEnded` must have been given once in all."""
        ...


@dataclass(frozen=True)
class Launch:
    """The command that a profile makes of a turn."""

    argv: tuple[str, ...]
    env: dict[str, str] = field(default_factory=dict)
    stdin: bytes | None = None
    """All of standard input, or None when the driver sends it piece by piece."""


class Executor(Protocol):
    """An agent profile that can be started."""

    @property
    def name(self) -> str: ...

    @property
    def title(self) -> str: ...

    @property
    def kind(self) -> str:
        """`acp`, `claude`, `codex`, `command` or `terminal`."""
        ...

    @property
    def env(self) -> dict[str, str]:
        """Variables that the agent is given."""
        ...

    @property
    def model(self) -> str: ...

    @property
    def mode(self) -> str: ...

    @property
    def where(self) -> str:
        """`workspace`: in the workspace's environment; `host`: on this machine against the clone."""
        ...

    @property
    def demonstration(self) -> bool:
        """True when no model is behind it."""
        ...

    @property
    def approve(self) -> str:
        """What it may do unasked: `ask` (nothing), `edits` or `all`."""
        ...

    def launch(self, request: TurnRequest, *, contained: bool) -> Launch:
        """The command for a turn, on the host or in a container."""
        ...

    def driver(self, request: TurnRequest) -> Driver:
        """A fresh driver for the turn."""
        ...

    def probe_argv(self, *, contained: bool) -> tuple[str, ...]:
        """A command that succeeds where the agent is installed, such as `command -v claude-agent-acp`."""
        ...

    def install_hint(self) -> str:
        """What to do to get the agent, in a sentence."""
        ...


def approval_id(process_id: str, key: str) -> str:
    """The id that the request `key` of a process has as an approval.

    It follows from the two, so that a driver can name it in an entry, also when a turn is rebuilt.
    """
    return uuid.uuid5(uuid.NAMESPACE_OID, f"{process_id} {key}").hex


def as_document(effect: Effect) -> dict[str, Any]:
    """An effect as plain data, for logs and tests."""
    return {"effect": type(effect).__name__, **effect.__dict__}
