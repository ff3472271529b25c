"""A turn while it runs: the transcript's effects carried out, each recorded before it happens."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence, Set
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import msgspec

from core.agents.client_requests import DONE, REFUSED
from core.agents.driver import (
    NO_VALUES,
    AgentSession,
    AskApproval,
    Choice,
    CloseInput,
    Commands,
    Effect,
    Modes,
    Perform,
    RateLimited,
    Send,
    TurnEnded,
    Upsert,
    UsageReport,
    WithdrawApproval,
)
from core.errors import BoatyardError
from core.supervision.crash import crash_point
from core.supervision.journal import Journal, Record
from core.supervision.transcript import Read, Transcript, replay
from core.values.conversation import AgentCommand, AgentModes, Entry

log = logging.getLogger(__name__)

WORTH_A_DELTA = 512
"""Characters from which on only the growth of a text is told."""


class TurnKeeper(Protocol):
    """What a turn's effects change outside of the turn: database rows and events."""

    async def entries_changed(self, process_id: str) -> None: ...

    async def approval_asked(self, process_id: str, ask: AskApproval) -> Choice | None:
        """Records the request; returns what to answer at once by policy, or None to wait."""
        ...

    async def approval_withdrawn(self, process_id: str, key: str) -> None: ...

    async def session_known(self, process_id: str, agent_session_id: str) -> None: ...

    async def usage_reported(self, process_id: str, usage: UsageReport) -> None: ...

    async def rate_limited(self, process_id: str, limit: RateLimited) -> None: ...

    async def commands_known(self, process_id: str, commands: tuple[AgentCommand, ...]) -> None: ...

    async def modes_known(self, process_id: str, modes: AgentModes) -> None: ...

    async def perform(self, process_id: str, wanted: Perform) -> Mapping[str, Any]:
        """Does what the agent wants done where it works; returns what came of it.

        Raises:
            BoatyardError: It was refused, or failed; the message is for the agent.
        """
        ...


async def _not_known() -> int | None:
    return None


@dataclass(frozen=True)
class Line:
    """How to reach the agent's standard input."""

    write: Callable[[bytes], Awaitable[None]]
    close: Callable[[], Awaitable[None]]
    given: Callable[[], Awaitable[int | None]] = _not_known
    """How many bytes have been written in all, by whichever engine; None where that is not known."""


