"""Submodules that are not checked out: where a workspace says they are, its snapshots say, too."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.git.test_restore_snapshot import back_to
from tests.git.world import World, commit, git, make_repository, make_world

ONE, TWO, THREE = ("1" * 40, "2" * 40, "3" * 40)
PLACE = "vendor/a\tlib"


def point(folder: Path, to: str) -> None:
    git(folder, "update-index", "--add", "--cacheinfo", f"160000,{to},{PLACE}")


def link_in(folder: Path, revision: str) -> str:
    """The commit that the submodule is at; empty: there is none."""
    entry = git(folder, "ls-tree", "-z", revision, "--", PLACE)
    return entry.split()[2] if entry else ""


@pytest.fixture
async def world(tmp_path: Path) -> World:
    """A workspace of a repository with a submodule at `ONE`, which had a snapshot already."""
    repository = make_repository(tmp_path / "repo")
    point(repository, ONE)
    git(repository, "commit", "-q", "-m", "with a submodule")
    world = await make_world(tmp_path, repository)
    await world.snapshot()
    return world


async def test_a_commit_that_moves_it_is_in_the_snapshot_and_in_the_merge(world: World) -> None:
    point(world.folder, TWO)
    git(world.folder, "commit", "-q", "-m", "take the next one")
    snapshot = await world.snapshot()
    assert (snapshot.dirty, snapshot.commit) == (False, snapshot.head)
    await world.merge()
    assert link_in(world.home, "main") == TWO


async def test_what_only_the_index_says_is_in_the_snapshot(world: World) -> None:
    point(world.folder, TWO)
    snapshot = await world.snapshot()
    assert link_in(world.depot.path, snapshot.commit) == TWO
    assert git(world.folder, "diff", "--cached", "--name-only", "-z") == f"{PLACE}\0"


async def test_a_merge_of_the_target_that_moved_it_is_not_taken_back_by_the_workspace(world: World) -> None:
    point(world.home, TWO)
    git(world.home, "commit", "-q", "-m", "the user takes the next one")
    commit(world.folder, {"mine.txt": "mine"}, "work")
    git(world.folder, "fetch", "-q", str(world.home), "main")
    git(world.folder, "merge", "-q", "-m", "update", "FETCH_HEAD")
    snapshot = await world.snapshot()
    assert link_in(world.depot.path, snapshot.commit) == TWO and not snapshot.dirty
    await world.merge()
    assert link_in(world.home, "main") == TWO


async def test_one_that_was_removed_or_has_come_is_so_in_the_snapshot(world: World) -> None:
    git(world.folder, "rm", "-q", "--cached", "--", PLACE)
    snapshot = await world.snapshot()
    assert link_in(world.depot.path, snapshot.commit) == ""
    point(world.folder, THREE)
    snapshot = await world.snapshot()
    assert link_in(world.depot.path, snapshot.commit) == THREE


async def test_files_in_its_folder_are_no_part_of_the_work_as_git_has_it_and_stay(world: World) -> None:
    first = await world.snapshot()
    (world.folder / PLACE / "x.txt").write_text("x")
    point(world.folder, TWO)
    git(world.folder, "commit", "-q", "-m", "the next one")
    assert link_in(world.depot.path, (await world.snapshot()).commit) == TWO
    await back_to(world, first)
    assert (world.folder / PLACE / "x.txt").read_text() == "x"


async def test_files_that_replace_it_are_in_the_snapshot_and_so_is_what_replaces_them(world: World) -> None:
    git(world.folder, "rm", "-q", "--cached", "--", PLACE)
    (world.folder / PLACE / "x.txt").write_text("x")
    git(world.folder, "add", "--", PLACE)
    snapshot = await world.snapshot()
    assert git(world.depot.path, "cat-file", "blob", f"{snapshot.commit}:{PLACE}/x.txt") == "x"
    git(world.folder, "rm", "-q", "-r", "--cached", "--", PLACE)
    point(world.folder, TWO)
    assert link_in(world.depot.path, (await world.snapshot()).commit) == TWO


async def test_one_that_is_checked_out_is_at_its_own_commit(world: World) -> None:
    inside = world.folder / PLACE
    git(inside, "init", "-q", "-b", "main")
    head = commit(inside, {"x.txt": "x"}, "inside")
    snapshot = await world.snapshot()
    assert link_in(world.depot.path, snapshot.commit) == head


async def test_a_restored_snapshot_has_it_where_it_was(world: World) -> None:
    point(world.folder, TWO)
    first = await world.snapshot()
    point(world.folder, THREE)
    git(world.folder, "commit", "-q", "-m", "the third")
    assert link_in(world.depot.path, (await world.snapshot()).commit) == THREE
    before = await back_to(world, first)
    assert link_in(world.depot.path, before.commit) == THREE
    assert (await world.snapshot()).commit == first.commit
    await back_to(world, before)
    assert (await world.snapshot()).commit == before.commit


async def test_nothing_of_the_workspace_is_changed_by_looking(world: World) -> None:
    point(world.folder, TWO)
    index = (world.clone.git_dir / "index").read_bytes()
    await world.snapshot()
    assert (world.clone.git_dir / "index").read_bytes() == index
    assert list((world.folder / PLACE).iterdir()) == []
