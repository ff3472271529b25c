"""What waits to be sent."""

from __future__ import annotations

from core.values.value import Value


class QueuedPrompt(Value, frozen=True, kw_only=True):
    id: str
    workspace: str
    prompt: str
    position: int
    """From 0, without gaps."""
    executor: str = ""
    attachments: tuple[str, ...] = ()
    """Ids of images."""
    trouble: str = ""
    """Why it could not be started, for people."""
    created_at: float = 0.0
