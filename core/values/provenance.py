"""Where the lines of a workspace's files came from."""

from __future__ import annotations

from enum import StrEnum

from core.values.review import Change
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


class StepKind(StrEnum):
    """Where a step of a file's history is kept."""

    NOW = "now"
    """Nowhere yet: it is younger than the last checkpoint."""
    CHECKPOINT = "checkpoint"
    """In a checkpoint, which is the first one that has it."""
    COMMIT = "commit"


class FileStep(Value, frozen=True, kw_only=True):
    """One change of a file."""

    kind: StepKind
    path: str
    """What it was called then, from the workspace's folder: `REPO/PATH`."""
    old_path: str | None = None
    """What it was called before, where it was renamed."""
    change: Change
    added: int = 0
    removed: int = 0
    binary: bool = False
    commit: str
    """git's id of the state after it."""
    before: str
    """git's id of the state before it."""
    at: float = 0.0
    """When the checkpoint was taken, or the commit made; 0: now."""
    checkpoint: int = 0
    process_id: str = ""
    """The turn that was at work; empty: none was, or it is a commit."""
    agent: str = ""
    prompt: str = ""
    """The turn's; its first line."""
    author: str = ""
    """Of a commit, also where a checkpoint is one and nothing more."""
    subject: str = ""
    """Of that commit."""


class FileHistory(Value, frozen=True, kw_only=True):
    """The changes of a file, the latest first, or a page of them."""

    steps: tuple[FileStep, ...]
    start: int
    more: bool
    """Whether there are older ones."""
