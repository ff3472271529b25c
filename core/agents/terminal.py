"""Agents that only have a full-screen interface: the engine gives them a screen, and people look at it.

What such an agent writes is a drawing, not a conversation: the conversation holds the prompt and where
the screen is to be found. The exit code is the verdict.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.agents.attachments import with_names
from core.agents.command import PLACEHOLDER, filled
from core.agents.driver import NO_VALUES, Driver, Effect, Launch, TurnEnded, TurnRequest
from core.agents.native import NativeTurn
from core.agents.profile import Profile
from core.agents.text import clean
from core.values.states import ProcessStatus

SCREEN_WORDS = (
    "The agent works on a screen of its own. Attach to it to see and to steer it; ctrl+] leaves it."
)


@dataclass(frozen=True)
class TerminalExecutor(Profile):
    """How such an agent is started (see `core.agents.driver.Executor`).

    A prompt goes into an argument with `{prompt}`; without one it is typed once the screen stands still.
    """

    kind: str = "terminal"

    def launch(self, request: TurnRequest, *, contained: bool) -> Launch:
        """
        Raises:
            AgentError: The prompt is too long for an argument.
        """
        program = self.program(contained)
        prompt = with_names(clean(request.prompt), request.attachments)
        argv = tuple(filled(part, prompt, self.name) for part in program)
        typed = b"" if any(PLACEHOLDER in part for part in program) else prompt.encode()
        return Launch(argv, self.variables(contained), typed)

    def driver(self, request: TurnRequest) -> Driver:
        return TerminalDriver(request, agent=self.title, install_hint=self.install_hint())


class TerminalDriver(NativeTurn):
    """One run of such an agent (see `core.agents.driver.Driver`)."""

    def begin(self) -> list[Effect]:
        return [*self.shown_prompt(), *self.book.note(SCREEN_WORDS, self.request.started_at)]

    def receive(self, line: bytes, now: float) -> list[Effect]:
        return []

    def answer(
        self, key: str, option_id: str, now: float, values: Mapping[str, Any] = NO_VALUES
    ) -> list[Effect]:
        return []

    def set_mode(self, mode: str, now: float) -> list[Effect]:
        return []  # such an agent has none

    def cancel(self, now: float) -> list[Effect]:
        """A screen has no polite way to stop: the turn is over, and what ends it is a signal."""
        if self.over:
            return []
        self.over = True
        return [TurnEnded(ProcessStatus.KILLED, "cancelled")]

    def exited(self, exit_code: int, now: float) -> list[Effect]:
        if self.over or exit_code:
            return super().exited(exit_code, now)
        self.over = True
        return [TurnEnded(ProcessStatus.COMPLETED)]
