"""What an action is: something that a key can start, as data."""

from __future__ import annotations

from dataclasses import dataclass

MOVE, VIEW, WORK, ASK, REVIEW, APP = "Move", "Look", "Work", "Agent", "Review", "Boatyard"
"""The groups."""


@dataclass(frozen=True)
class Action:
    """Something that can be done, where, and with which keys."""

    id: str
    keys: tuple[str, ...]
    label: str
    """Two or three words, as the footer shows them."""
    help: str
    group: str
    scope: str = "app"
    """Where its keys work: `app` (everywhere but in inputs), or the pane or widget named."""
    target: str = ""
    """The Textual action; empty: the app performs `id`."""
    priority: bool = False
    instead_of: str = ""
    """The action of everywhere whose key means this one here."""

    @property
    def action(self) -> str:
        return self.target or f"app.perform('{self.id}')"
