"""Where the lines of a workspace's files came from."""

from __future__ import annotations

from enum import StrEnum

from core.values.value import Value


class Origin(StrEnum):
    BASE = "base"
    """It was there when the workspace was made."""
    TURN = "turn"
    """An agent's turn brought it."""
    HAND = "hand"
    """It came between turns: by hand, by a script, or from the target branch."""


class LinesFrom(Value, frozen=True, kw_only=True):
    """Lines of a file that came from one place."""

    first: int
    """From 1."""
    last: int
    origin: Origin
    checkpoint: int = 0
    """Number of the first checkpoint that has them; 0: none has yet, or they were there at the beginning."""
    process_id: str = ""
    """The turn's."""
    agent: str = ""
    prompt: str = ""
    summary: str = ""
    """The agent's final message."""
    entry_id: str = ""
    """The tool call in the turn's conversation that reported a change with these lines; empty: none did."""
    tool: str = ""
    """That tool call's title."""
    at: float = 0.0
    """When the checkpoint was taken."""
