"""Sessions, their processes and turns."""

from __future__ import annotations

from core.values.states import (
    ProcessStatus,
    RunReason,
)
from core.values.value import Value


class Session(Value, frozen=True, kw_only=True):
    id: str
    workspace: str
    """The workspace's name."""
    executor: str
    agent_session_id: str = ""
    created_at: float = 0.0


class Process(Value, frozen=True, kw_only=True):
    id: str
    session_id: str
    workspace: str
    run_reason: RunReason
    status: ProcessStatus
    label: str = ""
    """What it is in a few words: the executor, or the first line of the command."""
    command: str = ""
    """What was run, as one would type it; of scripts their text. Its beginning, where it is very long."""
    exit_code: int | None = None
    reason: str = ""
    """Why it failed, was killed or lost, for people."""
    log_removed_at: float | None = None
    """When its output was removed for its age or size; None: it is there."""
    dropped: bool = False
    """Whether a rewind took this turn back: it is kept, and left out of the conversation."""
    started_at: float = 0.0
    completed_at: float | None = None


class Turn(Value, frozen=True, kw_only=True):
    process_id: str
    prompt: str
    """As the user typed it."""
    sent: str = ""
    """What the agent was told, where that is more: tags, or what happened in an earlier session."""
    attachments: tuple[str, ...] = ()
    """Ids of images."""
    summary: str = ""
    seen: bool = False
    input_tokens: int | None = None
    output_tokens: int | None = None
    cost_usd: float | None = None
