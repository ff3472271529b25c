"""What an agent asks its client to do for it: files read and written, commands run in terminals.

Values only. A driver makes them of its protocol's messages, the engine carries them out where the agent
works and nowhere else, and gives the outcome back by `Driver.answer` with the option `DONE` or `REFUSED`.
"""

from __future__ import annotations

from dataclasses import dataclass

DONE, REFUSED = "done", "refused"
"""The options of an answer: its values hold what came of it, or `message`: why nothing did."""


@dataclass(frozen=True)
class ReadTextFile:
    """Answered with `content`."""

    path: str
    line: int = 1
    """The first line wanted, counted from 1."""
    limit: int | None = None
    """How many lines; None: all."""


@dataclass(frozen=True)
class WriteTextFile:
    path: str
    content: str


@dataclass(frozen=True)
class CreateTerminal:
    """Answered with `terminal`, its id."""

    argv: tuple[str, ...]
    cwd: str = ""
    env: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class TerminalOutput:
    """Answered with `output`, `truncated`, and `code` once the command has ended."""

    terminal: str
    limit: int


@dataclass(frozen=True)
class WaitForTerminalExit:
    """Answered as `TerminalOutput` is, when the command has ended."""

    terminal: str
    limit: int


@dataclass(frozen=True)
class KillTerminal:
    """Answered as `TerminalOutput` is, when the command has ended; its terminal can still be read."""

    terminal: str
    limit: int


ClientRequest = (
    ReadTextFile | WriteTextFile | CreateTerminal | TerminalOutput | WaitForTerminalExit | KillTerminal
)
