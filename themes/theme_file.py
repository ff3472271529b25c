"""Reading one theme file: complete after reading, or refused with its line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import ConfigError
from core.toml_text import complaint
from themes.colour import mix
from themes.tokens import COLOURS, EXTRA, TOKENS

DEFAULT_THEME = "boatyard-dark"
_FOLDER = Path(__file__).parent
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,40}")
_SIZE_LIMIT = 64 * 1024
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_ANSI = re.compile(r"ansi_[a-z]+(?:_[a-z]+)?")
_VARIABLE = re.compile(r"[a-z][a-z0-9-]*")
_VALUE = re.compile(r"#[0-9a-fA-F]{6}|[a-z][a-z_]*(?: [a-z][a-z_]*)*")
_NAMES = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
_SIXTEEN = {"default", *_NAMES, *(f"bright_{name}" for name in _NAMES)}
_WORDS = {"bold", "dim", "italic", "underline", "reverse", "strike", "not", "on"}
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
        with path.open("rb") as file:
            data = file.read(_SIZE_LIMIT + 1)
        if len(data) > _SIZE_LIMIT:
            raise ConfigError(
                f"{path} has more than {_SIZE_LIMIT} bytes", hint="That is no theme: choose another."
            )
        text = data.decode()
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        wrong = f"{path}: {complaint(error, text)}"
        raise ConfigError(wrong, hint="Correct the file or choose another theme.") from error
    except (OSError, UnicodeDecodeError, RecursionError) as error:
        raise ConfigError(f"{path}: {error}", hint="Correct the file or choose another theme.") from error
    _Checked(path, text, document).check()
    return _complete(name, document)


@dataclass(frozen=True)
class _Checked:
    """A theme's document, and the file that it came from for what is said of it."""

    path: Path
    text: str
    document: dict[str, Any]

    def check(self) -> None:
        """Refuses what means nothing, cannot be a colour or a style, or is missing."""
        self._check_keys()
        for key in ("dark", "ansi"):
            if not isinstance(self.document.get(key, False), bool):
                raise self._wrong(key, "is true or false")
        for key in COLOURS:
            self._check_colour(key, self.document.get(key))
        for key, value in self.document.get("variables", {}).items():
            if key in EXTRA:
                self._check_colour(key, value)
            elif not _VARIABLE.fullmatch(key) or not _VALUE.fullmatch(value):
                raise self._wrong(key, "is neither a colour nor words of a style")
        for table in TOKENS:
            for key, style in self.document.get(table, {}).items():
                self._check_style(key, style)

    def _check_keys(self) -> None:
        known: dict[str, Any] = dict.fromkeys(("name", "dark", "ansi", *COLOURS))
        tables: dict[str, Any] = {"variables": None, **{table: set(keys) for table, keys in TOKENS.items()}}
        for key, value in self.document.items():
            if key in tables and isinstance(value, dict):
                wrong = [name for name in value if tables[key] is not None and name not in tables[key]]
                wrong += [name for name, style in value.items() if not isinstance(style, str)]
            else:
                wrong = [] if key in known and not isinstance(value, dict) else [key]
            if wrong:
                raise self._wrong(wrong[0], "means nothing in a theme")

    def _check_colour(self, key: str, value: object) -> None:
        if value is None:
            raise self._wrong(key, "is missing")
        pattern = _ANSI if self.document.get("ansi") else _COLOUR
        if not isinstance(value, str) or not pattern.fullmatch(value):
            form = "a colour such as ansi_blue" if self.document.get("ansi") else "a colour such as #74b9f2"
            raise self._wrong(key, f"has to be {form}")

    def _check_style(self, key: str, style: str) -> None:
        names = {*COLOURS, *EXTRA}
        for word in style.split():
            if word[0] == "$" and word[1:] not in names:
                raise self._wrong(key, f"names {word!r}, which is no colour of a theme")
            if word[0] != "$" and not (_COLOUR.fullmatch(word) or word in _WORDS or word in _SIXTEEN):
                raise self._wrong(key, f"says {word!r}, which is neither a colour nor a word of a style")

    def _wrong(self, key: str, why: str) -> ConfigError:
        return ConfigError(
            f"{self.path}:{_line_of(key, self.text)}: {key!r} {why}",
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
