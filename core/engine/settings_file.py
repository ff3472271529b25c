"""The defaults of new workspaces and single keys of `config.toml`: read, and changed for good."""

from __future__ import annotations

import asyncio
import difflib
from collections.abc import Mapping
from pathlib import Path

from msgspec import UNSET
from msgspec.structs import asdict

from core.agents.profiles import check_name
from core.agents.registry import Executors
from core.config import Config
from core.engine.planning import resolved_settings
from core.errors import ConfigError
from core.lifecycle.context import Context
from core.settings_catalogue import read_settings
from core.settings_file import change_config, value_of
from core.values.configuration import Setting
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

    async def list(self) -> tuple[Setting, ...]:
        """All settings as the file has them now; what was changed there by hand holds from then on.

        Raises:
            ConfigError: The file is wrong; what held before goes on to hold.
        """
        async with self._lock:
            names = tuple(each.name for each in self._context.executors.all())
            config, settings = await asyncio.to_thread(read_settings, self._path, names)
            if config != self._context.config:
                _check(config)
                self._take(config)
        return settings

    async def set(self, body: SetConfig) -> Defaults:
        """Writes one key, or takes it out of the file so that its default holds again.

        Raises:
            ConfigError: There is no such key, or the value is wrong; nothing was changed.
        """
        if body.value is None:
            self._known(body.key, await self.list())
            return await self._change({body.key: None})
        return await self._change({body.key: value_of(body.value)})

    @staticmethod
    def _known(key: str, settings: tuple[Setting, ...]) -> None:
        """
        Raises:
            ConfigError: There is no such key; the hint names the nearest.
        """
        keys = [each.key for each in settings]
        if key not in keys:
            near = difflib.get_close_matches(key, keys, n=1, cutoff=0.0)
            raise ConfigError(
                f"there is no key {key[:80]!r}", hint=f"Did you mean {near[0]!r}?" if near else ""
            )

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
            self._take(await asyncio.to_thread(change_config, self._path, plain, _check))
        return _defaults(self._context.config)

    @property
    def _path(self) -> Path:
        return self._context.home.config / "config.toml"

    def _take(self, config: Config) -> None:
        self._context.config = config
        self._context.executors = Executors(config.agents)


def _check(config: Config) -> None:
    resolved_settings(WantedSettings(), config.workspace)
    Executors(config.agents)


def _defaults(config: Config) -> Defaults:
    section = config.workspace
    known = {name: value for name, value in asdict(section).items() if name in Defaults.__struct_fields__}
    return Defaults(**{**known, "runner": section.runner.value if section.runner else ""})
