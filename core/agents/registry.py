"""All executors: the built-in profiles and the user's own from `config.toml`."""

from __future__ import annotations

from collections.abc import Mapping

from core.agents.driver import Executor
from core.agents.profiles import built_in, from_section
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

    def find(self, name: str) -> Executor | None:
        """Like `get`, but None for a profile that is gone."""
        return self._executors.get(name)
