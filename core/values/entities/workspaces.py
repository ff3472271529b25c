"""Attempts at tasks, and what belongs to them."""

from __future__ import annotations

from core.values.conflicts import UpdateState
from core.values.entities.settings import Settings
from core.values.pull_requests import PullLink
from core.values.states import (
    Activity,
    RunnerKind,
    WorkspaceState,
)
from core.values.value import Value


class WorkspaceRepo(Value, frozen=True, kw_only=True):
    repo_id: str
    name: str
    path: str
    """Absolute path of the clone's working tree."""
    target_branch: str
    base_commit: str
    head: str
    added: int = 0
    """Lines added against the target at the last snapshot."""
    removed: int = 0
    unread: tuple[str, ...] = ()
    """Files, and folders with `/` behind, that the last snapshot could not read: no diff, checkpoint or merge
    has them as they are."""


class CopiedFiles(Value, frozen=True, kw_only=True):
    """What was copied into a clone from beside git; no snapshot, checkpoint or merge has it."""

    repo: str
    """The repo's name."""
    files: tuple[str, ...] = ()
    """Names below the repository; bytes that are no UTF-8 are private-use characters."""
    kept: tuple[str, ...] = ()
    """Matched, but the branch has them."""
    left: tuple[tuple[str, str], ...] = ()
    """Matched and not copied, with the reason."""
    unmatched: tuple[str, ...] = ()
    """Patterns that nothing matched."""


class PublishedPort(Value, frozen=True, kw_only=True):
    """A port of a workspace, and the loopback port of this machine that leads to it."""

    inner: int
    """What programs in the workspace's container listen on; the same in every workspace."""
    outer: int
    """Chosen free when the workspace was made, and kept for it. On the host runner, which has no ports of
    its own, programs listen on this one."""


class DevServer(Value, frozen=True, kw_only=True):
    """A dev server that runs now."""

    process_id: str
    repo: str
    """Name of the repo whose script it is."""
    port: int = 0
    """What it was told to listen on, as `PORT`."""
    url: str = ""
    """Where this machine reaches it; empty until it has been found."""
    notice: str = ""
    """Why it cannot be reached, for people."""


class Workspace(Value, frozen=True, kw_only=True):
    id: str
    name: str
    task_id: str
    branch: str
    state: WorkspaceState
    activity: Activity = Activity.IDLE
    runner: RunnerKind = RunnerKind.HOST
    notice: str = ""
    """What the user has to know about this workspace, such as that nothing isolates it."""
    repos: tuple[WorkspaceRepo, ...] = ()
    settings: Settings = Settings()
    ports: tuple[PublishedPort, ...] = ()
    dev_servers: tuple[DevServer, ...] = ()
    """Those that run."""
    archived: bool = False
    pinned: bool = False
    idle_minutes: float | None = None
    """It closes by itself after so long without activity; 0: never. None: as the settings say."""
    parent_workspace: str | None = None
    agent: str = ""
    """Executor of the latest session."""
    session_id: str | None = None
    """The latest session."""
    process_id: str | None = None
    """The latest agent process of the latest session."""
    turns: int = 0
    queued: int = 0
    """Follow-ups that wait for the running turn."""
    queue_paused: str = ""
    """Why they wait though nothing runs, for people: the last turn failed, say. Empty: they do not."""
    paused: str = ""
    """Why no turn starts: a budget that is used up. Empty: none is."""
    rate_limited_until: float | None = None
    """When the provider of the agent's model lets it go on; 0: it did not say. None: it is not limited."""
    rate_limit: str = ""
    """What the provider said."""
    update: UpdateState | None = None
    """An update from the target branches that has stopped at conflicts."""
    pull_requests: tuple[PullLink, ...] = ()
    """The latest of each repo and host, as they were when they were last looked at."""
    landed_at: float | None = None
    """When it was last merged from here; None: it was not, or all of that was taken back."""
    folder: str = ""
    """Absolute path of the folder that holds the clones; agents start here or in the single clone."""
    published_at: float | None = None
    """When a folder of it was last published; None: nothing of it is public."""
    published_by: str = ""
    setup_completed_at: float | None = None
    last_activity_at: float = 0.0
    created_at: float = 0.0

    @property
    def added(self) -> int:
        return sum(repo.added for repo in self.repos)

    @property
    def removed(self) -> int:
        return sum(repo.removed for repo in self.repos)

    def path_of(self, repo_id: str, path: str) -> str:
        """A file of one of its repos, in words: as seen from its folder, where there are several."""
        name = next((repo.name for repo in self.repos if repo.repo_id == repo_id), "")
        return f"{name}/{path}" if name and len(self.repos) > 1 else path


class Trashed(Value, frozen=True, kw_only=True):
    """A removed workspace that can be recovered."""

    name: str
    task_id: str
    task_title: str
    removed_at: float
    expires_at: float
    """When it is deleted for good."""
    files: int = 0
    size: int = 0
    """Bytes on the disk."""
