"""The container runner: one container per workspace, found by its name, made again when it has vanished.

The engine is never asked to carry data. Processes are tied to run directories in a bind mount, so whether
one lives, what it wrote and how it ended is read from files, and a restart of the engine loses nothing.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from core.egress.proxy import Doors
from core.egress.published import Harbours
from core.egress.refusals import Refusal, Refusals
from core.egress.tools import Serve, ToolDoors
from core.errors import BoatyardError, ConflictError, NotFoundError
from core.processes.command import Command
from core.processes.run_directory import RunDirectory
from core.runners.docker import layout
from core.runners.docker.administration import Administration
from core.runners.docker.build import ImageRecipe, build_image
from core.runners.docker.connection import Connection
from core.runners.docker.container import (
    SPEC,
    ContainerSpec,
    container_name,
    user,
    workspace_spec,
)
from core.runners.docker.deeds import Deeds
from core.runners.docker.delivery import deliver
from core.runners.docker.engine import Container, ContainerEngine, LeftBegunError
from core.runners.docker.first_home import FirstHomes
from core.runners.docker.helper import Helpers
from core.runners.docker.image import Images
from core.runners.docker.inside import Inside, container_variables
from core.runners.docker.programs import Programs
from core.runners.docker.relay import Relays
from core.runners.runner import LOOPBACK, Environment, EnvironmentState, ExecResult, Owned, Progress
from core.runners.secrets import Secrets
from core.runners.short_command import discard_leftovers, runs_of
from core.runners.variables import SHELL_SCRIPT, write_variables
from core.values.entities import RunnerInfo
from core.values.states import RunnerKind

_STOP_GRACE_SECONDS = 5.0
_NAME_ATTEMPTS = 100
_NAME_PAUSE_SECONDS = 0.1
_DETACH_KEYS = "ctrl-^,ctrl-@"
"""The default would swallow every ctrl-p, which shells and editors use."""


class DockerRunner:
    """Runs each workspace's processes in a container of its own."""

    kind: ClassVar[RunnerKind] = RunnerKind.DOCKER
    isolates: ClassVar[bool] = True

    def __init__(
        self, address: str | None = None, secrets: Secrets | None = None, serve_tools: Serve | None = None
    ) -> None:
        """Touches nothing yet.

        Args:
            address: Of the engine; found as the `docker` command finds it when not given.
            secrets: What gives containers their secrets.
            serve_tools: The command that serves the tools of a workspace's agent; None: there are none.
        """
        self._secrets = secrets or Secrets()
        self._delivered: dict[str, tuple[str, str]] = {}
        """By container: its id and start when it got its secrets."""
        self._connection = Connection(address)
        deeds = Deeds()
        self.administration = Administration(self._connection, deeds)
        self._engine = ContainerEngine(self._connection, deeds)
        self._images = Images(self._connection)
        self._inside = Inside(self._engine)
        self._helpers = Helpers(self._engine)
        self._first_homes = FirstHomes(self._engine)
        self._programs = Programs(self._images, self._inside, self._helpers)
        self._relays = Relays(self._engine, self._programs)
        self.doors = Doors()
        self._harbours = Harbours(LOOPBACK)
        self._tools = ToolDoors(serve_tools) if serve_tools is not None else None
        self.on_refused: Callable[[str, Refusal], None] = lambda workspace, refusal: None
        """Told of each new destination that a workspace was not let through to."""
        self._locks: dict[str, asyncio.Lock] = {}

    async def probe(self) -> RunnerInfo:
        try:
            facts = await self._engine.facts()
        except BoatyardError as error:
            return RunnerInfo(kind=self.kind, available=False, detail=error.message, isolates=True)
        detail = f"container engine {facts.version}"
        if facts.unenforced:
            detail += f"; {', '.join(facts.unenforced)} limits are not enforced by this engine"
        return RunnerInfo(kind=self.kind, available=True, detail=detail, isolates=True)

    async def ensure(self, env: Environment, progress: Progress | None = None) -> None:
        self._prepare(env)
        spec = workspace_spec(env, await self._engine.cpus())
        async with self._locks.setdefault(spec.name, asyncio.Lock()):
            await self.open_door(env)
            await self._ensure_runs(env, spec, progress)
            await self._relay(env, spec)
            if spec.secrets:
                await self._deliver(env, spec)

    async def open_door(self, env: Environment) -> None:
        """Opens the way to the agent's tools, and to the listed hosts where the workspace has a list."""
        if self._tools is not None:
            await self._tools.open(env.workspace, env.root / "etc")
        if env.settings.network == "allow":
            refusals = Refusals(lambda refusal: self.on_refused(env.workspace, refusal))
            await self.doors.open(env.workspace, env.root / "egress", env.settings.allow_hosts, refusals)
        else:
            await self.doors.shut(env.workspace)

    async def reopen(self, env: Environment) -> None:
        """After a start of ours: a container that runs gets its tools, listed hosts and ports again."""
        await self.open_door(env)
        if env.settings.network == "full":
            return
        if await self.state(env) is EnvironmentState.RUNNING:
            await self._open_ports(env)

    async def _relay(self, env: Environment, spec: ContainerSpec) -> None:
        found = await self._engine.find(spec.name)
        if found is not None:
            await self._relays.settle(env, found)
            await self._open_ports(env)

    async def _open_ports(self, env: Environment) -> None:
        """Listens for a workspace whose ports the container engine cannot publish."""
        apart = env.settings.network != "full"
        await self._harbours.open(env.workspace, env.root / "ports", env.ports if apart else ())

    async def release_ports(self, env: Environment) -> None:
        await self._harbours.shut(env.workspace)

    async def _ensure_runs(self, env: Environment, spec: ContainerSpec, progress: Progress | None) -> None:
        found = await self._engine.find(spec.name)
        if found is not None and await self._reuse(env, spec, found):
            return
        image = await self._images.resolve(env.settings.image, progress)
        if found is not None:
            await self._engine.remove(found.id)
        await self._first_homes.furnish(env, image)
        await self._create(env, spec, image)

    async def _deliver(self, env: Environment, spec: ContainerSpec) -> None:
        """Brings the secrets in, once for each start of the container."""
        found = await self._engine.find(spec.name)
        if found is None or self._delivered.get(spec.name) == (found.id, found.started_at):
            return
        await deliver(self._inside, env, await self._secrets.resolve(env.workspace, env.settings, anew=True))
        self._delivered[spec.name] = found.id, found.started_at

    async def _reuse(self, env: Environment, spec: ContainerSpec, found: Container) -> bool:
        """Makes the container that is there run, if it is the right one.

        An outdated one in which a process lives is right too: it is made again the next time.
        """
        _refuse_foreign(spec, found)
        running = found.state is EnvironmentState.RUNNING
        busy = running and any(run.alive() for run in runs_of(env.runs))
        if not busy and not await self._current(env, spec, found):
            return False
        await self._adapt(spec, found)
        if found.status == "paused":
            await self._engine.wake(found.id)
        elif not running:
            try:
                await self._engine.start(found.id, spec.name)
            except LeftBegunError:
                return False
        return True

    async def _current(self, env: Environment, spec: ContainerSpec, found: Container) -> bool:
        if found.labels.get(SPEC) != spec.digest() or found.status in ("dead", "removing"):
            return False
        # An image that is gone from here is no reason to lose the container that was made from it.
        return await self._images.local(env.settings.image) in (None, found.image)

    async def _create(self, env: Environment, spec: ContainerSpec, image: str) -> None:
        """Creates; when somebody was quicker (the name is the lock), theirs will do if it is ours as well."""
        for _ in range(_NAME_ATTEMPTS):
            try:
                await self._engine.create(spec, image)
                return
            except ConflictError:
                found = await self._engine.find(spec.name)
                if found is not None and await self._reuse(env, spec, found):
                    return
                if found is not None:
                    raise
            # A name is taken a moment before its container can be seen.
            await asyncio.sleep(_NAME_PAUSE_SECONDS)
        raise ConflictError(f"the container name {spec.name} is taken", hint="Try again in a moment.")

    async def has_image(self, name: str) -> bool:
        """Whether an image is on this machine."""
        return await self._images.local(name) is not None

    async def build_image(self, recipe: ImageRecipe, instance: str, tell: Progress) -> None:
        """Builds an image; each line of the log is told (see `core.runners.docker.build`)."""
        await build_image(self._connection, recipe, instance, tell)

    async def adapt(self, env: Environment) -> None:
        await self.open_door(env)
        found = await self._engine.find(container_name(env))
        if found is not None:
            await self._adapt(workspace_spec(env, await self._engine.cpus()), found)

    async def _adapt(self, spec: ContainerSpec, found: Container) -> None:
        """Gives a container other limits, as it runs: what was installed into it stays."""
        if found.limits != spec.limits:
            await self._engine.limit(found.id, spec)

    async def stop(self, env: Environment) -> None:
        found = await self._engine.find(container_name(env))
        if found is None or found.state is not EnvironmentState.RUNNING:
            return
        alive = [run for run in runs_of(env.runs) if run.alive()]
        if alive:
            # Asked one by one first: when the container stops, wrappers die before they can write.
            await self._inside.terminate(env, alive, _STOP_GRACE_SECONDS)
        await self._harbours.shut(env.workspace)
        await self._relays.drop(env)
        await self._engine.stop(found.id)

    async def remove(self, env: Environment) -> None:
        await self.doors.shut(env.workspace)
        if self._tools is not None:
            await self._tools.shut(env.workspace)
        await self._harbours.shut(env.workspace)
        await self.stop(env)
        for owned in await self._engine.owned(env.instance, workspace=env.workspace):
            await self._engine.remove(owned.name)

    async def state(self, env: Environment) -> EnvironmentState:
        found = await self._engine.find(container_name(env))
        return EnvironmentState.ABSENT if found is None else found.state

    async def spawn(self, env: Environment, run: RunDirectory, command: Command) -> None:
        await self._inside.spawn(env, run, command)

    async def alive(self, env: Environment, run: RunDirectory) -> bool:
        return run.alive()

    async def close_input(self, env: Environment, run: RunDirectory) -> None:
        run.close_input()

    async def terminate(self, env: Environment, run: RunDirectory, grace_seconds: float) -> None:
        await self._inside.terminate(env, [run], grace_seconds)

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
        command = Command(argv, cwd or str(env.folder), variables or {}, stdin)
        found = await self._engine.find(container_name(env))
        if found is not None and found.status == "running":
            if await self._programs.inside(env, found.image, needs):
                return await self._inside.run(env, command, timeout_seconds)
        self._prepare(env)
        own = found.image if found else await self._images.resolve(env.settings.image)
        image = await self._programs.image_with(env, needs, own)
        return await self._helpers.run(env, image, command, timeout_seconds)

    def shell_argv(self, env: Environment, argv: tuple[str, ...] = (), cwd: str = "") -> tuple[str, ...]:
        """As the protocol says; needs the `docker` command, which owns the terminal meanwhile.

        Raises:
            NotFoundError: There is no `docker` command.
        """
        docker = shutil.which("docker")
        if docker is None:
            raise NotFoundError(
                "a shell in a container needs the `docker` command, and it is not in PATH",
                hint="Install the docker command line (docker-cli).",
            )
        where = cwd or str(env.folder)
        options = ("-it", "--detach-keys", _DETACH_KEYS, "--user", user(), "--env", "TERM")
        inner = ("sh", "-c", SHELL_SCRIPT, "boatyard", f"{layout.ETC}/variables", where, *argv)
        return (docker, "-H", self._connection.address, "exec", *options, container_name(env), *inner)

    async def attached(self, env: Environment) -> bool:
        return await self._engine.entered(container_name(env))

    async def owned(self, instance: str) -> list[Owned]:
        return await self._engine.owned(instance)

    def port_obstacle(self, env: Environment) -> str:
        return self._relays.obstacle(env.workspace)

    def path_of(self, env: Environment, host_path: Path) -> str:
        return layout.inside(env, host_path)

    async def close(self) -> None:
        await self.doors.close()
        if self._tools is not None:
            await self._tools.close()
        await self._harbours.close()
        await self.administration.close()
        self._connection.close()

    def _prepare(self, env: Environment) -> None:
        """Makes what is mounted: folders, user tables, variables."""
        env.prepare()
        discard_leftovers(env.runs)
        layout.write_accounts(env.root / "etc", os.getuid(), os.getgid(), env.settings)
        secrets = f"{layout.SECRETS}/env" if env.settings.secrets else ""
        write_variables(env.root / "etc" / "variables", container_variables(env), also=secrets)


def _refuse_foreign(spec: ContainerSpec, found: Container) -> None:
    if any(found.labels.get(key) != value for key, value in spec.labels.items()):
        raise ConflictError(
            f"the container name {spec.name} is taken by a container that is not Boatyard's",
            hint=f"Rename or remove that container: `docker rename {spec.name} other-name`.",
        )
