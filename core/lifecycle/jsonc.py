"""JSON with comments and closing commas, as `devcontainer.json` has them, made plain JSON."""

from __future__ import annotations

import json
import re
from typing import Any

_COMMENT = r"(?>//[^\n]*+|/\*.*?\*/)"
_TOKEN = re.compile(rf"""(?P<text>"(?:[^"\\]|\\.)*+")|{_COMMENT}|,(?=(?:\s|{_COMMENT})*+[\]}}])""", re.DOTALL)
"""A text, which stays; a comment, or a comma with nothing but comments before the bracket, which go."""


def parse_jsonc(text: str) -> Any:
    """The document.

    Raises:
        ValueError: It is not JSON; the message says where.
    """
    plain = _TOKEN.sub(lambda found: found[0] if found["text"] else " ", text.removeprefix("\ufeff"))
    try:
        return json.loads(plain)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
