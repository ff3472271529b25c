"""A process that runs now, with what the engine holds of it in memory."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

from core.errors import BoatyardError
from core.processes.run_directory import RunDirectory
from core.runners.runner import Environment, Runner
from core.supervision.pulse import Pulse
from core.supervision.turn import LiveTurn

ENDING_SECONDS = 2.0
"""How long a process whose input is closed may take to be seen to have ended."""
ENDING_LOOKS = 40
SETTLING_SECONDS = 0.05
"""Within it `tee` writes down what it has read."""


@dataclass
class LiveProcess:
    """What the supervisor needs to watch, steer and end one process."""

    id: str
    workspace: str
    session_id: str
    run: RunDirectory
    runner: Runner
    environment: Environment
    turn: LiveTurn | None = None
    stop_requested: bool = False
    stop_reason: str = ""
    """Why, for people; empty: the user wanted it."""
    finished: bool = False
    """Its end is being recorded, or has been."""
    growth: Pulse | None = None
    size: int = 0
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the process is there, or will never be: only then can it be ended."""
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the end is in the database."""
    output_ended: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the process is gone and all its output has been read."""
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    async def write_input(self, data: bytes) -> None:
        """Writes to the process's standard input; one that has ended meanwhile needs nothing any more.

        Raises:
            ConflictError: It lives and does not take it.
        """
        try:
            await self.run.write_input(data)
        except BoatyardError:
            if not await self._ends():
                raise

    async def input_given(self) -> int | None:
        """Bytes that the process was given on standard input, once nothing is under way; None: not known."""
        before, given = None, await asyncio.to_thread(self.run.input_given)
        while given is not None and given != before:
            await asyncio.sleep(SETTLING_SECONDS)
            before, given = given, await asyncio.to_thread(self.run.input_given)
        return given

    async def _ends(self) -> bool:
        """Whether the process has ended: its input closes a moment before its exit code is written down."""
        for _ in range(ENDING_LOOKS):
            if self.output_ended.is_set() or self.run.exit_code() is not None:
                return True
            await asyncio.sleep(ENDING_SECONDS / ENDING_LOOKS)
        return False


def run_directory(environment: Environment, process_id: str) -> RunDirectory:
    """Where a process of a workspace has its files."""
    return RunDirectory(environment.root / "runs" / process_id)


def journal_path(environment: Environment, process_id: str) -> Path:
    """Where the engine keeps what went into a turn; no sandbox sees this folder."""
    return environment.root / "journal" / f"{process_id}.jsonl"
