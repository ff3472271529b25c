"""Any command as an agent: a template with `{prompt}`, plain text for output, the exit code for a verdict.

The prompt stands in an argument of its own and on standard input, never in a shell's command line.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.agents.attachments import with_names
from core.agents.complaints import Complaints
from core.agents.driver import NO_VALUES, Driver, Effect, Launch, TurnEnded, TurnRequest
from core.agents.entries import EntryBook
from core.agents.profile import Profile
from core.agents.text import clean, one_line, tail
from core.errors import AgentError
from core.values.conversation import EntryKind
from core.values.states import ProcessStatus

PLACEHOLDER = "{prompt}"
ARGUMENT_LIMIT = 120 * 1024
"""Bytes of one argument; Linux takes 128 KiB (execve(2), MAX_ARG_STRLEN)."""
OUTPUT_LIMIT = 64 * 1024
"""Characters that the conversation keeps: what is read replaces the entry, so more would cost a lot."""
LET_GO = OUTPUT_LIMIT // 4
"""Characters that go at once when there are too many: what stays then only grows, and is told by its end."""
SUMMARY_LIMIT = 4000
COMMAND_NOT_FOUND = 127
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\^_=>])")


@dataclass(frozen=True)
class CommandExecutor(Profile):
    """How such a command is started (see `core.agents.driver.Executor`)."""

    kind: str = "command"

    def launch(self, request: TurnRequest, *, contained: bool) -> Launch:
        """
        Raises:
            AgentError: The prompt is too long for an argument.
        """
        prompt = clean(request.prompt)
        prompt = with_names(prompt, request.attachments)
        argv = tuple(filled(part, prompt, self.name) for part in self.program(contained))
        return Launch(argv, self.variables(contained), prompt.encode())

    def driver(self, request: TurnRequest) -> Driver:
        return CommandDriver(request, install_hint=self.install_hint())


def filled(part: str, prompt: str, name: str) -> str:
    """One argument with the prompt in it.

    Raises:
        AgentError: It is too long for an argument.
    """
    if PLACEHOLDER not in part:
        return part
    if part.startswith(PLACEHOLDER) and prompt.startswith("-"):
        prompt = f" {prompt}"  # a prompt that begins like an option must not become one
    filled = part.replace(PLACEHOLDER, prompt)
    if len(filled.encode()) > ARGUMENT_LIMIT:
        raise AgentError(
            f"the prompt is too long for an argument of the agent {name!r}",
            hint=f"Leave {PLACEHOLDER} out of the command: standard input has the prompt too.",
        )
    return filled


class CommandDriver:
    """One run of a command (see `core.agents.driver.Driver`)."""

    def __init__(self, request: TurnRequest, *, install_hint: str = "") -> None:
        self._request = request
        self._install_hint = install_hint
        self._book = EntryBook(request.process_id)
        self._complaints = Complaints()
        self._entry = ""
        self._output = LastLines()
        self._over = False

    def begin(self) -> list[Effect]:
        started = self._request.started_at
        return self._book.add(
            EntryKind.USER, started, text=clean(self._request.prompt), ended_at=started
        )[1]  # fmt: skip

    def receive(self, line: bytes, now: float) -> list[Effect]:
        self._output.append(_plain(line[-4 * OUTPUT_LIMIT :]))
        if self._entry:
            return []
        self._entry, effects = self._book.add(EntryKind.MESSAGE, now)
        return effects

    def flush(self) -> list[Effect]:
        return self._book.change(self._entry, text=self._output.text)

    def complain(self, line: bytes, now: float) -> list[Effect]:
        self._complaints.add(line)
        return []

    def answer(
        self, key: str, option_id: str, now: float, values: Mapping[str, Any] = NO_VALUES
    ) -> list[Effect]:
        return []

    def set_mode(self, mode: str, now: float) -> list[Effect]:
        return []  # such an agent has none

    def cancel(self, now: float) -> list[Effect]:
        """A command has no polite way to stop: the turn is over, and what ends it is a signal."""
        return self._end(ProcessStatus.KILLED, "cancelled", now)

    def exited(self, exit_code: int, now: float) -> list[Effect]:
        if self._over:
            return []
        if exit_code == 0:
            return self._end(ProcessStatus.COMPLETED, "", now)
        complaints = self._complaints.text
        if exit_code == COMMAND_NOT_FOUND and self._install_hint:
            complaints = f"{complaints}\n{self._install_hint}".strip()
        reason = "the command was lost" if exit_code < 0 else f"the command exited with code {exit_code}"
        text = f"{reason}\n\n{complaints}".strip()
        last = complaints.rpartition("\n")[2]
        failed = self._book.note(text, now, EntryKind.ERROR)
        return failed + self._end(
            ProcessStatus.FAILED, one_line(f"{reason}: {last}" if last else reason), now
        )

    def _end(self, status: ProcessStatus, reason: str, now: float) -> list[Effect]:
        if self._over:
            return []
        self._over = True
        text = self._output.text
        said = self._book.change(self._entry, text=text, ended_at=now)
        return [*said, TurnEnded(status, reason, tail(text.strip(), SUMMARY_LIMIT))]


class LastLines:
    """The last lines of an output, `OUTPUT_LIMIT` characters at most; which they are does not depend on
    how the output was cut into readings, so that a turn is rebuilt as it was told.
    """

    def __init__(self) -> None:
        self._lines: deque[str] = deque()
        self._size = -1  # the first line has no line end in front

    def append(self, line: str) -> None:
        self._lines.append(line)
        self._size += len(line) + 1
        if self._size > OUTPUT_LIMIT:
            self._let_go()

    def _let_go(self) -> None:
        kept = OUTPUT_LIMIT - LET_GO
        while self._size > kept and len(self._lines) > 1:
            self._size -= len(self._lines.popleft()) + 1
        if self._size > kept:
            self._lines[0] = self._lines[0][-kept:]
            self._size = kept

    @property
    def text(self) -> str:
        return "\n".join(self._lines)


def _plain(line: bytes) -> str:
    """A line as text: without colours, and of a line that was written over only the last writing."""
    text = _ESCAPES.sub("", line.decode("utf-8", "replace")).rstrip("\r")
    return clean(text.rpartition("\r")[2])
