"""The interface under a full load: 200 workspaces, 10,000 tasks, ten agents that write all the time.

Run it with `python -m tests.bench.load [WORKSPACES] [TASKS] [AGENTS] [MINUTES]`; it prints, and fails when a
limit is broken:

- with nothing going on: bytes written and processor time taken (`IDLE_PERCENT`), a cursor key to its paint
  (`REST_MS`) and the bytes that it repaints (`KEY_BYTES`), 95th percentiles;
- while each agent writes 200 lines a second, one of them in sight: a key to its paint (`KEY_MS`), and the
  bytes of a page of output scrolled (`PAGE_BYTES`);
- the memory of the interface after so many minutes of it (`MEMORY_MB`).
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from dataclasses import dataclass

import psutil

from core.client.launch import engine_holds
from core.values.requests import AddTask, SendPrompt
from tests.bench.following import FIRST_LETTER, Screen
from tests.waiting import until
from tests.yard import HOST, Daemon

IDLE_PERCENT, REST_MS, KEY_BYTES = 1.0, 15.0, 1_000
KEY_MS, PAGE_BYTES, MEMORY_MB = 50.0, 30_000, 150.0
KEYS, PAGES, IDLE_SECONDS, AT_ONCE, END_SECONDS = 100, 20, 10.0, 10, 300.0
CHATTY = """
[agents.chatty]
kind = "command"
command = ["sh", "-c", 'while :; do for each in 1 2 3 4 5 6 7 8 9 10; do echo "$each of what the agent says";
  done; sleep 0.05; done', "sh", "{prompt}"]
""".replace("\n  done", " done")


@dataclass(frozen=True)
class Quiet:
    """What was measured while nothing went on."""

    written: int
    percent: float
    keys: list[float]
    sizes: list[int]


async def fill(yard: Daemon, workspaces: int, tasks: int, agents: int) -> list[str]:
    """Makes workspaces and tasks; the names of the workspaces whose agents are to write."""
    repository = yard.repository()
    first = await yard.task("first", repository)
    slots = asyncio.Semaphore(AT_ONCE)

    async def make(number: int) -> str:
        async with slots:
            return (await yard.workspace(repository, title=f"Work {number}", name=f"work-{number:03}")).name

    async def add(number: int) -> None:
        async with slots:
            await yard.client.add_task(AddTask(project=first.project_id, title=f"Task number {number}"))

    names = await asyncio.gather(*(make(number) for number in range(workspaces)))
    await asyncio.gather(*(add(number) for number in range(tasks - workspaces)))
    return list(names[:agents])


def quiet(screen: Screen) -> Quiet:
    """Measures at rest, in the tree."""
    screen.press("1")
    screen.rest(3.0)
    process = psutil.Process(screen.terminal.pid)
    screen.terminal.begin()
    before = sum(process.cpu_times()[:2])
    screen.rest(IDLE_SECONDS)
    percent = (sum(process.cpu_times()[:2]) - before) / IDLE_SECONDS * 100
    written, keys, sizes = len(screen.terminal.written), list[float](), list[int]()
    for number in range(KEYS):
        keys.append(screen.press("j" if number % 20 < 10 else "k") * 1000)
        screen.rest(0.2)
        sizes.append(len(screen.terminal.written))
    return Quiet(written, percent, keys, sizes)


def busy(screen: Screen, minutes: float) -> tuple[list[float], list[int]]:
    """Milliseconds of keys, and bytes of pages, while all agents write and one is in sight."""
    screen.rest(minutes * 60)
    screen.press("/")
    screen.rest(1.0)
    waits = [screen.key_to_paint(chr(FIRST_LETTER + number)) for number in range(KEYS)]
    screen.press("\x1b")
    screen.rest(1.0)
    sizes = []
    for _ in range(PAGES):
        screen.press("\x1b[5~")  # page up: it follows no more
        screen.rest(0.4)
        sizes.append(len(screen.terminal.written))
    return waits, sizes


async def measure(workspaces: int, tasks: int, agents: int, minutes: float) -> int:
    """Measures and prints; 1 when a limit is broken."""
    async with Daemon(HOST + CHATTY) as yard:
        await yard.start()
        names = await fill(yard, workspaces, tasks, agents)
        screen = await asyncio.to_thread(Screen, yard.folder / "home", names[0])
        with screen.terminal:
            await asyncio.to_thread(screen.open)
            rest = await asyncio.to_thread(quiet, screen)
            await asyncio.to_thread(screen.open)
            for name in names:
                await yard.client.send(name, SendPrompt(prompt="go on", agent="chatty"))
            waits, pages = await asyncio.to_thread(busy, screen, minutes)
            # Told before the end: after an hour, the engine has ten million lines to put in order.
            result = _judge(rest, waits, pages, screen.memory)
            for name in names:
                await yard.client.stop_workspace(name)
        began = time.monotonic()
        await yard.client.stop_engine()
        await until(lambda: not engine_holds(yard.home), seconds=END_SECONDS)
        print(f"the end  of the engine took {time.monotonic() - began:.1f} s")
    return result


def _judge(rest: Quiet, waits: list[float], pages: list[int], memory: float) -> int:
    key, size, wait = _p95(rest.keys), _p95(rest.sizes), _p95(waits)
    page = statistics.median(pages)
    print(f"idle     {rest.written} bytes, {rest.percent:.2f} % of a processor in {IDLE_SECONDS:.0f} s")
    print(f"at rest  a cursor key p95 {key:.1f} ms   {size:.0f} bytes")
    middle = statistics.median(waits)
    print(f"at work  a key median {middle:.1f} ms   p95 {wait:.1f} ms   a page {page:.0f} bytes")
    print(f"memory   {memory:.0f} MB")
    idle = rest.written == 0 and rest.percent < IDLE_PERCENT
    quick = key <= REST_MS and size <= KEY_BYTES and wait <= KEY_MS and page <= PAGE_BYTES
    return int(not (idle and quick and memory <= MEMORY_MB))


def _p95(found: list[float] | list[int]) -> float:
    return statistics.quantiles(found, n=20)[-1]


def main(workspaces: int = 200, tasks: int = 10_000, agents: int = 10, minutes: float = 1.0) -> int:
    """Measures and prints; 1 when a limit is broken."""
    return asyncio.run(measure(workspaces, tasks, agents, minutes))


if __name__ == "__main__":
    numbers = sys.argv[1:]
    raise SystemExit(main(*map(int, numbers[:3]), *map(float, numbers[3:4])))
