"""`boatyard config`: where the settings are, what is in force, and changes that keep the file's comments."""

from __future__ import annotations

import argparse
import os
import shlex
from typing import Any

import msgspec

from core.cli.invocation import Invocation
from core.cli.verb import Verb
from core.config import load_config
from core.errors import NotFoundError, UsageError
from core.values.requests import SetConfig


async def path(call: Invocation) -> None:
    file = call.home.config / "config.toml"
    call.out.result({"path": str(file), "exists": file.exists()}, str(file))


async def check(call: Invocation) -> None:
    """Reads the settings file and says what is in force."""
    config = load_config(call.home.config / "config.toml")
    call.out.result(config, "the settings are valid")


async def get(call: Invocation) -> None:
    """What is in force: one key, a table, or everything, defaults included."""
    found: Any = msgspec.to_builtins(load_config(call.home.config / "config.toml"))
    for part in filter(None, call.args.key.split(".")):
        if not isinstance(found, dict) or part not in found:
            raise UsageError(f"there is no key {call.args.key[:80]!r}", hint="See 'boatyard config get'.")
        found = found[part]
    call.out.result(found, *_lines(call.args.key, found))


def _lines(key: str, value: object) -> list[str]:
    if isinstance(value, dict):
        return [line for name, each in value.items() for line in _lines(f"{key}.{name}".strip("."), each)]
    return [f"{key} = {msgspec.json.encode(value).decode()}"]


async def set_key(call: Invocation) -> None:
    """Writes one key; the engine takes new defaults at once, the rest when it starts the next time."""
    async with call.engine() as client:
        await client.set_config(SetConfig(key=call.args.key, value=call.args.value))
    await get(call)


async def unset_key(call: Invocation) -> None:
    """Takes one key out, so that its default holds again."""
    async with call.engine() as client:
        await client.set_config(SetConfig(key=call.args.key, value=None))
        left = [each for each in await client.settings() if each.key == call.args.key]
    call.out.result(left[0] if left else {}, f"{call.args.key} = {left[0].value if left else ''}")


async def list_all(call: Invocation) -> None:
    """Every setting with its value, where that comes from, and what it is for."""
    async with call.engine() as client:
        found = await client.settings()
    rows = [(each.key, each.value, "file" if each.in_file else "default", each.help) for each in found]
    call.out.table(found, ("KEY", "VALUE", "FROM", "WHAT IT IS FOR"), rows)


async def edit(call: Invocation) -> int:
    """Opens the file in the user's editor."""
    file = call.home.config / "config.toml"
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        words = shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi")
        os.execvp(words[0], [*words, str(file)])
    except (ValueError, IndexError, OSError) as error:
        raise NotFoundError(f"the editor cannot be started: {error}", hint="Set $EDITOR.") from error


def _key(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("key", nargs="?", default="", metavar="KEY", help="such as workspace.memory_mb")


def _key_wanted(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("key", metavar="KEY", help="such as workspace.memory_mb")


def _set(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("key", metavar="KEY", help="such as workspace.memory_mb")
    parser.add_argument("value", metavar="VALUE", help="as TOML; text needs no quotes")


VERBS = (
    Verb("config", "path", "say where the settings file is", path),
    Verb("config", "check", "check the settings file", check),
    Verb("config", "get", "show settings that are in force", get, _key),
    Verb("config", "set", "write a setting; comments in the file stay", set_key, _set),
    Verb("config", "unset", "take a setting out of the file: its default holds", unset_key, _key_wanted),
    Verb("config", "list", "every setting: its value, where that comes from, what it is for", list_all),
    Verb("config", "edit", "open the settings file in $EDITOR", edit),
)
