"""A workspace of 50,000 files, looked through: listed, found in, changed, and walked on a real screen.

Run it with `python -m tests.bench.files [FILES]`. One folder has 2,000 entries, another lies 120 folders
deep. It prints, and fails when a limit is broken:

- one folder from the engine: the top, the 2,000, the deepest, and an ignored one of 10,000, the slowest of
  them against `git ls-files` of all files (`LIST_TIMES`);
- the first fuzzy find, and each further one's 95th percentile, against the same floor (`FIRST_TIMES`,
  `FIND_TIMES`);
- after a file has changed: the folder with its mark, a snapshot included, against `git add -A` and
  `git write-tree` (`CHANGE_TIMES`);
- from a cursor key in the folder of 2,000 to the paint that answers it (`KEY_MS`), and the memory of the
  interface at the end (`MEMORY_MB`).
"""

from __future__ import annotations

import asyncio
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.values.entities import Workspace
from core.values.review import Change
from tests.acceptance.user import git
from tests.bench.following import Screen
from tests.yard import Daemon

LIST_TIMES, FIRST_TIMES, FIND_TIMES, CHANGE_TIMES = 8.0, 12.0, 6.0, 5.0
KEY_MS, MEMORY_MB = 50.0, 110.0
FILES, SIBLINGS, DEPTH, IGNORED, PER_FOLDER = 50_000, 2_000, 120, 10_000, 100
QUERIES = ("f07", "d12f", "sibling-1999", "deep", "x", "txt", "d499/f99", "nothing of this name", "s1s2", "f")
RUNS, KEYS = 7, 100
DEEPEST = "/".join(f"{number}" for number in range(DEPTH))


@dataclass
class Yardstick:
    """Milliseconds, run by run."""

    floor: list[float] = field(default_factory=list)
    snapshot: list[float] = field(default_factory=list)
    lists: dict[str, list[float]] = field(default_factory=dict)
    first: float = 0.0
    finds: list[float] = field(default_factory=list)
    changes: list[float] = field(default_factory=list)
    keys: list[float] = field(default_factory=list)
    memory: float = 0.0


