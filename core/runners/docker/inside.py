"""Processes inside a workspace's running container: starting, ending, and short commands."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from core.errors import BoatyardError, UnreachableError
from core.processes.command import Command
from core.processes.launch import begun
from core.processes.run_directory import RunDirectory
from core.processes.wrapper import wrapper_argv
from core.runners.docker.container import container_name
from core.runners.docker.engine import ContainerEngine
from core.runners.docker.family import KILL_SECONDS, SURVIVORS, terminate_argv
from core.runners.docker.layout import SECRETS, home_of, login_of
from core.runners.docker.proxy_variables import proxy_variables
from core.runners.runner import Environment, EnvironmentState, ExecResult
from core.runners.short_command import discarded_on_failure, new_run, run_to_end, runs_of
from core.runners.variables import workspace_variables

_START_SECONDS = 20.0
_WITH_SECRETS = '. "$0" && exec "$@"'


def container_variables(env: Environment) -> dict[str, str]:
    """What every process of the workspace has in a container, beside what the image sets."""
    name = login_of(env.settings)
    own = {"HOME": home_of(env.settings), "USER": name, "LOGNAME": name, "LANG": "C.UTF-8"}
    if env.settings.auth_files:
        own["BOATYARD_AUTH_FILES"] = f"{SECRETS}/auth"
    return {**own, **proxy_variables(env), **workspace_variables(env)}


def _secretly(env: Environment) -> tuple[str, ...]:
    """In front of a command: brings the secrets into its environment, from a file that only it can read."""
    return ("/bin/sh", "-c", _WITH_SECRETS, f"{SECRETS}/env") if env.settings.secrets else ()


class Inside:
    """What happens inside of containers that run."""

    def __init__(self, engine: ContainerEngine) -> None:
        self._engine = engine

    async def spawn(self, env: Environment, run: RunDirectory, command: Command) -> None:
        run.create(command)
        argv = wrapper_argv(str(run.path), command.cwd, (*_secretly(env), *command.argv))
        async with discarded_on_failure(run):
            await self._engine.execute(container_name(env), argv, {**container_variables(env), **command.env})
            await begun(run)

    async def run(
        self, env: Environment, command: Command, timeout_seconds: float, *, feed: bytes | None = None
    ) -> ExecResult:
        """A short command to its end; one with `feed` reads that from a FIFO, and sees no secrets."""
        run = new_run(env.runs)

        async def alive() -> bool:
            return run.alive()

        async def start() -> None:
            plain = replace(env, settings=msgspec.structs.replace(env.settings, secrets={}))
            await self.spawn(plain, run, command)
            if feed is not None:
                await run.write_input(feed)
                run.close_input()

        return await run_to_end(
            run,
            command.argv[0],
            start=start,
            alive=alive,
            kill=lambda: self._kill(env, run),
            timeout_seconds=timeout_seconds,
        )

    async def _kill(self, env: Environment, run: RunDirectory) -> None:
        if run.alive():
            await self._engine.execute(container_name(env), terminate_argv([run.id], 0.0, alone=False), {})

    async def terminate(self, env: Environment, runs: list[RunDirectory], grace_seconds: float) -> None:
        """Ends everything that the runs started.

        Raises:
            BoatyardError: Something cannot be killed.
        """
        found = await self._engine.find(container_name(env))
        if found is None or found.state is not EnvironmentState.RUNNING:
            return  # Nothing lives in a container that does not run.
        ids = {run.id for run in runs}
        alone = not any(run.alive() for run in runs_of(env.runs) if run.id not in ids)
        argv = terminate_argv(sorted(ids), grace_seconds, alone=alone)
        limit = grace_seconds + KILL_SECONDS + _START_SECONDS
        try:
            result = await self.run(env, Command(argv, "/", stdin=b""), limit)
        except UnreachableError:
            raise
        except BoatyardError:
            result = None
        if result is None or result.exit_code not in (0, SURVIVORS):
            # No room for one more process, as under a fork bomb: only the whole container can be ended.
            await self._engine.kill(found.id)
        elif result.exit_code == SURVIVORS:
            left = result.out.decode(errors="replace").strip()
            raise BoatyardError(
                f"processes in the container of {env.workspace} cannot be killed: {left}",
                hint="Close the workspace: that stops its container.",
            )
