"""What the engine publishes over its WebSocket, one JSON document per frame.

Every event has a sequence number that only grows, also from one engine process to the next. A client
sends the last number it has seen; it gets what came after, or `reset` when that is no longer known.
"""

from __future__ import annotations

import msgspec

from core.values.comments import ReviewComment
from core.values.conflicts import Forecast
from core.values.containers import Notice
from core.values.conversation import Entry
from core.values.entities import (
    Approval,
    Checkpoint,
    Operation,
    Process,
    Project,
    QueuedPrompt,
    Repo,
    Task,
    Workspace,
)
from core.values.landing import LandingQueue
from core.values.prompting import Scratch, Tag


class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """The base of all events."""

    sequence: int = 0


class ProjectChanged(Event, frozen=True, kw_only=True, tag="project"):
    project: Project


class RepoChanged(Event, frozen=True, kw_only=True, tag="repo"):
    repo: Repo


class RepoCloning(Event, frozen=True, kw_only=True, tag="cloning"):
    """A repository that was named by its address is being cloned, which may take a while."""

    url: str
    folder: str


class TaskChanged(Event, frozen=True, kw_only=True, tag="task"):
    task: Task


class WorkspaceChanged(Event, frozen=True, kw_only=True, tag="workspace"):
    workspace: Workspace


class ProcessChanged(Event, frozen=True, kw_only=True, tag="process"):
    process: Process


class OperationChanged(Event, frozen=True, kw_only=True, tag="operation"):
    operation: Operation


class ApprovalChanged(Event, frozen=True, kw_only=True, tag="approval"):
    approval: Approval


class QueueChanged(Event, frozen=True, kw_only=True, tag="queue"):
    """A workspace's queue, whole, in the order in which the prompts will start."""

    workspace: str
    queue: tuple[QueuedPrompt, ...] = ()


class TagChanged(Event, frozen=True, kw_only=True, tag="tag"):
    tag: Tag


class ScratchChanged(Event, frozen=True, kw_only=True, tag="scratch"):
    """A draft was typed on, here or in another terminal; one without a time was thrown away."""

    scratch: Scratch


class ForecastChanged(Event, frozen=True, kw_only=True, tag="forecast"):
    """What a workspace's work would be in conflict with is not what it was."""

    forecast: Forecast


class LandingChanged(Event, frozen=True, kw_only=True, tag="landing"):
    """The landing queue, whole."""

    queue: LandingQueue


class CommentChanged(Event, frozen=True, kw_only=True, tag="comment"):
    """A comment on a diff is new, or was changed, resolved or sent."""

    comment: ReviewComment


class Removed(Event, frozen=True, kw_only=True, tag="removed"):
    entity: str
    """`project`, `repo`, `task`, `workspace`, `tag`, `rule` or `comment`."""
    id: str
    """Its id; a workspace's is its id too, not its name."""


class EntryChanged(Event, frozen=True, kw_only=True, tag="entry"):
    """A conversation entry is new or changed; sent at most ten times a second per entry.

    A long text grows by its end: the text up to `keep` characters stays, `entry.text` follows it.
    """

    workspace: str
    session_id: str
    entry: Entry
    keep: int = 0


class LogGrew(Event, frozen=True, kw_only=True, tag="log"):
    """A process has written; at most ten times a second per process. Read it with the log calls."""

    workspace: str
    process_id: str
    size: int
    """Bytes in its output now."""


class FilesChanged(Event, frozen=True, kw_only=True, tag="files"):
    """A workspace has a new snapshot: its files and its diff may be different now."""

    workspace: str


class CheckpointTaken(Event, frozen=True, kw_only=True, tag="checkpoint"):
    """A workspace has a new checkpoint."""

    checkpoint: Checkpoint


class ContainersChanged(Event, frozen=True, kw_only=True, tag="containers"):
    """Containers were started, stopped, made or removed, by us or by somebody else: ask for them again."""

    workspaces: tuple[str, ...] = ()
    """Whose."""


class Noticed(Event, frozen=True, kw_only=True, tag="notice"):
    """Something has happened without the user's doing."""

    notice: Notice


class Reset(Event, frozen=True, kw_only=True, tag="reset"):
    """The events asked for are gone: take a new snapshot."""


class Stopping(Event, frozen=True, kw_only=True, tag="stopping"):
    """The engine stops, as it was told to."""


AnyEvent = (
    ProjectChanged
    | RepoChanged
    | RepoCloning
    | TaskChanged
    | WorkspaceChanged
    | ProcessChanged
    | OperationChanged
    | ApprovalChanged
    | QueueChanged
    | TagChanged
    | ScratchChanged
    | ForecastChanged
    | LandingChanged
    | CommentChanged
    | Removed
    | EntryChanged
    | LogGrew
    | FilesChanged
    | CheckpointTaken
    | ContainersChanged
    | Noticed
    | Reset
    | Stopping
)
