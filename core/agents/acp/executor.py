"""A profile of an agent that speaks the Agent Client Protocol."""

from __future__ import annotations

from dataclasses import dataclass

from core.agents.driver import Driver, Launch, TurnRequest
from core.agents.profile import Profile


@dataclass(frozen=True)
class AcpExecutor(Profile):
    """How such an agent is started (see `core.agents.driver.Executor`)."""

    kind: str = "acp"

    def launch(self, request: TurnRequest, *, contained: bool) -> Launch:
        return Launch(self.program(contained), self.variables(contained))

    def driver(self, request: TurnRequest) -> Driver:
        # Loaded with the first turn: an engine starts sooner without the languages that nobody speaks yet.
        from core.agents.acp.driver import AcpDriver

        return AcpDriver(
            request, agent=self.title, install_hint=self.install_hint(), model=self.model, mode=self.mode
        )
