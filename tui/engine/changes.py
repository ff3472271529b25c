"""What is different since the last time, as the store tells its watchers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.values.entities import QueuedPrompt
    from core.values.events import EntryChanged
    from core.values.landing import LandingQueue
    from core.values.prompting import Scratch


@dataclass
class Changes:
    """What is different since the last time; workspaces are named, all others by id."""

    everything: bool = False
    structure: bool = False
    """Something came, went, or belongs to something else now."""
    projects: set[str] = field(default_factory=set)
    tasks: set[str] = field(default_factory=set)
    workspaces: set[str] = field(default_factory=set)
    """Workspaces, their approvals and their operations."""
    processes: set[str] = field(default_factory=set)
    logs: dict[str, int] = field(default_factory=dict)
    """Size of the output by process."""
    files: set[str] = field(default_factory=set)
    """Workspaces with a new snapshot."""
    comments: set[str] = field(default_factory=set)
    """Workspaces with a comment that is new or was changed; empty for one that was removed."""
    forecasts: set[str] = field(default_factory=set)
    """Workspaces of which something else is to be expected now."""
    landing: LandingQueue | None = None
    """The landing queue, when it is another one."""
    checkpoints: set[str] = field(default_factory=set)
    """Workspaces with a new checkpoint."""
    containers: bool = False
    """Whether containers came, went, started or stopped."""
    agents: bool = False
    """Whether it is known anew which agents and runners there are."""
    notices: list[str] = field(default_factory=list)
    """What has happened without the user's doing, in sentences."""
    scratches: list[Scratch] = field(default_factory=list)
    """Drafts that were written on, here or elsewhere."""
    tags: bool = False
    queues: dict[str, tuple[QueuedPrompt, ...]] = field(default_factory=dict)
    """What waits, by workspace."""
    entries: list[EntryChanged] = field(default_factory=list)

    @property
    def only_output(self) -> bool:
        """Whether nothing is different but what agents and processes have written."""
        return self == Changes(entries=self.entries, logs=self.logs)


Watcher = Callable[[Changes], None]
