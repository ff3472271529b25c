"""Files that go with a prompt: images as their bytes where an agent takes them, everything else by name."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from pathlib import Path

from core.agents.text import one_line
from core.values.conversation import Attachment

IMAGE_LIMIT = 10 * 2**20
"""Bytes of an image that is sent as such."""
TEXT_LIMIT = 256 * 1024
"""Bytes of a text file that is sent whole."""
IMAGE_TYPES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})


def image_data(attachment: Attachment) -> str | None:
    """An image as Base64; None for everything else, and for one that is too large or cannot be read."""
    if attachment.mime_type not in IMAGE_TYPES:
        return None
    try:
        path = Path(attachment.source or attachment.path)
        if not path.is_file() or path.stat().st_size > IMAGE_LIMIT:
            return None
        return base64.b64encode(path.read_bytes()).decode("ascii")
    except (OSError, ValueError):
        return None  # it is named in the prompt instead, and the agent says what it thinks of that


def with_names(prompt: str, attachments: Iterable[Attachment]) -> str:
    """The prompt with the paths of files behind it, for an agent to read them itself."""
    lines = [f"Attached file: {one_line(each.path, 4096)}" for each in attachments]
    return "\n\n".join(filter(None, (prompt, "\n".join(lines))))


def display_name(attachment: Attachment) -> str:
    return one_line(attachment.name or attachment.path.rpartition("/")[2], 200)


def embedded_text(attachment: Attachment) -> str | None:
    """A small text file's content; None for everything else."""
    if not attachment.mime_type.startswith("text/"):
        return None
    try:
        path = Path(attachment.source or attachment.path)
        if not path.is_file() or path.stat().st_size > TEXT_LIMIT:
            return None
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return None
