"""How long a workspace's clone of a large repository takes, against `git clone --shared` with a checkout.

Run it with `python -m tests.bench.creation [FILES] [RUNS]`. In turn, in the same run: the floor; a clone as
a workspace has it; one made of a warm spare, of the same commit and of one ten files behind. Prints medians
and ratios, and fails when a ratio breaks its limit. Last, what one more workspace takes of the disk.
"""

from __future__ import annotations

import asyncio
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from core.git.clone import WorkspaceClone, create_clone
from core.git.depot import Depot
from core.git.user_repository import Identity, inspect_repository
from core.lifecycle.spares import spare_clone
from tests.acceptance.user import git

FILES, RUNS = 50_000, 5
FRESH_LIMIT, WARM_LIMIT = 1.2, 0.3
SOMEBODY = Identity("Somebody", "somebody@example.org")
PER_FOLDER = 100


def make_large_repository(folder: Path, files: int) -> Path:
    """A repository of so many small files, two commits: the second changes ten of them."""
    folder.mkdir(parents=True)
    git(folder, "init", "-q", "-b", "main")
    git(folder, "config", "user.name", "Somebody")
    git(folder, "config", "user.email", "somebody@example.org")
    for number in range(files):
        path = folder / f"d{number // PER_FOLDER:03}" / f"f{number % PER_FOLDER:02}.txt"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"file {number}\n" * 10)
    _commit(folder, "all")
    for path in sorted(folder.glob("d*/f00.txt"))[:10]:
        path.write_text("changed\n")
    _commit(folder, "ten changed")
    return folder


def _commit(folder: Path, message: str) -> None:
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", message)


def clone_at(root: Path) -> WorkspaceClone:
    """A workspace's clone below a folder."""
    return WorkspaceClone(
        root, root / "code/repo", root / "git/repo.git", root / "dotgit/repo", "bench-clone", "repo"
    )


class Bench:
    """One repository, its depot, and the things that are timed."""

    def __init__(self, folder: Path, repository: Path) -> None:
        self.folder, self.repository = folder, repository
        self.depot = Depot(folder / "depot.git")
        self.spare = spare_clone(folder / "spare")
        self.commit = git(repository, "rev-parse", "main")
        self.before = git(repository, "rev-parse", "main~1")

    async def floor(self, to: Path) -> None:
        argv = ["git", "clone", "-q", "--shared", str(self.repository), str(to)]
        await asyncio.to_thread(subprocess.run, argv, check=True)

    async def fresh(self, to: Path) -> None:
        await self._create(clone_at(to), self.commit)

    async def warm(self, to: Path) -> None:
        await self._create(clone_at(to), self.commit, self.spare)

    async def make_spare(self, commit: str) -> None:
        await self._create(self.spare, commit)

    async def _create(self, clone: WorkspaceClone, commit: str, spare: WorkspaceClone | None = None) -> None:
        await create_clone(clone, self.depot, target="main", commit=commit, identity=SOMEBODY, spare=spare)

    async def timed(self, do: Callable[[Path], Awaitable[None]]) -> float:
        """Seconds; what was made is deleted afterwards."""
        to = self.folder / "made"
        began = time.monotonic()
        await do(to)
        seconds = time.monotonic() - began
        await asyncio.to_thread(shutil.rmtree, to)
        return seconds


async def measure(folder: Path, files: int, runs: int) -> int:
    """Measures and prints; 1 when a limit is broken."""
    bench = Bench(folder, make_large_repository(folder / "repository", files))
    await bench.depot.ensure(await inspect_repository(str(bench.repository)))
    times: dict[str, list[float]] = {"floor": [], "fresh": [], "warm": [], "warm, ten files behind": []}
    for _ in range(runs):
        times["floor"].append(await bench.timed(bench.floor))
        times["fresh"].append(await bench.timed(bench.fresh))
        for name, commit in (("warm", bench.commit), ("warm, ten files behind", bench.before)):
            await bench.make_spare(commit)
            times[name].append(await bench.timed(bench.warm))
    medians = {name: statistics.median(each) for name, each in times.items()}
    for name, seconds in medians.items():
        print(f"{name:<24} {seconds * 1000:7.0f} ms   ratio {seconds / medians['floor']:.2f}")
    await bench.fresh(folder / "kept")
    print(
        f"one workspace takes {disk(folder / 'kept'):.1f} MiB, {disk(folder / 'kept/code'):.1f} of it files"
    )
    slow = max(medians["warm"], medians["warm, ten files behind"])
    good = medians["fresh"] <= FRESH_LIMIT * medians["floor"] and slow <= WARM_LIMIT * medians["floor"]
    return 0 if good else 1


def disk(folder: Path) -> float:
    """MiB that a folder takes on the disk."""
    return sum(path.lstat().st_blocks * 512 for path in folder.rglob("*")) / 2**20


def main(files: int = FILES, runs: int = RUNS) -> int:
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(measure(Path(folder), files, runs))


if __name__ == "__main__":
    raise SystemExit(main(*map(int, sys.argv[1:3])))
