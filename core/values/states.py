"""The closed sets of states and kinds that entities can be in."""

from __future__ import annotations

from enum import StrEnum


class TaskStatus(StrEnum):
    TODO = "todo"
    IN_PROGRESS = "in_progress"
    IN_REVIEW = "in_review"
    DONE = "done"
    CANCELLED = "cancelled"


class WorkspaceState(StrEnum):
    """What the engine has decided about a workspace; a container's state is asked of its runner."""

    CREATING = "creating"
    OPEN = "open"
    FAILED = "failed"
    """A set-up script failed: everything is kept, for retry, a shell or deletion."""
    CLOSED = "closed"
    DELETED = "deleted"
    """In the trash, recoverable."""


class Activity(StrEnum):
    """What goes on in a workspace now, derived from its processes; what a tree shows beside it."""

    IDLE = "idle"
    SETUP = "setup"
    RUNNING = "running"
    WAITING = "waiting"
    """An agent asks for permission."""
    ASKING = "asking"
    """An agent asks the user something, while it works or with the end of its turn."""
    UNSEEN = "unseen"
    """A turn has ended well and nobody has looked at it yet."""
    FAILED = "failed"
    """The last agent process failed, or was killed or lost."""


class RunReason(StrEnum):
    SETUP_SCRIPT = "setup_script"
    CLEANUP_SCRIPT = "cleanup_script"
    ARCHIVE_SCRIPT = "archive_script"
    CODING_AGENT = "coding_agent"
    DEV_SERVER = "dev_server"
    COMMAND = "command"


class ProcessStatus(StrEnum):
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    KILLED = "killed"
    LOST = "lost"

    @property
    def ended(self) -> bool:
        return self is not ProcessStatus.RUNNING


class RunnerKind(StrEnum):
    HOST = "host"
    DOCKER = "docker"


class MergeStyle(StrEnum):
    MERGE = "merge"
    """A merge commit of the target and the workspace's work."""
    SQUASH = "squash"
    """One commit with everything."""
    REBASE = "rebase"
    """Each of the workspace's commits again, on top of the target."""


class CheckpointKind(StrEnum):
    BEFORE_TURN = "before_turn"
    AFTER_TURN = "after_turn"
    MANUAL = "manual"
    BEFORE_RESTORE = "before_restore"


class OperationStatus(StrEnum):
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    """Stopped at a step, and what was done is kept."""
    UNDONE = "undone"
    """Failed, and every step was taken back."""


class ApprovalStatus(StrEnum):
    PENDING = "pending"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"
    """The agent ended or cancelled before there was an answer."""
