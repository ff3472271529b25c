"""The settings of `config.toml`, one by one, as a screen or a list shows them."""

from __future__ import annotations

from enum import StrEnum

from core.values.value import Value


class SettingKind(StrEnum):
    """What a value looks like, and so how it is asked for."""

    SWITCH = "switch"
    """`true` or `false`."""
    CHOICE = "choice"
    NUMBER = "number"
    TEXT = "text"
    LIST = "list"
    """A TOML array of texts."""
    TABLE = "table"
    """Names with values that are not shown, for they may be secrets; changed in the file alone."""


class Setting(Value, frozen=True, kw_only=True):
    """One key, what it is set to, and where that comes from."""

    key: str
    """Dotted, such as `workspace.cpus`."""
    kind: SettingKind
    value: str
    """As people write it: texts without quotes, the rest as TOML. Empty: nothing. A secret is a reference
    here as in the file, and never resolved."""
    default: str
    """What holds without it, in the same way."""
    in_file: bool
    """Whether the file says it; else the default holds."""
    help: str
    """What it is for, in a sentence."""
    choices: tuple[str, ...] = ()
    """What a choice can be."""
    range: str = ""
    """What a number can be, in words."""
