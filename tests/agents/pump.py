"""Runs an agent as a child process and connects it to its driver, as the engine does with run directories."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.agents.driver import (
    AgentSession,
    AskApproval,
    CloseInput,
    Commands,
    Driver,
    Effect,
    Executor,
    RateLimited,
    Send,
    TurnEnded,
    TurnRequest,
    UsageReport,
    WithdrawApproval,
)
from core.supervision.transcript import Transcript
from core.values.conversation import AgentCommand, Entry, EntryKind

Decide = Callable[[AskApproval], str | None]


def allow(ask: AskApproval) -> str | None:
    return next(option.id for option in ask.options if option.kind == "allow_once")


def reject(ask: AskApproval) -> str | None:
    return next(option.id for option in ask.options if option.kind == "reject_once")


def wait(ask: AskApproval) -> str | None:
    """Leaves the request unanswered."""
    return None


@dataclass
class Played:
    """What happened in a turn."""

    transcript: Transcript
    asked: list[AskApproval] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)
    sent: list[bytes] = field(default_factory=list)
    usage: list[UsageReport] = field(default_factory=list)
    limits: list[RateLimited] = field(default_factory=list)
    commands: tuple[AgentCommand, ...] = ()
    session: str = ""
    exit_code: int | None = None
    errors: str = ""

    @property
    def ended(self) -> TurnEnded:
        assert self.transcript.ended is not None
        return self.transcript.ended

    @property
    def entries(self) -> list[Entry]:
        return sorted(self.transcript.entries.values(), key=lambda entry: entry.order)

    def of_kind(self, kind: EntryKind) -> list[Entry]:
        return [entry for entry in self.entries if entry.kind is kind]

    def text(self) -> str:
        """All that the agent said."""
        return "\n".join(entry.text for entry in self.of_kind(EntryKind.MESSAGE))


class Pump:
    """One process and its driver."""

    def __init__(self, driver: Driver, decide: Decide, cancel_when: Callable[[Played], bool] | None) -> None:
        self.played = Played(Transcript(driver))
        self._decide = decide
        self._cancel_when = cancel_when
        self._stdin: asyncio.StreamWriter | None = None

    async def run(self, argv: tuple[str, ...], cwd: Path, env: dict[str, str], stdin: bytes | None) -> Played:
        process = await asyncio.create_subprocess_exec(
            *argv, cwd=cwd, env=env, stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        assert process.stdin and process.stdout and process.stderr
        self._stdin = process.stdin
        complaints = asyncio.create_task(process.stderr.read())
        try:
            await self._carry_out(self.played.transcript.begin())
            if stdin is not None:
                process.stdin.write(stdin)
                process.stdin.close()
            while chunk := await process.stdout.read(65536):
                await self._carry_out(self.played.transcript.output(chunk, time.time()))
                await self._maybe_cancel()
            await self._finish(await process.wait(), await complaints)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
            process.stdin.close()
        return self.played

    async def _finish(self, code: int, complaints: bytes) -> None:
        transcript, now = self.played.transcript, time.time()
        self.played.errors, self.played.exit_code = complaints.decode(errors="replace"), code
        transcript.errors(complaints, now)
        await self._carry_out(transcript.lines(transcript.out.rest(), now))
        await self._carry_out(transcript.note(transcript.driver.exited(code, now)))

    async def _maybe_cancel(self) -> None:
        if self._cancel_when is not None and self._cancel_when(self.played):
            self._cancel_when = None
            transcript = self.played.transcript
            await self._carry_out(transcript.note(transcript.driver.cancel(time.time())))

    async def _carry_out(self, effects: list[Effect]) -> None:
        for effect in effects:
            await self._do(effect)

    async def _do(self, effect: Effect) -> None:
        assert self._stdin is not None
        match effect:
            case Send(data=data):
                self.played.sent.append(data)
                if not self._stdin.is_closing():
                    self._stdin.write(data)
                    await self._stdin.drain()
            case CloseInput():
                self._stdin.close()
            case AskApproval() as ask:
                self.played.asked.append(ask)
                option = self._decide(ask)
                if option is not None:
                    transcript = self.played.transcript
                    answer = transcript.driver.answer(ask.key, option, time.time())
                    await self._carry_out(transcript.note(answer))
            case WithdrawApproval(key=key):
                self.played.withdrawn.append(key)
            case AgentSession(id=session):
                self.played.session = session
            case UsageReport() as usage:
                self.played.usage.append(usage)
            case RateLimited() as limit:
                self.played.limits.append(limit)
            case Commands(commands=commands):
                self.played.commands = commands
            case _:
                pass  # entries and the end are kept by the transcript


async def play(
    executor: Executor,
    prompt: str,
    cwd: Path,
    *,
    env: dict[str, str],
    session: str = "",
    decide: Decide = allow,
    cancel_when: Callable[[Played], bool] | None = None,
    **launch: Any,
) -> Played:
    """One whole turn of an executor on this machine, from start to exit."""
    request = TurnRequest("p1", prompt, str(cwd), session, time.time())
    command = executor.launch(request, contained=False)
    pump = Pump(executor.driver(request), decide, cancel_when)
    async with asyncio.timeout(launch.get("seconds", 120)):
        return await pump.run(command.argv, cwd, {**env, **command.env}, command.stdin)
