"""A conversation with an agent as a list of entries, each replaced whole by its id.

The shape follows version 2 of the Agent Client Protocol: entries are upserted by id, and the state of a
turn is an entry apart from the reply. It is a view: the raw output of the process stays on disk.
"""

from __future__ import annotations

from enum import StrEnum

from core.values.value import Value


class EntryKind(StrEnum):
    USER = "user"
    MESSAGE = "message"
    THOUGHT = "thought"
    PLAN = "plan"
    TOOL = "tool"
    PERMISSION = "permission"
    USAGE = "usage"
    NOTICE = "notice"
    """Something about the turn that the agent did not say itself: retries, resumption, silence."""
    ERROR = "error"
    RAW = "raw"
    """Output that is not of the protocol, as it came."""


class ToolState(StrEnum):
    PENDING = "pending"
    RUNNING = "in_progress"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class FileEdit(Value, frozen=True, kw_only=True):
    """A change that a tool call reports: whole texts, or a patch when the agent sends one."""

    path: str
    old: str | None = None
    new: str = ""


class Attachment(Value, frozen=True, kw_only=True):
    """A file that goes with a prompt."""

    path: str
    """Absolute path as the agent sees it; it is named to agents that take no such content."""
    mime_type: str = ""
    """Such as `image/png`; empty: not known."""
    name: str = ""
    """What the user calls it; empty: the path's last part."""
    source: str = ""
    """Path on the host to read it from; empty: `path`. Its content never changes."""


class AgentCommand(Value, frozen=True, kw_only=True):
    """A command of the agent's own, such as `/review`."""

    name: str
    """Without the slash."""
    description: str = ""
    hint: str = ""
    """What may be written behind it."""


class AgentMode(Value, frozen=True, kw_only=True):
    """A way for an agent to work, such as one that plans and changes nothing."""

    id: str
    """The agent's own word for it."""
    name: str = ""
    description: str = ""


class AgentModes(Value, frozen=True, kw_only=True):
    """The modes of a session."""

    current: str = ""
    """The one that it is in, as far as the agent has told; empty: not known."""
    chosen: str = ""
    """The one that the user wants; empty: as the agent's profile says."""
    available: tuple[AgentMode, ...] = ()


class PlanItem(Value, frozen=True, kw_only=True):
    text: str
    status: str = "pending"
    """`pending`, `in_progress` or `completed`."""


class Entry(Value, frozen=True, kw_only=True):
    """One thing in a conversation; fields that do not belong to its kind are empty."""

    id: str
    process_id: str
    kind: EntryKind
    order: int
    """Place in the process's conversation, from 0; never changes."""
    text: str = ""
    """Markdown of a message, title of a tool call, or plain text."""
    title: str = ""
    state: ToolState | None = None
    tool_kind: str = ""
    """`read`, `edit`, `delete`, `move`, `search`, `execute`, `think`, `fetch`, `other`."""
    output: str = ""
    edits: tuple[FileEdit, ...] = ()
    locations: tuple[str, ...] = ()
    plan: tuple[PlanItem, ...] = ()
    approval_id: str | None = None
    started_at: float = 0.0
    ended_at: float | None = None


class Conversation(Value, frozen=True, kw_only=True):
    """A window of a session's entries, oldest first."""

    entries: tuple[Entry, ...]
    total: int
    """How many entries the session has in all."""
    start: int
    """Index of the first entry of the window among all."""


class Screen(Value, frozen=True, kw_only=True):
    """What the screen of an agent shows."""

    process_id: str
    lines: tuple[str, ...]
    """From the top; with SGR sequences (colours) and no other control character."""


class LogChunk(Value, frozen=True, kw_only=True):
    """A window of a process's output."""

    offset: int
    """Byte offset of the window's first byte."""
    next_offset: int
    size: int
    """Bytes that the stream has in all."""
    text: str
    ended: bool
    """True when the process has ended and nothing more will come."""
    removed: bool = False
    """Whether the output was removed for its age or size."""


class LogLines(Value, frozen=True, kw_only=True):
    """A window of a process's output, by lines."""

    start: int
    """Number of the first line, from 0."""
    lines: tuple[str, ...]
    """Without their ends; a line that is longer than a window is cut."""
    offset: int
    """Where the first one begins, in bytes."""
    total: int
    """Lines that the stream has in all; one without an end counts."""
    ended: bool
    removed: bool = False
