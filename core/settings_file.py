"""Changes of the user's `config.toml`: the file keeps its comments, its order and everything else in it.

A change is checked as a whole before anything is written, and replaces the file in one step.
"""

from __future__ import annotations

import os
import tempfile
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from core.config import Config, load_config
from core.errors import ConfigError, StorageError, UsageError

Key = str | tuple[str, ...]
"""A dotted key, or its parts where one of them may hold a dot itself."""


def change_config(path: Path, changes: Mapping[Key, object], check: Callable[[Config], object]) -> Config:
    """Writes values under dotted keys, such as `workspace.cpus`; gives the settings as they are then.

    Args:
        path: The file; made when it is missing.
        changes: The values; None takes a key out. A mapping becomes a table in place of one that is there.
        check: Raises when the settings as they would be make no sense.

    Raises:
        ConfigError: The file as it is, or as it would be, is wrong; it stays as it is.
        StorageError: It cannot be written.
    """
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    load_config(path)  # what is wrong with it already is told first, with its line
    try:
        document: Any = tomlkit.parse(path.read_text(encoding="utf-8") if path.exists() else "")
        for key, value in changes.items():
            _put(document, key, value)
        text = tomlkit.dumps(document)
    except (TOMLKitError, TypeError, ValueError) as error:
        raise ConfigError(f"{path} cannot be changed: {error}", hint="Edit it by hand.") from error
    return _replace(path, text, check)


def _put(document: Any, given: Key, value: object) -> None:
    import tomlkit

    key = given if isinstance(given, str) else ".".join(given)
    *tables, last = given.split(".") if isinstance(given, str) else given
    if not all((*tables, last)):
        raise UsageError(f"{key[:80]!r} is no key", hint="Write it as in 'workspace.cpus'.")
    place = document
    for name in tables:
        if name not in place:
            if value is None:
                return
            place[name] = tomlkit.table(is_super_table=isinstance(value, Mapping))
        place = place[name]
        if not isinstance(place, dict):
            raise UsageError(f"{name!r} in {key[:80]!r} is no table", hint="See 'boatyard config get'.")
    if value is None:
        place.pop(last, None)
        return
    if isinstance(value, Mapping):
        place[last] = _table(value)
        return
    plain = list(value) if isinstance(value, tuple) else value
    keys = [each for each, _ in place.value.body if each is not None] if tables else []
    if last in place or not keys:
        place[last] = plain
    else:
        # After the last key: at the table's end there may be comments that speak of the next table. The
        # library has no public call for this.
        place.value._insert_after(keys[-1], last, tomlkit.item(plain))


def _table(values: Mapping[str, object]) -> Any:
    import tomlkit

    table = tomlkit.table()
    for name, value in values.items():
        inline = isinstance(value, Mapping)
        table[name] = tomlkit.inline_table() if inline else list(value) if isinstance(value, tuple) else value
        if isinstance(value, Mapping):
            table[name].update(value)
    return table


def _replace(path: Path, text: str, check: Callable[[Config], object]) -> Config:
    """Puts `text` in the file's place if its settings are right."""
    target = path.resolve()  # a file that is a link, as into a repository of dotfiles, stays one
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=target.parent, prefix=".config-", suffix=".toml")
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            config = _checked(Path(temporary), path)
            check(config)
            if target.exists():
                os.chmod(temporary, target.stat().st_mode & 0o7777)
            os.replace(temporary, target)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise StorageError(
            f"{path} cannot be written: {error.strerror}", hint="Check its permissions and the free space."
        ) from error
    return config


def _checked(temporary: Path, path: Path) -> Config:
    try:
        return load_config(temporary)
    except ConfigError as error:
        message = error.message.replace(str(temporary), str(path))
        raise ConfigError(f"{message}; nothing was changed", hint=error.hint) from error


def value_of(text: str) -> object:
    """A value as TOML, or the text itself where it is none: `4`, `true`, `["a"]`, `python:3.12`."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text
