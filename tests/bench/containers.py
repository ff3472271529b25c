"""How long a workspace's container takes to start, against bare `docker run`, and twenty workspaces at once.

Run it with `python -m tests.bench.containers [RUNS] [WORKSPACES]`; it needs a container engine with the
image of the tests. The floor of one is `docker run --rm IMAGE true`; the floor of many is as many of them
side by side. What is timed of ours is a running container in which a first command has ended.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
import uuid
from pathlib import Path

from core.runners.docker import DockerRunner
from core.runners.runner import Environment
from core.values.entities import Settings
from tests.containers import IMAGE
from tests.yard import AGENTS, Yard, docker_settings

ONE_LIMIT = 2.0
MANY_LIMIT = 3.0


async def bare() -> float:
    """Seconds of `docker run` from start to end."""
    began = time.monotonic()
    argv = ("docker", "run", "--rm", "--network", "none", IMAGE, "true")
    process = await asyncio.create_subprocess_exec(*argv)
    assert await process.wait() == 0
    return time.monotonic() - began


async def ours(folder: Path) -> float:
    """Seconds of a workspace's container until a first command has ended in it."""
    name = f"bench-{uuid.uuid4().hex[:8]}"
    root = folder / name
    (root / "code").mkdir(parents=True)
    settings = Settings(image=IMAGE, cpus=1.0, memory_mb=512, processes=128, network="none")
    environment = Environment(name, "bench", root, root / "code", settings=settings)
    runner = DockerRunner()
    began = time.monotonic()
    await runner.ensure(environment)
    answer = await runner.exec(environment, ("true",))
    seconds = time.monotonic() - began
    assert answer.exit_code == 0
    await runner.remove(environment)
    await runner.close()
    return seconds


async def many(count: int) -> float:
    """Seconds until so many workspaces that were asked for at once are open."""
    async with Yard(AGENTS) as yard:
        repository = yard.repository()
        await yard.task("first", repository)
        began = time.monotonic()
        settings = docker_settings(IMAGE)
        made = await asyncio.gather(
            *(yard.workspace(repository, title=f"Task {n}", name=f"many-{n}", settings=settings)
              for n in range(count))
        )  # fmt: skip
        seconds = time.monotonic() - began
        await asyncio.gather(*(yard.remove(each.name) for each in made))
    return seconds


async def measure(runs: int, count: int) -> int:
    """Measures and prints; 1 when a limit is broken."""
    floors, times = [], []
    with tempfile.TemporaryDirectory() as folder:
        await bare()
        for _ in range(runs):
            floors.append(await bare())
            times.append(await ours(Path(folder)))
    floor, one = statistics.median(floors), statistics.median(times)
    print(f"docker run {floor * 1000:.0f} ms   a workspace's {one * 1000:.0f} ms   ratio {one / floor:.2f}")
    began = time.monotonic()
    await asyncio.gather(*(bare() for _ in range(count)))
    floor_of_many = time.monotonic() - began
    seconds = await many(count)
    print(f"{count} x docker run {floor_of_many:.1f} s   {count} workspaces {seconds:.1f} s   "
          f"ratio {seconds / floor_of_many:.2f}")  # fmt: skip
    return 0 if one <= ONE_LIMIT * floor and seconds <= MANY_LIMIT * floor_of_many else 1


def main(runs: int = 7, count: int = 20) -> int:
    return asyncio.run(measure(runs, count))


if __name__ == "__main__":
    raise SystemExit(main(*map(int, sys.argv[1:3])))
