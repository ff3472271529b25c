"""Paths on the command line: relative to where the user is, which the engine cannot know."""

from __future__ import annotations

import os
from pathlib import Path


def repo_key(text: str) -> str:
    """An absolute path for what is a path here; a name or an id stays as it is."""
    if text and (os.sep in text or text.startswith((".", "~")) or Path(text).is_dir()):
        return str(Path(text).expanduser().absolute())
    return text
