"""How long a checkpoint takes in a repository of 50,000 files of which ten have changed.

Run it with `python -m tests.bench.checkpoint [RUNS] [FILES]`. The floor is what git itself needs, with a warm
index: `git add --all` and `git write-tree` after the same ten changes in the same working tree.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from core.values.requests import RestoreTo, TakeCheckpoint
from tests.yard import Yard

FILES, CHANGED = 50_000, 10


def fill(folder: Path, files: int) -> None:
    """A repository with one commit of many files, a hundred in each folder."""
    for number in range(files):
        path = folder / f"part{number // 5000}/group{number // 100}/file{number}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{number}\n" * 5)
    run(folder, "init", "-q", "-b", "main")
    run(folder, "config", "user.name", "A User")
    run(folder, "config", "user.email", "user@example.org")
    run(folder, "add", "-A")
    run(folder, "commit", "-q", "-m", "first")


def run(folder: Path, *argv: str, index: Path | None = None) -> None:
    environment = {**os.environ, **({"GIT_INDEX_FILE": str(index)} if index else {})}
    subprocess.run(["git", "-C", str(folder), *argv], check=True, capture_output=True, env=environment)


def change(folder: Path, files: int, text: str) -> None:
    """Other contents for ten files all over the tree."""
    step = files // CHANGED
    for number in range(0, step * CHANGED, step):
        (folder / f"part{number // 5000}/group{number // 100}/file{number}.txt").write_text(text)


def floor(folder: Path, index: Path) -> float:
    """Milliseconds of git's own work, with an index of its own that is kept from run to run."""
    started = time.perf_counter()
    run(folder, "add", "--all", index=index)
    run(folder, "write-tree", index=index)
    return (time.perf_counter() - started) * 1000


async def measure(runs: int, files: int) -> None:
    """Measures and prints."""
    async with Yard() as yard:
        repository = yard.folder / "large"
        repository.mkdir()
        await asyncio.to_thread(fill, repository, files)
        workspace = await yard.workspace(repository)
        folder, index = Path(workspace.repos[0].path), yard.folder / "index"
        await yard.client.take_checkpoint(workspace.name, TakeCheckpoint())
        floor(folder, index)
        taken, floors = [], []
        for number in range(runs):
            change(folder, files, f"run {number}\n")
            floors.append(floor(folder, index))
            started = time.perf_counter()
            await yard.client.take_checkpoint(workspace.name, TakeCheckpoint())
            taken.append((time.perf_counter() - started) * 1000)
        started = time.perf_counter()
        await yard.done(await yard.client.restore_to(workspace.name, RestoreTo(number=1)))
        back = (time.perf_counter() - started) * 1000
    own, git = statistics.median(taken), statistics.median(floors)
    print(f"git add --all and write-tree, {CHANGED} of {files} files   {git:7.0f} ms")
    print(f"a checkpoint of the same                     {own:7.0f} ms   ratio {own / git:.1f}")
    print(f"going back to the first                      {back:7.0f} ms   ratio {back / git:.1f}")


if __name__ == "__main__":
    numbers = [int(argument) for argument in sys.argv[1:]]
    asyncio.run(measure(*(numbers + [5, FILES][len(numbers) :])))
