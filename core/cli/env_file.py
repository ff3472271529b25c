"""Variables from a file of `NAME=value` lines: nothing in it is expanded or run."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from core.errors import NotFoundError, UsageError

SIZE_LIMIT = 1024 * 1024
_LINE = re.compile(r"(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)")


def read_env_file(path: str) -> dict[str, str]:
    """The variables of a file; quotes around a value are taken off, `#` begins a comment.

    Raises:
        NotFoundError: The file cannot be read.
        UsageError: A line is no variable; the message names it, and not what is in it.
    """
    try:
        with Path(path).expanduser().open("rb") as file:
            text = file.read(SIZE_LIMIT + 1).decode()
    except OSError as error:
        raise NotFoundError(f"{path} cannot be read: {error.strerror}", hint="Check the path.") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8 text", hint="Save it as UTF-8.") from error
    if len(text) > SIZE_LIMIT:
        raise UsageError(f"{path} has more than {SIZE_LIMIT} bytes", hint="Name a file of variables.")
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if stripped and not stripped.startswith("#"):
            name, value = _variable(path, number, stripped)
            found[name] = value
    return found


def _variable(path: str, number: int, line: str) -> tuple[str, str]:
    match = _LINE.fullmatch(line)
    if match is None:
        raise UsageError(f"{path}, line {number}: no variable", hint="Write NAME=value.")
    name, value = match.groups()
    if value[:1] in ("'", '"'):
        try:
            words = shlex.split(value, comments=True)
        except ValueError as error:
            raise UsageError(f"{path}, line {number}: a quote is left open", hint="Close it.") from error
        if len(words) != 1:
            raise UsageError(f"{path}, line {number}: more than one value", hint="Quote all of it.")
        return name, words[0]
    return name, re.sub(r"(^|\s+)#.*", "", value).rstrip()
