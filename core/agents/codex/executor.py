"""A profile of Codex, spoken to over its app server."""

from __future__ import annotations

import json
from dataclasses import dataclass

from core.agents.driver import Driver, Launch, TurnRequest
from core.agents.profile import TOOLS, Profile


@dataclass(frozen=True)
class CodexExecutor(Profile):
    """How it is started (see `core.agents.driver.Executor`)."""

    kind: str = "codex"

    def launch(self, request: TurnRequest, *, contained: bool) -> Launch:
        more: tuple[str, ...] = ()
        if request.tools:
            command, args = json.dumps(request.tools[0]), json.dumps(request.tools[1:])  # as in TOML
            more = ("-c", f"mcp_servers.{TOOLS}.command={command}", "-c", f"mcp_servers.{TOOLS}.args={args}")
        return Launch((*self.program(contained), "app-server", *more), self.variables(contained))

    def driver(self, request: TurnRequest) -> Driver:
        # Loaded with the first turn: an engine starts sooner without the languages that nobody speaks yet.
        from core.agents.codex.driver import CodexDriver

        return CodexDriver(
            request, agent=self.title, install_hint=self.install_hint(), model=self.model, mode=self.mode
        )
