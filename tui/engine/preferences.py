"""What the interface remembers from one start to the next: drafts, theme, the agent used last.

A convenience and never more: a file that is missing, broken or not ours is the same as an empty one.
"""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

LARGEST = 4_000_000


@dataclass
class Preferences:
    """Everything remembered."""

    theme: str = ""
    glyphs: str = ""
    """`ascii` or `unicode`; empty: what the terminal can be expected to show."""
    last_agent: str = ""
    notify: str = "bell"
    """How the user is told; one of `tui.terminal.attention.NOTIFICATIONS`."""
    ignored_files: bool = False
    """Whether files that git ignores are shown."""
    muted: list[str] = field(default_factory=list)
    """Projects whose workspaces ring no bell."""
    drafts: dict[str, str] = field(default_factory=dict)
    """Prompts that were written and not sent, by workspace."""
    forms: dict[str, Any] = field(default_factory=dict)
    """What was written in dialogs and the engine has not got, by the kind of draft."""

    def forms_of(self, kind: str) -> dict[str, dict[str, str]]:
        """The drafts of one kind: by what they are about, the texts in their fields."""
        found = self.forms.get(kind)
        return {
            str(key): {str(name): text for name, text in texts.items() if isinstance(text, str)}
            for key, texts in (found.items() if isinstance(found, dict) else ())
            if isinstance(texts, dict)
        }


def read_preferences(path: Path) -> Preferences:
    """What the file says, or nothing."""
    try:
        if path.stat().st_size > LARGEST:
            return Preferences()
        document: Any = json.loads(path.read_text())
    except (OSError, ValueError):
        return Preferences()
    if not isinstance(document, dict):
        return Preferences()
    kinds = {each.name: type(getattr(Preferences(), each.name)) for each in fields(Preferences)}
    known = {name: document[name] for name, kind in kinds.items() if isinstance(document.get(name), kind)}
    found = Preferences(**known)
    found.drafts = {str(name): text for name, text in found.drafts.items() if isinstance(text, str)}
    return found


def write_preferences(path: Path, preferences: Preferences) -> None:
    """Replaces the file as a whole, readable by the user alone.

    Raises:
        OSError: When it cannot be written.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    with os.fdopen(descriptor, "w") as file:
        json.dump(asdict(preferences), file)
    os.replace(temporary, path)
