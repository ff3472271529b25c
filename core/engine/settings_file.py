"""The defaults of new workspaces and single keys of `config.toml`: read, and changed for good."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from msgspec import UNSET
from msgspec.structs import asdict

from core.agents.profiles import check_name
from core.agents.registry import Executors
from core.config import Config
from core.engine.planning import resolved_settings
from core.lifecycle.context import Context
from core.settings_file import change_config, value_of
from core.values.containers import Defaults
from core.values.requests import SetConfig, UpdateDefaults, WantedSettings


class SettingsFile:
    """What a user can do with the settings file while the engine runs."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._lock = asyncio.Lock()

    async def defaults(self) -> Defaults:
        return _defaults(self._context.config)

    async def update_defaults(self, body: UpdateDefaults) -> Defaults:
        """Writes what is given; it holds for workspaces that are made from now on.

        Raises:
            UsageError: A value makes no sense; nothing was changed.
        """
        given = {name: value for name, value in asdict(body).items() if value is not UNSET}
        changes: dict[str | tuple[str, ...], object] = {
            f"workspace.{name}": each for name, each in given.items()
        }
        return await self._change(changes)

    async def set(self, body: SetConfig) -> Defaults:
        """Writes one key; the engine's own settings are read at its next start.

        Raises:
            ConfigError: There is no such key, or the value is wrong; nothing was changed.
        """
        return await self._change({body.key: value_of(body.value)})

    async def set_agent(self, name: str, fields: dict[str, object] | None) -> None:
        """Writes the profile of an agent, or takes it out; it holds at once.

        Raises:
            ConfigError: It makes no sense; nothing was changed.
        """
        check_name(name)
        await self._change({("agents", name): fields})

    async def _change(self, changes: Mapping[str | tuple[str, ...], object]) -> Defaults:
        plain = {key: str(value) if isinstance(value, str) else value for key, value in changes.items()}
        async with self._lock:
            path = self._context.home.config / "config.toml"
            self._context.config = await asyncio.to_thread(change_config, path, plain, _check)
            self._context.executors = Executors(self._context.config.agents)
        return _defaults(self._context.config)


def _check(config: Config) -> None:
    resolved_settings(WantedSettings(), config.workspace)
    Executors(config.agents)


def _defaults(config: Config) -> Defaults:
    section = config.workspace
    known = {name: value for name, value in asdict(section).items() if name in Defaults.__struct_fields__}
    return Defaults(**{**known, "runner": section.runner.value if section.runner else ""})
