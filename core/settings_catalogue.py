"""All settings of `config.toml` as a list: what each is for, its value and default, and who says it.

The keys and kinds are read from the structs of `core.config`, so that none can be forgotten; the sentences
stand here, and a test asks for one for each key.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from msgspec import inspect

from core.config import Config, load_config
from core.settings_help import CHOICES, HELP
from core.values.configuration import Setting, SettingKind

KINDS: tuple[tuple[type[Any], SettingKind], ...] = (
    (inspect.BoolType, SettingKind.SWITCH), (inspect.EnumType, SettingKind.CHOICE),
    (inspect.FloatType, SettingKind.NUMBER), (inspect.IntType, SettingKind.NUMBER),
    (inspect.StrType, SettingKind.TEXT), (inspect.VarTupleType, SettingKind.LIST),
    (inspect.DictType, SettingKind.TABLE),
)  # fmt: skip


def read_settings(path: Path, executors: tuple[str, ...] = ()) -> tuple[Config, tuple[Setting, ...]]:
    """What a settings file says, and the list of all settings with it. Blocks.

    Args:
        path: The file; it need not exist.
        executors: Names of the agents that there are.

    Raises:
        ConfigError: The file is wrong.
    """
    config = load_config(path)
    document = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return config, tuple(_sections(config, document, executors))


def _fields(kind: type[msgspec.Struct]) -> tuple[inspect.Field, ...]:
    found = inspect.type_info(kind)
    assert isinstance(found, inspect.StructType)
    return found.fields


def _sections(config: Config, document: dict[str, Any], executors: tuple[str, ...]) -> Iterator[Setting]:
    for field in _fields(Config):
        value, written = getattr(config, field.name), document.get(field.name, {})
        if field.name in ("agents", "forges"):
            for name, section in value.items():
                yield from _section(f"{field.name}.{name}", field.name, section, written.get(name, {}))
        elif isinstance(value, msgspec.Struct):
            yield from _section(field.name, field.name, value, written)
        else:
            choices = ("", *executors) if executors else ()
            yield _setting(field.name, field.name, field, value, field.name in document, choices)


def _section(prefix: str, kind: str, section: msgspec.Struct, written: dict[str, Any]) -> Iterator[Setting]:
    for field in _fields(type(section)):
        key, value = f"{prefix}.{field.name}", getattr(section, field.name)
        if key == "keys.map":
            for entry, keys in value.items():
                yield _own_key(f"{key}.{entry}", keys)
            continue
        yield _setting(key, f"{kind}.{field.name}", field, value, field.name in written)


def _own_key(key: str, keys: str | tuple[str, ...]) -> Setting:
    listed = not isinstance(keys, str)
    kind = SettingKind.LIST if listed else SettingKind.TEXT
    return Setting(key=key, kind=kind, value=_text(keys), default="", in_file=True, help=HELP["keys.map"])


def _setting(
    key: str, known_as: str, field: inspect.Field, value: object, in_file: bool, choices: tuple[str, ...] = ()
) -> Setting:
    type_ = field.type
    if isinstance(type_, inspect.UnionType):
        type_ = next(each for each in type_.types if not isinstance(each, inspect.NoneType))
    kind = next(kind for described, kind in KINDS if isinstance(type_, described))
    optional = type_ is not field.type
    if isinstance(type_, inspect.EnumType):
        choices = (*([""] if optional else []), *(str(each.value) for each in type_.cls))
    choices = choices or CHOICES.get(known_as, ())
    default = "" if field.default is msgspec.NODEFAULT else _text(field.default)
    return Setting(
        key=key, kind=SettingKind.CHOICE if choices else kind, value=_text(value), default=default,
        in_file=in_file, help=HELP[known_as], choices=choices, range=_range(type_),
    )  # fmt: skip


def _text(value: object) -> str:
    """A value as people write it."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case float() if value == int(value):
            return str(int(value))
        case int() | float() | str():
            return str(value)
        case tuple():
            return json.dumps(list(value), ensure_ascii=False)
        case dict():
            return ", ".join(value)
    return str(value)


def _range(type_: Any) -> str:
    """The limits of a number, in words."""
    if not isinstance(type_, inspect.IntType | inspect.FloatType):
        return ""
    low = type_.ge if type_.ge is not None else type_.gt
    ends = [f"{name} {_text(end)}" for name, end in (("from", low), ("to", type_.le)) if end is not None]
    return " ".join(ends)
