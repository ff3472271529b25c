"""What the profiles of all kinds of agents have in common: data, and how the program is found."""

from __future__ import annotations

from dataclasses import dataclass, field

TOOLS = "boatyard"
"""The name that an agent knows our server of tools by."""


@dataclass(frozen=True)
class Profile:
    """How an agent is started."""

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
    model: str = ""
    """Which model it is to use, in its own words; empty: as it is set up."""
    mode: str = ""
    """Which of its modes it is to work in, in its own words; empty: its own default."""
    where: str = "workspace"
    """`workspace`: in the workspace's environment; `host`: on this machine, whatever that is."""

    def program(self, contained: bool) -> tuple[str, ...]:
        """The command, on the host or in a container."""
        return self.contained_argv if contained and self.contained_argv else self.argv

    def variables(self, contained: bool) -> dict[str, str]:
        return {**self.env, **self.contained_env} if contained else dict(self.env)

    def probe_argv(self, *, contained: bool) -> tuple[str, ...]:
        return probe_argv(self.program(contained)[0])

    def install_hint(self) -> str:
        return self.install or f"Install the program {self.argv[0]!r} and put it on your PATH."


def probe_argv(program: str) -> tuple[str, ...]:
    """A command that succeeds where the program, its last argument, can be found."""
    return ("sh", "-c", 'command -v -- "$1"', "boatyard", program)
