"""Killing whoever started a process loses nothing of it: log and exit code are whole for the next one."""

from __future__ import annotations

import asyncio
import sys
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from core.processes import Ended, ExitReport, RunDirectory, follow
from core.runners import Environment, Runner
from core.runners.docker import DockerRunner
from core.runners.host import HostRunner
from tests.containers import IMAGE
from tests.waiting import until

ROOT = Path(__file__).parents[2]


@asynccontextmanager
async def supervisor(
    runner: Runner, env: Environment, run: RunDirectory, script: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.runners.supervisor"),
        *(runner.kind.value, str(env.root), env.instance, IMAGE, run.id, script),
        stdout=asyncio.subprocess.PIPE,
        cwd=ROOT,
    )
    try:
        yield child
    finally:
        if child.returncode is None:
            child.kill()
        await child.communicate()


async def next_count(child: asyncio.subprocess.Process) -> int:
    assert child.stdout is not None
    async with asyncio.timeout(60):
        return int(await child.stdout.readline())


async def rest(
    runner: Runner, env: Environment, run: RunDirectory, offset: int
) -> tuple[bytes, ExitReport | None]:
    data = bytearray()
    async with asyncio.timeout(60):
        async for event in follow(run, lambda: runner.alive(env, run), out=offset):
            if isinstance(event, Ended):
                return bytes(data), event.report
            if event.stream == "out":
                assert event.offset == offset + len(data)
                data += event.data
    raise AssertionError


def successor(runner: Runner) -> Runner:
    """A runner that knows nothing of what the killed one did."""
    return DockerRunner() if runner.kind.value == "docker" else HostRunner()


async def test_a_kill_between_two_lines_loses_neither(runner: Runner, environment: Environment) -> None:
    run = RunDirectory(environment.runs / uuid.uuid4().hex)
    script = "while read line; do echo got $line; done; exit 7"
    async with supervisor(runner, environment, run, script) as child:
        await until(run.started, seconds=60)
        await run.write_input(b"one\n")
        taken = await next_count(child)
        child.kill()
        await child.wait()
    await run.write_input(b"two\n")
    new = successor(runner)
    assert await new.alive(environment, run)
    await new.close_input(environment, run)
    assert taken == len(b"got one\n")
    assert await rest(new, environment, run, taken) == (b"got two\n", ExitReport(7))


async def test_a_kill_in_the_middle_of_a_flood_loses_no_byte(
    runner: Runner, environment: Environment
) -> None:
    run = RunDirectory(environment.runs / uuid.uuid4().hex)
    async with supervisor(runner, environment, run, "seq 1000000; exit 3") as child:
        taken = await next_count(child)
        child.kill()
        await child.wait()
    late, report = await rest(successor(runner), environment, run, taken)
    whole = b"".join(b"%d\n" % number for number in range(1, 1_000_001))
    assert (late, report) == (whole[taken:], ExitReport(3))


async def test_an_end_while_nobody_was_there_is_found_later(runner: Runner, environment: Environment) -> None:
    run = RunDirectory(environment.runs / uuid.uuid4().hex)
    async with supervisor(runner, environment, run, "echo begun; read line; echo $line; exit 9") as child:
        await next_count(child)
        child.kill()
        await child.wait()
    await run.write_input(b"go\n")
    await until(lambda: not run.alive())
    assert await rest(successor(runner), environment, run, 0) == (b"begun\ngo\n", ExitReport(9))
