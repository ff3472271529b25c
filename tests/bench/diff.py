"""A diff of a hundred thousand changed lines, asked of the engine page by page, beside git itself.

Run it with `python -m tests.bench.diff [LINES]`; it prints, and fails when a limit is broken:

- the first page, against the first hundred lines of `git show` (`FIRST_TIMES`);
- the last page, when all of it has been read and counted, against `git show` to its end (`END_TIMES`: twice
  what tig takes, which is about seven times git's own);
- any page of one that has been read, the 95th percentile (`PAGE_MS`).

The drawing is the interface's part and not in these figures.
"""

from __future__ import annotations

import asyncio
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable
from pathlib import Path
from typing import Any

from tests.acceptance.user import git
from tests.yard import Daemon

FIRST_TIMES, END_TIMES, PAGE_MS = 3.0, 14.0, 30.0
RUNS, PAGE, PAGES = 5, 100, 100


def text(lines: int, word: str) -> str:
    """A file of so many lines, each another one."""
    return "".join(f"{word} line {number}\n" for number in range(lines))


def shown(repository: Path, commit: str, pipe: str) -> float:
    """Milliseconds that git takes through a pipe."""
    began = time.perf_counter()
    subprocess.run(["sh", "-c", f"git -C '{repository}' show --no-color {commit} | {pipe}"], check=True,
                   stdout=subprocess.DEVNULL)  # fmt: skip
    return (time.perf_counter() - began) * 1000


async def took(call: Awaitable[Any]) -> float:
    began = time.perf_counter()
    await call
    return (time.perf_counter() - began) * 1000


async def measure(lines: int, runs: int) -> int:
    """Measures and prints; 1 when a limit is broken."""
    heads, wholes, firsts, ends, pages = [], [], [], [], list[float]()
    async with Daemon() as yard:
        await yard.start()
        repository = yard.repository("repo", {"big.txt": text(lines // 2, "old")})
        made = await yard.workspace(repository, name="big")
        file = Path(made.repos[0].path) / "big.txt"
        repo = made.repos[0].repo_id
        for run in range(runs):
            content = text(lines // 2, f"new {run}")
            file.write_text(content)
            await yard.client.diff("big")
            (repository / "big.txt").write_text(content)
            git(repository, "add", "-A")
            git(repository, "-c", "user.name=A", "-c", "user.email=a@b", "commit", "-qm", "x")
            heads.append(await asyncio.to_thread(shown, repository, "HEAD -- big.txt", f"head -n {PAGE}"))
            wholes.append(await asyncio.to_thread(shown, repository, "HEAD -- big.txt", "cat"))
            firsts.append(await took(yard.client.file_diff("big", repo, "big.txt", limit=PAGE, partial=True)))
            last = yard.client.file_diff("big", repo, "big.txt", start=lines - PAGE, limit=PAGE)
            ends.append(await took(last))
        for _ in range(PAGES):
            start = random.randrange(lines - PAGE)
            pages.append(await took(yard.client.file_diff("big", repo, "big.txt", start=start, limit=PAGE)))
    return _judge(heads, wholes, firsts, ends, pages)


Times = list[float]
"""Milliseconds, run by run."""


def _judge(heads: Times, wholes: Times, firsts: Times, ends: Times, pages: Times) -> int:
    head, whole, first = statistics.median(heads), statistics.median(wholes), statistics.median(firsts)
    end = statistics.median(a + b for a, b in zip(firsts, ends, strict=True))
    p95 = statistics.quantiles(pages, n=20)[-1]
    print(f"first page   git show {head:.0f} ms   ours {first:.0f} ms   ratio {first / head:.2f}")
    print(f"to the end   git show {whole:.0f} ms   ours {end:.0f} ms   ratio {end / whole:.2f}")
    print(f"a page       median {statistics.median(pages):.1f} ms   p95 {p95:.1f} ms")
    return 0 if first / head <= FIRST_TIMES and end / whole <= END_TIMES and p95 <= PAGE_MS else 1


def main(lines: int = 100_000, runs: int = RUNS) -> int:
    """Measures and prints; 1 when a limit is broken."""
    return asyncio.run(measure(lines, runs))


if __name__ == "__main__":
    raise SystemExit(main(*(int(number) for number in sys.argv[1:])))
