"""A setting's value between what a person types, what the file has, and the place where it stands there."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

from core.errors import ConfigError
from core.values.configuration import Setting, SettingKind


def written(setting: Setting) -> str:
    """What stands in the file, as TOML."""
    return json.dumps(setting.value) if _is_text(setting) else setting.value


def _is_text(setting: Setting) -> bool:
    return setting.kind in (SettingKind.TEXT, SettingKind.CHOICE)


def as_toml(setting: Setting, text: str) -> str | None:
    """What was typed, as TOML; None where nothing was.

    Raises:
        ConfigError: It is not what the setting can be.
    """
    if setting.kind is SettingKind.LIST or setting.key.startswith("keys.map."):
        try:
            return json.dumps(shlex.split(text), ensure_ascii=False)
        except ValueError as error:
            raise ConfigError("a quote is left open", hint="Close it.") from error
    if not text:
        return None
    if setting.kind is SettingKind.NUMBER:
        try:
            float(text)
        except ValueError as error:
            raise ConfigError(f"{text[:40]!r} is no number", hint=f"Write one {setting.range}.") from error
        return text
    return json.dumps(text, ensure_ascii=False)


def line_of(path: Path, key: str) -> int:
    """The line of a key in a settings file, or of its table; 1 where neither is there."""
    table, _, name = key.rpartition(".")
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return 1
    now, found = "", 1
    for number, line in enumerate(lines, 1):
        if header := re.match(r"\s*\[\s*([^\]]+?)\s*\]", line):
            now = re.sub(r"[\s\"']", "", header[1])
            found = number if now == table else found
        elif now == table and re.match(rf"\s*[\"']?{re.escape(name)}[\"']?\s*=", line):
            return number
    return found
