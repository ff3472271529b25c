"""Reading one theme file: complete after reading, or refused with its line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import ConfigError
from themes.colour import mix
from themes.tokens import COLOURS, EXTRA, TOKENS

DEFAULT_THEME = "boatyard-dark"
_FOLDER = Path(__file__).parent
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,40}")
_SIZE_LIMIT = 64 * 1024
_ANSI_EXTRA = {"dim": "ansi_default", "rule": "ansi_bright_black", "review": "ansi_magenta"}


@dataclass(frozen=True)
class ThemeFile:
    """A theme with everything filled in."""

    name: str
    dark: bool
    ansi: bool
    colours: dict[str, str]
    """Textual's colours and the mixed ones, by name."""
    variables: dict[str, str]
    """Further CSS variables."""
    tokens: dict[str, str]
    """The Rich style of each token, with every `$name` replaced."""


def theme_names(extra: Path | None = None) -> list[str]:
    """Names of the themes that come with Boatyard, then of those in the folder `extra`."""
    folders = [_FOLDER, *([extra] if extra else [])]
    return sorted({path.stem for folder in folders for path in folder.glob("*.toml")})


def load_theme(name: str, extra: Path | None = None) -> ThemeFile:
    """Reads a theme by name; one in `extra` goes before one of ours.

    Raises:
        ConfigError: When there is none, or the file is wrong; with file and line.
    """
    if not _NAME.fullmatch(name):
        raise ConfigError(f"not a theme's name: {name!r}", hint="Use lower-case letters, digits and '-'.")
    for folder in (extra, _FOLDER):
        if folder is not None and (folder / f"{name}.toml").is_file():
            return _read(name, folder / f"{name}.toml")
    known = ", ".join(theme_names(extra))
    raise ConfigError(f"there is no theme {name!r}", hint=f"There are: {known}.")


def _read(name: str, path: Path) -> ThemeFile:
    import tomllib

    try:
        text = path.read_bytes()[:_SIZE_LIMIT].decode()
        document = tomllib.loads(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path}: {error}", hint="Correct the file or choose another theme.") from error
    _check(document, path, text)
    return _complete(name, document)


def _check(document: dict[str, Any], path: Path, text: str) -> None:
    known: dict[str, Any] = dict.fromkeys(("name", "dark", "ansi", *COLOURS))
    tables: dict[str, Any] = {"variables": None, **{table: set(keys) for table, keys in TOKENS.items()}}
    for key, value in document.items():
        if key in tables and isinstance(value, dict):
            wrong = [name for name in value if tables[key] is not None and name not in tables[key]]
            wrong += [name for name, style in value.items() if not isinstance(style, str)]
        else:
            wrong = [] if key in known and not isinstance(value, dict) else [key]
        if wrong:
            raise ConfigError(
                f"{path}:{_line_of(wrong[0], text)}: {wrong[0]!r} means nothing in a theme",
                hint="The themes that come with Boatyard show what there is.",
            )


def _line_of(key: str, text: str) -> int:
    pattern = re.compile(rf"^\s*\[?\"?{re.escape(key)}\b")
    return next((number for number, line in enumerate(text.splitlines(), 1) if pattern.match(line)), 1)


def _complete(name: str, document: dict[str, Any]) -> ThemeFile:
    ansi = bool(document.get("ansi", False))
    colours = {key: str(document[key]) for key in COLOURS if key in document}
    variables = {str(key): str(value) for key, value in document.get("variables", {}).items()}
    for key, (one, other, share) in EXTRA.items():
        if key in variables:
            colours[key] = variables.pop(key)
        elif ansi:
            colours[key] = _ANSI_EXTRA.get(key, "ansi_default")
        else:
            colours[key] = mix(colours[one], colours[other], share)
    tokens: dict[str, str] = {}
    for table, defaults in TOKENS.items():
        for token, style in (defaults | document.get(table, {})).items():
            key = f"syntax-{token}" if table == "syntax" else token
            tokens[key] = _filled(str(style), colours)
    return ThemeFile(name, bool(document.get("dark", True)), ansi, colours, variables, tokens)


def _filled(style: str, colours: dict[str, str]) -> str:
    """`style` with its `$names` replaced, in Rich's spelling of colours."""

    def value(match: re.Match[str]) -> str:
        return colours.get(match[1], "default").removeprefix("ansi_")

    return re.sub(r"\$([a-z-]+)", value, style)
