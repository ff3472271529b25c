"""Answers of the API that are no entity of their own."""

from __future__ import annotations

from core.values.entities import Process, QueuedPrompt, Trashed
from core.values.value import Value


class SendAnswer(Value, frozen=True, kw_only=True):
    """Either the process of the new turn, or the prompt's place in the queue."""

    process: Process | None = None
    queued: QueuedPrompt | None = None


class BuildLog(Value, frozen=True, kw_only=True):
    text: str
    """Empty: nothing was built."""


class ShellAnswer(Value, frozen=True, kw_only=True):
    """A command line for the caller's own terminal."""

    argv: tuple[str, ...]


class RemovedAnswer(Value, frozen=True, kw_only=True):
    """What was removed, by its id."""

    removed: str


class PurgeReport(Value, frozen=True, kw_only=True):
    """What was deleted for good, or would be."""

    workspaces: tuple[Trashed, ...]
    size: int
    """Bytes on the disk."""
    deleted: bool


class RemovedLog(Value, frozen=True, kw_only=True):
    process_id: str
    workspace: str
    label: str
    size: int
    """Bytes."""
    completed_at: float


class LogReport(Value, frozen=True, kw_only=True):
    """Logs that were removed for their age or size, or would be; the oldest first."""

    logs: tuple[RemovedLog, ...]
    size: int
    """Bytes, all together."""
    dry_run: bool


class ExportAnswer(Value, frozen=True, kw_only=True):
    """A file in the home's exchange folder, for the client to take away."""

    path: str
    size: int


class TypedAnswer(Value, frozen=True, kw_only=True):
    """How many characters were typed on a screen."""

    typed: int


class StoppedAnswer(Value, frozen=True, kw_only=True):
    """The workspace in which nothing runs any more, or the id of the engine's process that stops."""

    stopped: str


class ErrorDetail(Value, frozen=True, kw_only=True):
    """An error for people; see `core.errors` for the codes."""

    code: str
    message: str
    hint: str = ""
    details: dict[str, object] = {}


class ErrorAnswer(Value, frozen=True, kw_only=True):
    """What every request that fails is answered with."""

    error: ErrorDetail


class ReviewedAnswer(Value, frozen=True, kw_only=True):
    """Whether a file counts as read."""

    path: str
    reviewed: bool
