"""What a runner can do, and the values it is asked with.

A runner keeps nothing in memory that matters: an environment is found again by its workspace's name, a
process by its run directory, so that any later engine goes on where one was killed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import ClassVar, Protocol

from core.errors import NotFoundError
from core.processes.command import Command
from core.processes.run_directory import RunDirectory
from core.values.entities import PublishedPort, RunnerInfo, Settings
from core.values.states import RunnerKind

Progress = Callable[[str], None]
"""Told in a few words what a long step does now; called on the event loop."""


@dataclass(frozen=True)
class Clone:
    """One repository of a workspace, by its paths on the host."""

    name: str
    worktree: Path
    git_dir: Path
    """The clone's private git directory, outside of the worktree."""
    dot_git: Path
    """A one-line file that a container sees as `.git` of the worktree; it names `/boatyard/git/<name>`."""
    objects: Path
    """The depot's objects, which a container sees read-only at the same path."""


@dataclass(frozen=True)
class Environment:
    """A workspace as a runner sees it. `root` and everything named here exist before `ensure`."""

    workspace: str
    instance: str
    """Tells this home's environments from every other's."""
    root: Path
    """The workspace's folder of the home: holds `code/`, `git/`, `runs/`, `home/`, `tmp/`, `etc/`."""
    folder: Path
    """Where the clones lie; commands that belong to no single clone start here."""
    clones: tuple[Clone, ...] = ()
    settings: Settings = field(default_factory=Settings)
    agents_folder: Path | None = None
    """Programs for the agents, which a container sees read-only at `/boatyard/agents`."""
    env: dict[str, str] = field(default_factory=dict)
    """Variables of all processes, laid over those of `settings`."""

    ports: tuple[PublishedPort, ...] = ()
    """Ports inside that this machine shall reach, where inside is not this machine itself."""

    @property
    def runs(self) -> Path:
        """The folder of all run directories; no sandbox can replace it."""
        return self.root / "runs"

    def prepare(self) -> None:
        """Makes the folders of the root that are missing, readable by the user alone.

        Raises:
            NotFoundError: The root itself is not there. It is not made: half of it would be taken for damage.
        """
        if not self.root.is_dir():
            raise NotFoundError(
                f"the folder of {self.workspace} is gone",
                hint=f"Bring back its last snapshot: boatyard workspace repair {self.workspace}",
            )
        for name in ("runs", "home", "tmp", "etc"):
            (self.root / name).mkdir(mode=0o700, exist_ok=True)
        for folder, _ in self.volumes:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    @property
    def volumes(self) -> tuple[tuple[Path, str], ...]:
        """Folders of the workspace that its settings want mounted, and where."""
        return tuple((self.root / "volumes" / name, to) for name, to in self.settings.mounts if name)


LOOPBACK = "127.0.0.1"
"""The only address of this machine that ports of workspaces are published at."""


class EnvironmentState(StrEnum):
    RUNNING = "running"
    STOPPED = "stopped"
    ABSENT = "absent"
    """There is none; `ensure` makes one."""


@dataclass(frozen=True)
class Owned:
    """An environment that exists and carries the instance's label, whether or not its workspace does."""

    workspace: str
    name: str
    """What the engine underneath calls it, such as a container's name."""
    state: EnvironmentState
    image: str = ""
    helper: bool = False
    """It was made for one short command, and goes away with it."""


@dataclass(frozen=True)
class ExecResult:
    """How a short command ended, with all it wrote."""

    exit_code: int
    out: bytes
    err: bytes


class Runner(Protocol):
    """Where processes run. Every method is safe to repeat; none blocks the event loop or waits for ever."""

    kind: ClassVar[RunnerKind]
    isolates: ClassVar[bool]

    async def probe(self) -> RunnerInfo:
        """Whether it can be used here, within a few seconds; never raises."""
        ...

    async def ensure(self, env: Environment, progress: Progress | None = None) -> None:
        """Makes the environment run, as `env` describes it; one that has vanished is made again.

        Raises:
            UnreachableError: The engine underneath does not answer.
            NotFoundError: The image cannot be had.
            ConflictError: The name is taken by something that is not ours.
        """
        ...

    async def adapt(self, env: Environment) -> None:
        """Puts the limits of `env` in force where it runs; what does not run gets them when it starts.

        Raises:
            ConflictError: They cannot be put in force, such as less memory than is in use.
        """
        ...

    async def stop(self, env: Environment) -> None:
        """Ends everything that runs in the environment and keeps its files."""
        ...

    async def remove(self, env: Environment) -> None:
        """Removes the environment; the workspace's folders on the host stay."""
        ...

    async def state(self, env: Environment) -> EnvironmentState: ...

    async def spawn(self, env: Environment, run: RunDirectory, command: Command) -> None:
        """Creates the run directory (below `env.runs`) and starts the command, detached.

        Returns when it runs or has ended. A missing command or folder is told by exit code 127 or 126.

        Raises:
            UsageError: The command is one that nothing could run.
            ConflictError: The environment does not run.
        """
        ...

    async def alive(self, env: Environment, run: RunDirectory) -> bool:
        """Whether the run's wrapper lives and will write down an exit code."""
        ...

    async def close_input(self, env: Environment, run: RunDirectory) -> None:
        """Gives the process end-of-file on its standard input."""
        ...

    async def terminate(self, env: Environment, run: RunDirectory, grace_seconds: float) -> None:
        """Ends everything that the process started: asked first, killed after `grace_seconds`.

        Raises:
            BoatyardError: Something could not be killed.
        """
        ...

    async def exec(
        self,
        env: Environment,
        argv: tuple[str, ...],
        *,
        cwd: str = "",
        variables: dict[str, str] | None = None,
        stdin: bytes = b"",
        timeout_seconds: float = 60.0,
        needs: str = "",
    ) -> ExecResult:
        """Runs a short command inside to its end; also where the environment does not run.

        Args:
            env: The environment.
            argv: The command.
            cwd: Folder as the command sees it; empty: the environment's.
            variables: Laid over the environment's variables.
            stdin: All of standard input.
            timeout_seconds: After this, everything it started is killed.
            needs: A program without which it makes no sense, such as `git`; where the image lacks it,
                another image that has it is used, with the same files and no network.

        Raises:
            BoatyardError: It took too long, or wrote more than 64 MiB.
            NotFoundError: No image at hand has the program in `needs`.
        """
        ...

    def shell_argv(self, env: Environment, argv: tuple[str, ...] = (), cwd: str = "") -> tuple[str, ...]:
        """The command line for the user's own terminal that runs `argv`, or a shell, inside."""
        ...

    async def attached(self, env: Environment) -> bool:
        """Whether a terminal's shell is open in the environment; asked where no process of ours runs."""
        ...

    async def owned(self, instance: str) -> list[Owned]:
        """All environments of the instance that exist, orphans included."""
        ...

    async def release_ports(self, env: Environment) -> None:
        """Stops listening for an environment that does not run, so that one can see who uses its ports."""
        ...

    def port_obstacle(self, env: Environment) -> str:
        """Why ports of a running environment lead nowhere, for people; empty: they lead there."""
        ...

    def path_of(self, env: Environment, host_path: Path) -> str:
        """How processes inside see a path of the host.

        Raises:
            UsageError: They do not see it at all.
        """
        ...

    async def close(self) -> None:
        """Gives connections and threads back; environments and processes stay as they are."""
        ...
