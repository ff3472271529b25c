"""Starts a process through a runner and follows it, as an engine does, until it is killed.

Run as `python -m tests.runners.supervisor KIND ROOT INSTANCE IMAGE RUN-ID SCRIPT`; prints how many bytes of
output it has taken, one number per line.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from core.processes import Command, Output, RunDirectory, follow
from core.runners import Environment, Runner
from core.runners.docker import DockerRunner
from core.runners.host import HostRunner
from core.values.entities import Settings


async def supervise(kind: str, env: Environment, run: RunDirectory, script: str) -> None:
    runner: Runner = DockerRunner() if kind == "docker" else HostRunner()
    await runner.spawn(env, run, Command(("sh", "-c", script), str(env.folder)))
    async for event in follow(run, lambda: runner.alive(env, run)):
        if isinstance(event, Output) and event.stream == "out":
            print(event.end, flush=True)


if __name__ == "__main__":
    kind, root, instance, image, run_id, script = sys.argv[1:]
    folder = Path(root)
    settings = Settings(image=image, cpus=1.0, memory_mb=512, processes=128, network="none")
    env = Environment("ws", instance, folder, folder / "code", settings=settings)
    asyncio.run(supervise(kind, env, RunDirectory(env.runs / run_id), script))