def make_repository(folder: Path, files: int) -> Path:
    """A repository with so many small files."""
    folder.mkdir(parents=True)
    git(folder, "init", "-q", "-b", "main")
    names = [f"wide/sibling-{number:04}.txt" for number in range(min(SIBLINGS, files // 2))]
    names.append(f"deep/{DEEPEST}/last.txt")
    rest = files - len(names) - 1
    names += [f"d{number // PER_FOLDER:03}/f{number % PER_FOLDER:02}.txt" for number in range(rest)]
    contents = [(".gitignore", "node_modules/\n")]
    contents += [(name, f"file {number}\n") for number, name in enumerate(names)]
    # One pack: with a file for each object, making them would take most of the time.
    subprocess.run(
        ["git", "-C", str(folder), "fast-import", "--quiet", "--depth=0"],
        input=_stream(contents).encode(),
        check=True,
    )
    git(folder, "reset", "-q", "--hard")
    return folder


def _stream(contents: list[tuple[str, str]]) -> str:
    """A commit of these files on `main`, as git-fast-import(1) reads it."""
    head = "commit refs/heads/main\ncommitter A <a@b> 1700000000 +0000\ndata 4\nall\n\n"
    return head + "".join(f"M 100644 inline {name}\ndata {len(text)}\n{text}\n" for name, text in contents)


async def took(call: Awaitable[Any]) -> float:
    began = time.perf_counter()
    await call
    return (time.perf_counter() - began) * 1000


def _timed(folder: Path, command: str, **env: str) -> float:
    began = time.perf_counter()
    subprocess.run(["sh", "-c", command], cwd=folder, check=True, stdout=subprocess.DEVNULL,
                   env={**os.environ, **env})  # fmt: skip
    return (time.perf_counter() - began) * 1000


async def measure(files: int = FILES, runs: int = RUNS, keys: int = KEYS) -> int:
    """Measures and prints; 1 when a limit is broken."""
    found = Yardstick()
    async with Daemon() as yard:
        await yard.start()
        repository = await asyncio.to_thread(make_repository, yard.folder / "repo", files)
        made = await yard.workspace(repository, name="large")
        packages = Path(made.repos[0].path, "node_modules")
        packages.mkdir()
        for number in range(min(IGNORED, files)):
            (packages / f"package-{number:05}").touch()
        for _ in range(runs):
            found.floor.append(await asyncio.to_thread(_timed, repository, "git ls-files"))
        await _listed(yard, found, runs)
        await _found(yard, found, runs)
        await _changed(yard, made, repository, found, runs)
        await asyncio.to_thread(_walked, yard, made, found, keys)
    return _judge(found)


async def _listed(yard: Daemon, found: Yardstick, runs: int) -> None:
    await yard.client.diff("large")
    for folder in ("repo", "repo/wide", f"repo/deep/{DEEPEST}", "repo/node_modules"):
        times = [await took(yard.client.files("large", folder, ignored=True)) for _ in range(runs)]
        found.lists[folder[:18]] = times


async def _found(yard: Daemon, found: Yardstick, runs: int) -> None:
    found.first = await took(yard.client.find_paths("large", QUERIES[0]))
    for query in QUERIES:
        for _ in range(runs):
            found.finds.append(await took(yard.client.find_paths("large", query)))


async def _changed(yard: Daemon, made: Workspace, repository: Path, found: Yardstick, runs: int) -> None:
    """The same file changes again and again, here and there."""
    name = "wide/sibling-0007.txt"
    index = str(yard.folder / "index")
    await asyncio.to_thread(_timed, repository, "git add -A && git write-tree", GIT_INDEX_FILE=index)
    for run in range(runs):
        for folder in (repository, Path(made.repos[0].path)):
            (folder / name).write_text(f"changed {run}\n")
        command = "git add -A && git write-tree"
        found.snapshot.append(await asyncio.to_thread(_timed, repository, command, GIT_INDEX_FILE=index))
        began = time.perf_counter()
        await yard.client.diff("large")
        listed = await yard.client.files("large", "repo/wide")
        found.changes.append((time.perf_counter() - began) * 1000)
        assert next(node.change for node in listed if node.name == name[5:]) is Change.MODIFIED


def _walked(yard: Daemon, made: Workspace, found: Yardstick, keys: int) -> None:
    """Down the folder of so many, key by key, on a terminal; then to the deepest file and back."""
    screen = Screen(yard.folder / "home", made.name)
    with screen.terminal:
        screen.open()
        screen.press("F", "Find a file")
        screen.press("sibling-0000", "wide/")
        screen.press("\r", "file 0")
        screen.press("\x1b")
        screen.rest(2.0)
        for number in range(1, keys + 1):
            # Rows that come into sight are at most a screen ahead: what answers the key is its own row.
            found.keys.append(screen.press("j", f"sibling-{number:04}") * 1000)
            screen.rest(0.03)
        screen.press("F", "Find a file")
        screen.press("last.txt", "deep/")
        screen.press("\r", "file ")
        screen.rest(2.0)
        found.memory = screen.memory


def _judge(found: Yardstick) -> int:
    p50 = statistics.median
    floor, snapshot, finds, keys = p50(found.floor), p50(found.snapshot), _p95(found.finds), _p95(found.keys)
    print(f"floor   git ls-files {floor:.0f} ms   git add, write-tree {snapshot:.0f} ms")
    for folder, times in found.lists.items():
        print(f"folder {folder:<18}   {p50(times):.0f} ms")
    slowest, change = max(map(p50, found.lists.values())), p50(found.changes)
    print(f"slowest folder   {slowest:.0f} ms   ratio {slowest / floor:.2f}")
    print(f"first find   {found.first:.0f} ms   ratio {found.first / floor:.2f}")
    print(f"a find   median {p50(found.finds):.0f} ms   p95 {finds:.0f} ms   ratio {finds / floor:.2f}")
    print(f"changed and marked   {change:.0f} ms   ratio {change / snapshot:.2f}")
    print(f"key to paint   median {p50(found.keys):.0f} ms   p95 {keys:.0f} ms")
    print(f"memory   {found.memory:.0f} MB")
    good = (
        slowest / floor <= LIST_TIMES, found.first / floor <= FIRST_TIMES, finds / floor <= FIND_TIMES,
        change / snapshot <= CHANGE_TIMES, keys <= KEY_MS, found.memory <= MEMORY_MB,
    )  # fmt: skip
    return 0 if all(good) else 1


def _p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


def main(files: int = FILES) -> int:
    """Measures and prints; 1 when a limit is broken."""
    return asyncio.run(measure(files))


if __name__ == "__main__":
    raise SystemExit(main(*(int(number) for number in sys.argv[1:])))