class LiveTurn:
    """One running turn. All methods are called on the event loop, one at a time."""

    def __init__(
        self, process_id: str, transcript: Transcript, journal: Journal, line: Line, keeper: TurnKeeper
    ) -> None:
        self.process_id = process_id
        self.transcript = transcript
        self._changed: set[str] = set()
        self._told: dict[str, str] = {}
        self.input_closed = asyncio.Event()
        self.over = asyncio.Event()
        self.known = asyncio.Event()
        """Set when the driver knows what happened before; no decision means anything to it sooner."""
        self._journal = journal
        self._line = line
        self._keeper = keeper
        self._turn = asyncio.Lock()
        self._answering = False
        self._performing: set[asyncio.Task[None]] = set()

    @property
    def entries(self) -> dict[str, Entry]:
        return self.transcript.entries

    def untold(self) -> list[tuple[Entry, int]]:
        """The entries that clients have not been told of, in order, each only from where it has grown.

        The number says how many characters of the text that was told before stay in front.
        """
        changed, self._changed = self._changed, set()
        entries = sorted((self.entries[key] for key in changed), key=lambda entry: entry.order)
        return [self._growth(entry) for entry in entries]

    def _growth(self, entry: Entry) -> tuple[Entry, int]:
        before = self._told.get(entry.id, "")
        self._told[entry.id] = entry.text
        if len(before) < WORTH_A_DELTA or not entry.text.startswith(before):
            return entry, 0
        return msgspec.structs.replace(entry, text=entry.text[len(before) :]), len(before)

    async def begin(self) -> None:
        """The process has just been started."""
        async with self._turn, self._becoming_known():
            await self._carry_out(self.transcript.begin())

    async def resume(self, read: Read, started_at: float) -> tuple[int, int]:
        """Takes over a process that another engine started.

        Returns:
            How much of standard output and of standard error has been read; go on from there.
        """
        async with self._turn, self._becoming_known():
            records = await asyncio.to_thread(lambda: list(self._journal.records()))
            sends = [record for record in records if record.kind == "sent"]
            effects = await asyncio.to_thread(replay, self.transcript, records, read, started_at)
            done = [effect for effect in effects if isinstance(effect, Send)][: len(sends)]
            if len(done) == len(sends) > 0 and (missing := await self._missing(sends)):
                await self._line.write(done[-1].data[-missing:])
            told = {record.key for record in records if record.kind == "answer"}
            await self._carry_out(_undone(effects, len(sends), told))
            return self.transcript.out.fed, self.transcript.err.fed

    @asynccontextmanager
    async def _becoming_known(self) -> AsyncIterator[None]:
        try:
            yield
        finally:
            self.known.set()  # after a failure, too: who waits to decide must not wait for ever

    async def _missing(self, sends: Sequence[Record]) -> int:
        """Bytes of the last recorded send that were not written when its engine died."""
        given = await self._line.given()
        missing = sum(record.size for record in sends) - (given or 0)
        return missing if given is not None and 0 < missing <= sends[-1].size else 0

    async def output(self, chunk: bytes) -> None:
        """Standard output has grown by `chunk`."""
        async with self._turn:
            now = time.time()
            self._journal.mark(self.transcript.out.consumed, now)
            await self._carry_out(self.transcript.output(chunk, now))

    async def errors(self, chunk: bytes) -> None:
        """Standard error has grown by `chunk`."""
        async with self._turn:
            await self._carry_out(self.transcript.errors(chunk, time.time()))

    async def answer(self, key: str, option_id: str, values: Mapping[str, Any] = NO_VALUES) -> None:
        """The user, or a policy, has decided; waits until a turn that is being taken over is known."""
        await self.known.wait()
        async with self._turn:
            await self._decide(self._answered(key, Choice(option_id, values)))

    async def cancel(self) -> None:
        """The user wants the turn to end; waits as `answer` does."""
        await self.known.wait()
        async with self._turn:
            await self._decide(Record("cancel", self._at(), time.time()))

    async def set_mode(self, mode: str) -> None:
        """The user wants the agent to work in another mode; waits as `answer` does."""
        await self.known.wait()
        async with self._turn:
            await self._decide(Record("mode", self._at(), time.time(), option=mode))

    async def exited(self, code: int) -> None:
        """The process is gone and all its output has been fed."""
        async with self._turn:
            await self._decide(Record("exited", self._at(), time.time(), code=code))
            self.over.set()
            self.close()

    def close(self) -> None:
        """Nothing is done for the agent any more; the next engine does it again where the turn goes on."""
        for task in self._performing:
            task.cancel()

    def _at(self) -> int:
        return self.transcript.out.consumed

    async def _decide(self, record: Record) -> None:
        await self._carry_out(self._apply(record))

    def _answered(self, key: str, choice: Choice) -> Record:
        values = dict(choice.values) or None
        return Record("answer", self._at(), time.time(), key=key, option=choice.option, values=values)

    def _apply(self, record: Record) -> list[Effect]:
        self._journal.append(record)
        self._answering = record.kind == "answer"
        crash_point(record.kind, "journalled")
        return self.transcript.apply(record)

    async def _carry_out(self, effects: Sequence[Effect]) -> None:
        """Does what the effects say, in the order in which a replay gives them too.

        What a policy's answer leads to comes last: by then the driver had been fed the whole chunk.
        """
        left = deque(effects)
        while left:
            left.extend(await self._do(left.popleft()))
        self._answering = False

    async def _do(self, effect: Effect) -> list[Effect]:
        """Carries out one effect; returns the effects of a decision that was made about it."""
        match effect:
            case Upsert(entry=entry):
                self._changed.add(entry.id)
                await self._keeper.entries_changed(self.process_id)
            case Send(data=data):
                await self._send(data)
            case AskApproval() as ask:
                chosen = await self._keeper.approval_asked(self.process_id, ask)
                if chosen is not None:
                    return self._apply(self._answered(ask.key, chosen))
            case WithdrawApproval(key=key):
                await self._keeper.approval_withdrawn(self.process_id, key)
            case AgentSession(id=agent_session_id):
                await self._keeper.session_known(self.process_id, agent_session_id)
            case UsageReport() as usage:
                await self._keeper.usage_reported(self.process_id, usage)
            case RateLimited() as limit:
                await self._keeper.rate_limited(self.process_id, limit)
            case Commands(commands=commands):
                await self._keeper.commands_known(self.process_id, commands)
            case Modes(modes=modes):
                await self._keeper.modes_known(self.process_id, modes)
            case Perform() as wanted:
                task = asyncio.create_task(self._perform(wanted))
                self._performing.add(task)
                task.add_done_callback(self._performing.discard)
            case CloseInput():
                self.input_closed.set()
                await self._line.close()
            case TurnEnded():
                self.over.set()
        return []

    async def _perform(self, wanted: Perform) -> None:
        """Has something done beside the turn, and tells the agent what came of it."""
        option, values = DONE, NO_VALUES
        try:
            values = await self._keeper.perform(self.process_id, wanted)
        except BoatyardError as error:
            option, values = REFUSED, {"message": error.message}
        except Exception:  # the boundary of one request: the agent must not wait for ever
            log.exception("what the agent of %s asked for", self.process_id)
            option, values = REFUSED, {"message": "the client failed"}
        if not self.over.is_set():
            await self.answer(wanted.key, option, values)

    async def _send(self, data: bytes) -> None:
        self._journal.append(Record("sent", self._at(), time.time(), size=len(data)))
        crash_point("send", "journalled")
        if self._answering:
            crash_point("answer", "unsent")
        await self._line.write(data)
        if self._answering:
            crash_point("answer", "sent")


def _undone(effects: Sequence[Effect], sends_done: int, told: Set[str]) -> list[Effect]:
    """The effects of a replay without the sends that were made, and what was performed and told of."""
    left: list[Effect] = []
    for effect in effects:
        if isinstance(effect, Perform) and effect.key in told:
            continue
        if isinstance(effect, Send) and sends_done > 0:
            sends_done -= 1
        else:
            left.append(effect)
    return left
