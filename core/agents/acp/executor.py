"""A profile of an agent that speaks the Agent Client Protocol."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.agents.acp.driver import AcpDriver
from core.agents.driver import Driver, Launch, TurnRequest


@dataclass(frozen=True)
class AcpExecutor:
    """How such an agent is started (see `core.agents.driver.Executor`)."""

    name: str
    title: str
    argv: tuple[str, ...]
    contained_argv: tuple[str, ...] = ()
    """The command in a container, where it is another one."""
    env: dict[str, str] = field(default_factory=dict)
    contained_env: dict[str, str] = field(default_factory=dict)
    """Variables that are set in containers only."""
    install: str = ""
    approve: str = "ask"
    demonstration: bool = False
    kind: str = "acp"

    def launch(self, request: TurnRequest, *, contained: bool) -> Launch:
        env = {**self.env, **self.contained_env} if contained else dict(self.env)
        return Launch(self._argv(contained), env)

    def driver(self, request: TurnRequest) -> Driver:
        return AcpDriver(request, agent=self.title, install_hint=self.install_hint())

    def probe_argv(self, *, contained: bool) -> tuple[str, ...]:
        return probe_argv(self._argv(contained)[0])

    def install_hint(self) -> str:
        return self.install or f"Install the program {self.argv[0]!r} and put it on your PATH."

    def _argv(self, contained: bool) -> tuple[str, ...]:
        return self.contained_argv if contained and self.contained_argv else self.argv


def probe_argv(program: str) -> tuple[str, ...]:
    """A command that succeeds where the program, its last argument, can be found."""
    return ("sh", "-c", 'command -v -- "$1"', "boatyard", program)
