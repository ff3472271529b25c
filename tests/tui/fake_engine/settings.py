"""The part of the engine in memory that keeps the settings."""

from __future__ import annotations

import json

import msgspec

from core.errors import ConfigError
from core.values import requests as ask
from core.values.configuration import Setting, SettingKind
from core.values.containers import (
    Defaults,
)
from tests.tui.fake_engine.state import State


class Settings(State):
    """A part of `tests.tui.fake_engine.FakeEngine`."""

    async def settings(self) -> tuple[Setting, ...]:
        return tuple(self.settings_.values())

    async def set_config(self, body: ask.SetConfig) -> Defaults:
        self.calls.append(("set_config", (body.key, body.value)))
        setting = self.settings_.get(body.key)
        if setting is None:
            setting = Setting(
                key=body.key, kind=SettingKind.LIST, value="", default="", in_file=False, help=""
            )
        if body.value == "1":
            raise ConfigError("config.toml, line 2: expected >= 16", hint="Nothing was changed.")
        text = setting.kind in (SettingKind.CHOICE, SettingKind.TEXT)
        value = setting.default if body.value is None else json.loads(body.value) if text else body.value
        kept = msgspec.structs.replace(setting, value=str(value), in_file=body.value is not None)
        self.settings_[body.key] = kept
        return Defaults()
