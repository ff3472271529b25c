"""A diff of a hundred thousand changed lines on the screen, beside `git show` in a pager and tig.

Run it with `python -m tests.bench.diff_screen [LINES]`; every program has a pseudo-terminal of 120x40 of
its own, and all show the same change. It prints, and fails when a limit is broken:

- from the key that opens the diff to the paint of its first lines, against the start of `git show` in less
  to the same (`FIRST_TIMES`);
- from the key for the end to the paint of the last lines, against tig from its start to its end
  (`END_TIMES`), where tig is installed;
- a key for the next page, the 95th percentile (`PAGE_MS`);
- the memory of the interface (`MEMORY_MB`).
"""

from __future__ import annotations

import asyncio
import os
import shutil
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path

import psutil

from tests.acceptance.user import git
from tests.bench.diff import text
from tests.bench.following import Screen
from tests.pty import Terminal
from tests.yard import Daemon

FIRST_TIMES, END_TIMES, PAGE_MS, MEMORY_MB = 3.0, 2.0, 30.0, 150.0
RUNS, PAGES = 5, 40
PAUSE = 0.05
"""Seconds between two keys."""


def started(argv: Sequence[str], seen: bytes, folder: Path, then: tuple[bytes, bytes] | None = None) -> float:
    """Milliseconds from a program's start until it shows something; with a key, until its answer."""
    env = {**os.environ, "TERM": "xterm-256color", "LESS": "R", "LESSHISTFILE": "-", "HOME": str(folder)}
    with Terminal(argv, env=env) as terminal:
        taken = terminal.until(lambda written: seen in written, 60.0)
        if then is not None:
            key, seen_then = then
            terminal.press(key)
            taken = terminal.until(lambda written: seen_then in written, 60.0)
    return taken * 1000


def peers(repository: Path, lines: int) -> dict[str, float]:
    """Milliseconds: the first page in less, and the end in tig (absent: it is not installed)."""
    show = f"git -C '{repository}' show --color=always HEAD | less"
    taken = {"less": started(("sh", "-c", show), b"old line 1", repository)}
    if shutil.which("tig"):
        last = f"line {lines // 2 - 1}".encode()
        tig = ("sh", "-c", f"cd '{repository}' && exec tig show HEAD")
        taken["tig"] = started(tig, b"old line 1", repository, (b"G", last))
    return taken


def ours(home: Path, lines: int) -> tuple[list[float], list[float], list[float], float]:
    """Milliseconds of first pages, ends and next pages, and megabytes."""
    screen, firsts, ends, pages = Screen(home, "big"), list[float](), list[float](), list[float]()
    with screen.terminal as terminal:
        screen.open()
        for _ in range(RUNS):
            screen.rest(1.0)
            firsts.append(screen.press("4", b"old line 1") * 1000)
            terminal.press(b"\r")
            screen.rest(0.5)
            ends.append(screen.press("G", f"line {lines // 2 - 1}".encode()) * 1000)
            screen.press("g", b"old line 1")
            screen.press("\x1b", b"")
            screen.press("\x1b", b"")
            screen.press("2", b"")
            screen.rest(0.5)
        terminal.press(b"4\r")
        screen.rest(0.5)
        for page in range(PAGES):
            pages.append(screen.press("\x06", f"line {(page + 1) * 30}".encode()[:7]) * 1000)
            screen.rest(PAUSE)
        memory = psutil.Process(terminal.pid).memory_info().rss / 2**20
    return firsts, ends, pages, memory


async def measure(lines: int) -> int:
    """Measures and prints; 1 when a limit is broken."""
    async with Daemon() as yard:
        await yard.start()
        repository = yard.repository("repo", {"big.txt": text(lines // 2, "old")})
        made = await yard.workspace(repository, name="big")
        Path(made.repos[0].path, "big.txt").write_text(text(lines // 2, "new"))
        await yard.client.diff("big")
        firsts, ends, pages, memory = await asyncio.to_thread(ours, yard.folder / "home", lines)
        (repository / "big.txt").write_text(text(lines // 2, "new"))
        git(repository, "-c", "user.name=A", "-c", "user.email=a@b", "commit", "-qam", "x")
        runs = [await asyncio.to_thread(peers, repository, lines) for _ in range(RUNS)]
    return _judge(firsts, ends, pages, memory, runs)


def _judge(
    firsts: list[float], ends: list[float], pages: list[float], memory: float, runs: list[dict[str, float]]
) -> int:
    first, end = statistics.median(firsts), statistics.median(ends)
    less = statistics.median(run["less"] for run in runs)
    p95 = statistics.quantiles(pages, n=20)[-1]
    print(f"first page   git show in less {less:.0f} ms   ours {first:.0f} ms   ratio {first / less:.2f}")
    good = first / less <= FIRST_TIMES and p95 <= PAGE_MS and memory <= MEMORY_MB
    if all("tig" in run for run in runs):
        tig = statistics.median(run["tig"] for run in runs)
        print(f"the end      tig {tig:.0f} ms   ours {end:.0f} ms   ratio {end / tig:.2f}")
        good = good and end / tig <= END_TIMES
    else:
        print(f"the end      ours {end:.0f} ms   tig is not installed")
    print(f"a page       median {statistics.median(pages):.1f} ms   p95 {p95:.1f} ms")
    print(f"memory       {memory:.0f} MB")
    return 0 if good else 1


def main(lines: int = 100_000) -> int:
    """Measures and prints; 1 when a limit is broken."""
    return asyncio.run(measure(lines))


if __name__ == "__main__":
    raise SystemExit(main(*(int(number) for number in sys.argv[1:])))
