"""A profile of Claude Code, spoken to natively."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from core.agents.driver import Driver, Launch, TurnRequest
from core.agents.profile import TOOLS, Profile

_STREAM = (
    "-p", "--input-format", "stream-json", "--output-format", "stream-json", "--verbose",
    "--include-partial-messages", "--permission-prompt-tool", "stdio",
)  # fmt: skip


@dataclass(frozen=True)
class ClaudeExecutor(Profile):
    """How it is started (see `core.agents.driver.Executor`)."""

    contained_env: dict[str, str] = field(default_factory=lambda: {"IS_SANDBOX": "1"})
    """Without it, it refuses its modes that ask nothing to root, which is who works in a container."""
    kind: str = "claude"

    def launch(self, request: TurnRequest, *, contained: bool) -> Launch:
        more = [*_STREAM]
        if request.tools:
            server = {"command": request.tools[0], "args": list(request.tools[1:])}
            more += ["--mcp-config", json.dumps({"mcpServers": {TOOLS: server}})]
        if self.model:
            more += ["--model", self.model]
        if mode := request.mode or self.mode:
            more += ["--permission-mode", mode]
        if request.agent_session_id:
            more += ["--resume", request.agent_session_id]
        return Launch((*self.program(contained), *more), self.variables(contained))

    def driver(self, request: TurnRequest) -> Driver:
        # Loaded with the first turn: an engine starts sooner without the languages that nobody speaks yet.
        from core.agents.claude.driver import ClaudeDriver

        return ClaudeDriver(request, agent=self.title, install_hint=self.install_hint())
