"""git's way to print an odd path on one line: C-style, in double quotes (core.quotePath, git-config(1))."""

from __future__ import annotations

import re

from core.git.path_text import name_to_text

_ESCAPE = re.compile(rb'\\([0-7]{3}|[abfnrtv"\\])')
_LETTERS = {b"a": 7, b"b": 8, b"t": 9, b"n": 10, b"v": 11, b"f": 12, b"r": 13, b'"': 34, b"\\": 92}


def unquote(printed: str) -> str:
    """The path that git printed, as text (see `core.git.path_text`); what is not quoted stays as it is."""
    if len(printed) < 2 or not (printed.startswith('"') and printed.endswith('"')):
        return printed
    return name_to_text(_ESCAPE.sub(_byte, printed[1:-1].encode("utf-8", "surrogateescape")))


def _byte(found: re.Match[bytes]) -> bytes:
    code = found[1]
    return bytes([_LETTERS[code] if code in _LETTERS else int(code, 8) & 0xFF])
