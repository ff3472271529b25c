"""What a terminal pastes when a file is dropped on it: its path, quoted, escaped or as an address."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

_PICTURE = re.compile(r"\.(png|jpe?g|gif|webp)$", re.IGNORECASE)
LONGEST_PATH = 4096


def pasted_path(text: str) -> str:
    """The path in a paste, as it is meant."""
    path = text.strip()
    if path[:1] in "'\"" and path[-1:] == path[:1]:
        path = path[1:-1]
    else:
        path = path.replace("\\ ", " ")
    if path.startswith("file://"):
        path = unquote(path.removeprefix("file://"))
    return str(Path(path).expanduser()) if path.startswith("~") else path


def is_picture(text: str) -> bool:
    """Whether a paste is the path of a picture of this machine."""
    if "\n" in text.strip() or len(text) > LONGEST_PATH:
        return False
    path = pasted_path(text)
    if not path.startswith("/") or not _PICTURE.search(path):
        return False
    try:
        return Path(path).is_file()
    except (OSError, ValueError):
        return False
