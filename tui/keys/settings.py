"""The keys that the user's `config.toml` asks for, and where in it something is wrong with them."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tui.keys.keymap import Keymap, Trouble, resolve

if TYPE_CHECKING:
    from core.config import InterfaceSection


def read_keymap(file: Path, preset: str = "") -> tuple[Keymap, list[Trouble]]:
    """The keymap of a settings file, or with another preset. Blocks.

    Raises:
        ConfigError: The file cannot be used at all.
    """
    from core.config import load_config  # takes longer than the first paint should wait

    keys = load_config(file).keys
    keymap, troubles = resolve(preset or keys.preset, keys.map)
    if troubles:
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
        troubles = [replace(each, line=_line_of(lines, each.entry)) for each in troubles]
    return keymap, troubles


def read_interface(file: Path) -> InterfaceSection:
    """How the interface is to do things. Blocks.

    Raises:
        ConfigError: The file cannot be used at all.
    """
    from core.config import load_config

    return load_config(file).interface


def told(file: Path, trouble: Trouble) -> str:
    """What is wrong, and where."""
    return f"{file}, line {trouble.line}: {trouble.message}"


def _line_of(lines: list[str], entry: str) -> int:
    """The line of an entry in `[keys.map]`, or of `preset` in `[keys]`; else of the table."""
    wanted = "keys" if entry == "preset" else "keys.map"
    pattern = re.compile(rf"""^\s*(?:map\s*\.\s*)?["']?{re.escape(entry)}["']?\s*=""")
    table, found = "", 1
    for number, line in enumerate(lines, 1):
        if header := re.match(r"\s*\[\s*([^\]]+?)\s*\]", line):
            table = re.sub(r"""[\s"']""", "", header.group(1))
            found = number if table == wanted or (table == "keys" and found == 1) else found
        elif table in (wanted, "keys") and pattern.match(line):
            return number
    return found
