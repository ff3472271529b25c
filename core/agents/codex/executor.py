"""A profile of Codex, spoken to over its app server."""

from __future__ import annotations

from dataclasses import dataclass

from core.agents.codex.driver import CodexDriver
from core.agents.driver import Driver, Launch, TurnRequest
from core.agents.profile import Profile


@dataclass(frozen=True)
class CodexExecutor(Profile):
    """How it is started (see `core.agents.driver.Executor`)."""

    kind: str = "codex"

    def launch(self, request: TurnRequest, *, contained: bool) -> Launch:
        return Launch((*self.program(contained), "app-server"), self.variables(contained))

    def driver(self, request: TurnRequest) -> Driver:
        return CodexDriver(
            request, agent=self.title, install_hint=self.install_hint(), model=self.model, mode=self.mode
        )
