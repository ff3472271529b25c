"""Where the program was started."""

from __future__ import annotations

import os
from pathlib import Path


def repository_here() -> str:
    """The repository that the program was started in; empty when it is in none."""
    try:
        here = Path.cwd()
    except OSError:
        return ""
    for folder in (here, *here.parents):
        if (folder / ".git").exists() and os.access(folder, os.R_OK):
            return str(folder)
    return ""
