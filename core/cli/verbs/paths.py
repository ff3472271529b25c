"""Paths on the command line: relative to where the user is, which the engine cannot know."""

from __future__ import annotations

import os
from pathlib import Path

from core.errors import UsageError


def repo_key(text: str) -> str:
    """An absolute path for what is a path here; a name, an id or an address stays as it is.

    Raises:
        UsageError: It begins with the name of a user that does not exist.
    """
    if text and is_address(text):
        return text
    if text and (os.sep in text or text.startswith((".", "~")) or os.path.isdir(text)):
        return str(absolute(text))
    return text


def is_address(text: str) -> bool:
    """Whether a repository is named by an address to clone from, such as `https://…` or `git@host:path`."""
    host, colon, _ = text.partition(":")
    return "://" in text or "::" in text or bool(colon and "/" not in host and not os.path.exists(text))


def absolute(text: str) -> Path:
    """A path from the command line, made absolute.

    Raises:
        UsageError: It begins with the name of a user that does not exist.
    """
    try:
        return Path(text).expanduser().absolute()
    except RuntimeError as error:
        raise UsageError(f"{text[:80]!r} names no user's folder", hint="Write the path out.") from error
