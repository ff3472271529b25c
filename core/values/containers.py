"""Containers of this home as the engine reports them, and what they use. Nothing of it is stored."""

from __future__ import annotations

from core.values.value import Value


class Usage(Value, frozen=True, kw_only=True):
    """What one container uses at one moment."""

    cpu_percent: float
    """Of one processor: 200 means two whole ones."""
    memory_bytes: int
    """Without the page cache, which the kernel takes back when it is needed."""
    memory_limit_bytes: int = 0
    processes: int = 0
    processes_limit: int = 0
    """0: none."""
    received_bytes: int = 0
    sent_bytes: int = 0


class ContainerInfo(Value, frozen=True, kw_only=True):
    """A container that carries this home's label."""

    id: str
    """The container engine's id."""
    name: str
    workspace: str
    """The workspace that its label names, whether or not there is one."""
    state: str
    """`created`, `running`, `paused`, `restarting`, `exited`, `removing` or `dead`."""
    health: str = ""
    """`starting`, `healthy` or `unhealthy`; empty: the image has no health check."""
    image: str = ""
    created_at: float = 0.0
    started_at: float | None = None
    exit_code: int | None = None
    out_of_memory: bool = False
    """Whether its own process was killed for want of memory, as far as the container engine knows."""
    orphan: bool = False
    """Its workspace is gone."""
    helper: bool = False
    """It was made for a workspace's container or one short command, and goes away with it."""
    usage: Usage | None = None
    """Only when it was asked for and the container runs."""
    disk_bytes: int | None = None
    """What it has written over its image, and its workspace's files; only when it was asked for."""

    @property
    def running(self) -> bool:
        return self.state == "running"

    @property
    def words(self) -> str:
        """The state with what else is to be known of it: `running, healthy` or `exited 137, orphan`."""
        code = f" {self.exit_code}" if self.exit_code is not None else ""
        notes = [self.health] + ["out of memory"] * self.out_of_memory + ["orphan"] * self.orphan
        return ", ".join(filter(None, (f"{self.state}{code}", *notes, "helper" if self.helper else "")))


class ContainerLog(Value, frozen=True, kw_only=True):
    """The end of what a container's own first process has written; sessions have logs of their own."""

    name: str
    text: str


class PruneReport(Value, frozen=True, kw_only=True):
    """What a prune has removed, or would remove."""

    dry_run: bool
    containers: tuple[ContainerInfo, ...] = ()


class Defaults(Value, frozen=True, kw_only=True):
    """What new workspaces get, as `config.toml` says it; see `core.config.WorkspaceSection`."""

    runner: str = ""
    """`docker` or `host`; empty: docker when an engine answers."""
    image: str = ""
    cpus: float = 0.0
    memory_mb: int = 0
    processes: int = 0
    disk_mb: int = 0
    """0: no limit."""
    network: str = ""
    allow_hosts: tuple[str, ...] = ()


class Notice(Value, frozen=True, kw_only=True):
    """Something that has happened without the user's doing, such as a container removed from outside."""

    text: str
    workspace: str = ""
    at: float = 0.0


class WorkspaceHealth(Value, frozen=True, kw_only=True):
    """Whether everything that a workspace is made of is there."""

    workspace: str
    environment: str
    """`running`, `stopped` or `absent`."""
    disk_bytes: int = 0
    """What its files take on this machine."""
    troubles: tuple[str, ...] = ()
    """What is missing or does not fit, each in a sentence with what to do."""


class RefusedHost(Value, frozen=True, kw_only=True):
    """A destination that a workspace was not let through to."""

    host: str
    port: int
    reason: str
    entry: str = ""
    """What would let through to it, in a list of hosts."""
    count: int = 1
    last_at: float = 0.0


class NetworkReport(Value, frozen=True, kw_only=True):
    """What a workspace may reach, and what it tried to since its engine started."""

    workspace: str
    network: str
    allow_hosts: tuple[str, ...] = ()
    refused: tuple[RefusedHost, ...] = ()
    """The latest one last."""
