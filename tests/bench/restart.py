"""How long after a `kill -9` of the engine everything is found again: workspaces, containers, processes.

Run it with `python -m tests.bench.restart [WORKSPACES] [CONTAINERS]`; it needs a container engine with the
image of the tests. In each container a process runs; the other workspaces are on the host. The floor is the
start of an engine in an empty home.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections import Counter

from core.values.requests import RemoveWorkspace, RunCommand
from core.values.states import ProcessStatus
from tests.containers import IMAGE
from tests.yard import AGENTS, Daemon, docker_settings

LIMIT_SECONDS = 5.0
AT_ONCE = 10
SLEEP = ("sleep", "3600")


async def fill(yard: Daemon, workspaces: int, containers: int) -> None:
    """Makes the workspaces, some of them in containers, in each of which a process runs."""
    repository = yard.repository()
    await yard.task("first", repository)
    slots = asyncio.Semaphore(AT_ONCE)

    async def make(number: int) -> None:
        settings = docker_settings(IMAGE) if number < containers else None
        async with slots:
            made = await yard.workspace(repository, title=f"Task {number}", settings=settings)
            if number < containers:
                await yard.client.run_command(made.name, RunCommand(argv=SLEEP))

    await asyncio.gather(*(make(number) for number in range(workspaces)))


async def found_again(yard: Daemon) -> float:
    """Kills the engine, starts it, and gives the seconds until all that was there is told again.

    Raises:
        AssertionError: Something is missing, doubled, or has ended.
    """
    before = await everything(yard)
    await yard.kill()
    began = time.monotonic()
    await yard.start()
    after = await everything(yard)
    seconds = time.monotonic() - began
    assert after == before
    assert all(count == 1 for count in Counter(after[0]).values())
    return seconds


async def everything(yard: Daemon) -> tuple[list[str], list[tuple[str, str]], list[str]]:
    """Names of the workspaces, names and states of the containers, ids of the processes that run."""
    snapshot = await yard.client.snapshot()
    containers = await yard.client.containers()
    processes = await yard.client.processes()
    running = [process.id for process in processes if process.status is ProcessStatus.RUNNING]
    return (
        sorted(workspace.name for workspace in snapshot.workspaces),
        sorted((container.name, str(container.state)) for container in containers),
        sorted(running),
    )


async def clear(yard: Daemon) -> None:
    """Removes the containers; the home goes as a whole."""
    for container in await yard.client.containers():
        await yard.client.remove_workspace(container.workspace, RemoveWorkspace(force=True))
    while await yard.client.containers():
        await asyncio.gather(
            *(yard.client.wait_operation(each.id) for each in (await yard.client.snapshot()).operations)
        )


async def empty_start() -> float:
    """Seconds that an engine takes to start with nothing in its home."""
    async with Daemon(AGENTS) as yard:
        began = time.monotonic()
        await yard.start()
        await yard.client.snapshot()
        return time.monotonic() - began


async def measure(workspaces: int, containers: int) -> int:
    """Measures and prints; 1 when the limit is broken."""
    floor = await empty_start()
    async with Daemon() as yard:
        await yard.start()
        await fill(yard, workspaces, containers)
        seconds = await found_again(yard)
        await clear(yard)
    print(f"empty start {floor:.2f} s   {workspaces} workspaces, {containers} containers with a process "
          f"each found again in {seconds:.2f} s   ratio {seconds / floor:.2f}")  # fmt: skip
    return 0 if seconds <= LIMIT_SECONDS else 1


def main(workspaces: int = 200, containers: int = 20) -> int:
    return asyncio.run(measure(workspaces, containers))


if __name__ == "__main__":
    raise SystemExit(main(*map(int, sys.argv[1:3])))
