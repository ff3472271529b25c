"""Parts of a diff taken back or taken elsewhere."""

from __future__ import annotations

import random
import subprocess

import pytest

from core.errors import UsageError
from core.git.depot import Depot
from core.review.hunks import Part, tree_with, tree_without
from tests.git.world import World, git, write


def content(depot: Depot, tree: str, path: str) -> bytes:
    return subprocess.run(
        ["git", "-C", str(depot.path), "cat-file", "blob", f"{tree}:{path}"], check=True, capture_output=True
    ).stdout


def paths(depot: Depot, tree: str) -> list[str]:
    return git(depot.path, "ls-tree", "-r", "--name-only", tree).split()


async def test_one_of_two_hunks_is_taken_back(world: World) -> None:
    write(world.folder, {"a.txt": "ONE\ntwo\nthree\nfour\nFIVE\n"})
    new = (await world.snapshot()).commit
    tree = await tree_without(world.depot, world.start, new, [Part("a.txt", old=((1, 1),), new=((1, 1),))])
    assert content(world.depot, tree, "a.txt") == b"one\ntwo\nthree\nfour\nFIVE\n"
    tree = await tree_with(world.depot, world.start, new, [Part("a.txt", old=((1, 1),), new=((1, 1),))])
    assert content(world.depot, tree, "a.txt") == b"ONE\ntwo\nthree\nfour\nfive\n"


async def test_single_lines_are_taken_back(world: World) -> None:
    write(world.folder, {"a.txt": "one\nnew 1\nnew 2\nnew 3\ntwo\nfive\n"})
    new = (await world.snapshot()).commit
    tree = await tree_without(world.depot, world.start, new, [Part("a.txt", old=((3, 3),), new=((3, 3),))])
    assert content(world.depot, tree, "a.txt") == b"one\nnew 1\nnew 3\ntwo\nthree\nfive\n"
    tree = await tree_with(world.depot, world.start, new, [Part("a.txt", new=((3, 4),))])
    assert content(world.depot, tree, "a.txt") == b"one\nnew 2\nnew 3\ntwo\nthree\nfour\nfive\n"


async def test_whole_files_come_back_whatever_became_of_them(world: World) -> None:
    (world.folder / "a.txt").rename(world.folder / "moved.txt")
    (world.folder / "b.txt").unlink()
    (world.folder / "b.txt").symlink_to("a.txt")
    write(world.folder, {"new.txt": "n\n"})
    (world.folder / "folder/c.txt").unlink()
    (world.folder / "folder").rmdir()
    write(world.folder, {"folder": "a file now\n"})
    new = (await world.snapshot()).commit
    parts = [Part(path) for path in ("moved.txt", "b.txt", "new.txt", "folder", "folder/c.txt")]
    tree = await tree_without(world.depot, world.start, new, parts)
    assert tree == git(world.depot.path, "rev-parse", f"{world.start}^{{tree}}").strip()
    tree = await tree_with(world.depot, world.start, new, parts)
    assert tree == git(world.depot.path, "rev-parse", f"{new}^{{tree}}").strip()


async def test_what_is_not_in_the_diff_or_has_no_lines_is_refused(world: World) -> None:
    (world.folder / "b.txt").write_bytes(b"\0\1")
    new = (await world.snapshot()).commit
    for part, why in ((Part("a.txt"), "is not changed"), (Part("b.txt", new=((1, 1),)), "no lines")):
        with pytest.raises(UsageError, match=why):
            await tree_without(world.depot, world.start, new, [part])
    with pytest.raises(UsageError, match="nothing of the diff"):
        await tree_with(world.depot, world.start, new, [])


async def test_taking_all_lines_is_taking_the_file(world: World) -> None:
    seeds = random.Random(7)
    words = ["", "a", "b", "c", "\\ No newline at end of file", "@@ -1 +1 @@", "\r", "+x"]
    for _ in range(25):
        text = "\n".join(seeds.choices(words, k=seeds.randint(1, 12)))
        write(world.folder, {"a.txt": text})
        new = (await world.snapshot()).commit
        if git(world.depot.path, "diff", "--name-only", world.start, new).strip() != "a.txt":
            continue
        every = Part("a.txt", old=((1, 99),), new=((1, 99),))
        taken = await tree_with(world.depot, world.start, new, [every])
        assert content(world.depot, taken, "a.txt") == text.encode()
        back = await tree_without(world.depot, world.start, new, [every])
        assert content(world.depot, back, "a.txt") == b"one\ntwo\nthree\nfour\nfive\n"
