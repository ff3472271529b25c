"""Helper containers: one short command with a workspace's files, where its own container cannot run it."""

from __future__ import annotations

import uuid

from core.processes.command import Command
from core.processes.launch import begun
from core.processes.wrapper import wrapper_argv
from core.runners.docker.container import container_name, helper_spec
from core.runners.docker.engine import ContainerEngine
from core.runners.docker.layout import home_of
from core.runners.runner import Environment, ExecResult
from core.runners.short_command import new_run, run_to_end


class Helpers:
    """Makes helper containers and takes them away again.

    The command's wrapper is the container's only process. The workspace's own variables are left out: a
    container's variables can be read by everyone who may ask the engine about it.
    """

    def __init__(self, engine: ContainerEngine) -> None:
        self._engine = engine

    async def run(self, env: Environment, image: str, command: Command, timeout_seconds: float) -> ExecResult:
        """A short command to its end, in a fresh container of `image` without network."""
        run = new_run(env.runs)
        name = f"{container_name(env)}-{uuid.uuid4().hex[:8]}"
        argv = wrapper_argv(str(run.path), command.cwd, command.argv)
        variables = {"HOME": home_of(env.settings), "LANG": "C.UTF-8", **command.env}
        spec = helper_spec(env, await self._engine.cpus(), name, argv, variables)

        async def start() -> None:
            run.create(command)
            await self._engine.create(spec, image)
            await begun(run)

        async def alive() -> bool:
            return run.alive()

        try:
            return await run_to_end(
                run,
                command.argv[0],
                start=start,
                alive=alive,
                kill=lambda: self._engine.remove(name),
                timeout_seconds=timeout_seconds,
            )
        finally:
            await self._engine.remove(name)
