"""A depot that many snapshots have been taken into becomes a few files again, and loses nothing."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from core.git import depot_upkeep
from core.git.depot_upkeep import LOOSE_LIMIT, bring_together
from tests.git.world import World, git, write


def loose_and_packs(objects: Path) -> tuple[int, int]:
    return len(list(objects.glob("??/*"))), len(list(objects.glob("pack/*.pack")))


def hashed(world: World, count: int) -> list[str]:
    """Objects that no ref leads to."""
    folder = world.root / "many"
    write(folder, {f"{number}": f"object {number}\n" for number in range(count)})
    paths = "".join(f"{folder / str(number)}\n" for number in range(count))
    argv = ["git", "hash-object", "-w", "--stdin-paths"]
    done = subprocess.run(argv, cwd=world.depot.path, input=paths, capture_output=True, text=True, check=True)
    return done.stdout.split()


async def test_what_is_loose_is_packed_whether_or_not_a_ref_leads_to_it(world: World) -> None:
    write(world.folder, {"new.txt": "borrowed from nobody yet\n"})
    snapshot = await world.snapshot()
    assert not await bring_together(world.depot), "a few files are left alone"
    made = hashed(world, LOOSE_LIMIT)
    refs = await world.depot.refs("refs/")
    assert await bring_together(world.depot)
    loose, packs = loose_and_packs(world.depot.objects)
    assert loose == 0 and packs <= 3
    asked = "\n".join([*made, snapshot.commit, *refs.values()]) + "\n"
    argv = ["git", "cat-file", "--batch-check"]
    told = subprocess.run(  # noqa: ASYNC221
        argv, cwd=world.depot.path, input=asked, capture_output=True, text=True, check=True
    ).stdout
    assert "missing" not in told and told.count("\n") == len(made) + 1 + len(refs)
    assert await world.depot.refs("refs/") == refs
    git(world.depot.path, "fsck", "--no-dangling")
    git(world.folder, "fsck", "--no-dangling")
    write(world.folder, {"new.txt": "and the work goes on\n"})
    assert git(world.depot.path, "rev-parse", f"{(await world.snapshot()).commit}^") == world.start
    assert not await bring_together(world.depot)


async def test_many_packs_become_few_and_a_large_one_stays_the_file_it_is(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(depot_upkeep, "PACK_LIMIT", 4)
    made = hashed(world, 400)
    packed(world, made)
    (large,) = [path for path in world.depot.objects.glob("pack/*.pack")]
    for number in range(5):
        packed(world, hashed_text(world, f"later {number}\n"))
    assert await bring_together(world.depot)
    assert large.exists() and loose_and_packs(world.depot.objects)[1] <= 3
    git(world.depot.path, "fsck", "--no-dangling")


def hashed_text(world: World, text: str) -> list[str]:
    argv = ["git", "hash-object", "-w", "--stdin"]
    done = subprocess.run(argv, cwd=world.depot.path, input=text, capture_output=True, text=True, check=True)
    return done.stdout.split()


def packed(world: World, objects: list[str]) -> None:
    """Puts objects into a pack of their own."""
    argv = ["git", "pack-objects", "-q", str(world.depot.objects / "pack/pack")]
    names = "\n".join(objects) + "\n"
    subprocess.run(argv, cwd=world.depot.path, input=names, capture_output=True, text=True, check=True)
    git(world.depot.path, "prune-packed")
