"""The part of the engine in memory that keeps the settings."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from core.errors import ConfigError
from core.values import requests as ask
from core.values.configuration import Setting, SettingKind
from core.values.containers import Defaults

SETTINGS = (
    Setting(key="engine.idle_minutes", kind=SettingKind.NUMBER, value="10", default="10", in_file=False,
            help="The engine stops after so many minutes.", range="from 0 to 100"),
    Setting(key="workspace.runner", kind=SettingKind.CHOICE, value="", default="", in_file=False,
            help="Where new workspaces run.", choices=("", "docker", "host")),
    Setting(key="workspace.memory_mb", kind=SettingKind.NUMBER, value="777", default="4096", in_file=True,
            help="Memory that a container may use.", range="from 16 to 9000"),
    Setting(key="workspace.allow_hosts", kind=SettingKind.LIST, value='["a.org"]', default="[]", in_file=True,
            help="Hosts that a container reaches."),
    Setting(key="merge.hooks", kind=SettingKind.SWITCH, value="true", default="true", in_file=False,
            help="Whether hooks run."),
    Setting(key="keys.preset", kind=SettingKind.CHOICE, value="default", default="default", in_file=False,
            help="The set of keys.", choices=("default", "vim", "arrows")),
    Setting(key="agents.mine.env", kind=SettingKind.TABLE, value="TOKEN", default="", in_file=True,
            help="Its variables."),
)  # fmt: skip


class Ledger:
    """Settings by key, as `config.toml` would have them."""

    calls: list[tuple[str, Any]]

    def __init__(self) -> None:
        self.settings_ = {each.key: each for each in SETTINGS}

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
