"""All executors: the built-in profiles and the user's own from `config.toml`."""

from __future__ import annotations

from collections.abc import Mapping

from core.agents.driver import Driver, Executor, TurnRequest
from core.agents.profiles import KINDS, built_in, from_section
from core.config import AgentSection
from core.errors import NotFoundError


class Executors:
    """Executors by name; a profile of the user's goes before a built-in one of the same name."""

    def __init__(self, sections: Mapping[str, AgentSection]) -> None:
        """
        Raises:
            ConfigError: A profile makes no sense.
        """
        own = {name: from_section(name, section) for name, section in sections.items()}
        self._executors: dict[str, Executor] = {**{each.name: each for each in built_in()}, **own}

    def all(self) -> tuple[Executor, ...]:
        return tuple(self._executors.values())

    def get(self, name: str) -> Executor:
        """
        Raises:
            NotFoundError: There is no such profile.
        """
        if name not in self._executors:
            raise NotFoundError(
                f"there is no agent named {name[:80]!r}",
                hint=f"Known agents: {', '.join(sorted(self._executors))}. See 'boatyard agent list'.",
            )
        return self._executors[name]

    def driver(self, name: str, kind: str, request: TurnRequest) -> Driver | None:
        """A driver for a turn of long ago, also where the profile speaks another language since, or is gone.

        Args:
            name: The profile.
            kind: The kind that it had; empty where that was not written down yet.
            request: The turn.
        """
        executor = self._executors.get(name)
        kind = kind or ("acp" if name in KINDS or executor is None else executor.kind)
        if executor is not None and executor.kind == kind:
            return executor.driver(request)
        return KINDS[kind](name=name, title=name, argv=(name,)).driver(request) if kind in KINDS else None

    def find(self, name: str) -> Executor | None:
        """Like `get`, but None for a profile that is gone."""
        return self._executors.get(name)
