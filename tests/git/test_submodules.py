"""Repositories inside: submodules are where the workspace says, all others are files like any."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from core.git.snapshot import Snapshot
from tests.git.test_restore_snapshot import back_to
from tests.git.world import World, commit, git, make_repository, make_world, write

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


def nested(world: World, name: str, files: dict[str, str]) -> Path:
    """A repository that somebody has made in the workspace, with a commit of these files."""
    write(world.folder, {f"{name}/{path}": text for path, text in files.items()})
    git(world.folder / name, "init", "-q", "-b", "main")
    git(world.folder / name, "add", "-A")
    git(world.folder / name, "commit", "-q", "-m", "begun")
    return world.folder / name


def held(world: World, snapshot: Snapshot) -> set[str]:
    return set(
        git(world.depot.path, "ls-tree", "-r", "-z", "--name-only", snapshot.commit).strip("\0").split("\0")
    )


async def test_a_repository_begun_inside_is_files_also_where_it_was_committed_as_one(world: World) -> None:
    inner = nested(world, "we\nb", {"a.js": "a", "deep/b.js": "b", ".gitignore": "node_modules\n"})
    write(inner, {"node_modules/x.js": "x", "new.js": "new", "deep/-odd\n.js": "odd"})
    files = {f"we\nb/{name}" for name in (".gitignore", "a.js", "deep/b.js", "new.js", "deep/-odd\n.js")}
    first = await world.snapshot()
    assert files <= held(world, first) and "we\nb/node_modules/x.js" not in held(world, first)
    assert first.embedded == ()
    git(world.folder, "add", "-A")
    git(world.folder, "commit", "-q", "-m", "all")
    (inner / "a.js").write_text("changed")
    (inner / "new.js").unlink()
    second = await world.snapshot()
    assert held(world, second) & files == files - {"we\nb/new.js"}
    assert git(world.depot.path, "cat-file", "blob", f"{second.commit}:we\nb/a.js") == "changed"
    await world.merge()
    assert (world.home / "we\nb/a.js").read_text() == "changed"


async def test_a_repository_inside_goes_and_comes_back_with_the_snapshots(world: World) -> None:
    before = await world.snapshot()
    inner = nested(world, "web", {"a.js": "a"})
    mine = git(inner, "rev-parse", "HEAD")
    after = await world.snapshot()
    assert "web/a.js" in held(world, after)
    await back_to(world, before)
    assert not (inner / "a.js").exists() and (await world.snapshot()).commit == before.commit
    await back_to(world, after)
    assert (inner / "a.js").read_text() == "a" and git(inner, "rev-parse", "HEAD") == mine
    assert (await world.snapshot()).commit == after.commit


@pytest.mark.skipif(os.getuid() != 0, reason="only root gives files away")
async def test_one_that_git_trusts_to_nobody_else_is_files_too(world: World) -> None:
    inner = nested(world, "web", {"a.js": "a"})
    os.chown(inner, 1, 1)
    os.chown(inner / ".git", 1, 1)
    assert "web/a.js" in held(world, await world.snapshot())


async def test_another_worktree_of_the_clone_is_left_out_and_stays(world: World) -> None:
    git(world.folder, "worktree", "add", "-q", "-b", "aside", "trees/aside")
    write(world.folder, {"trees/aside/new.txt": "new", "mine.txt": "mine"})
    snapshot = await world.snapshot()
    assert {name for name in held(world, snapshot) if name.startswith("trees")} == set()
    assert "mine.txt" in held(world, snapshot) and snapshot.embedded == ()
    (world.folder / "mine.txt").unlink()
    clean = await world.snapshot()
    assert not clean.dirty
    await back_to(world, snapshot)
    assert (world.folder / "trees/aside/new.txt").read_text() == "new"


async def test_one_that_was_made_a_submodule_is_at_its_commit_and_noted(world: World) -> None:
    inner = nested(world, "lib", {"x.txt": "x"})
    git(world.folder, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", "./lib", "lib")
    snapshot = await world.snapshot()
    assert snapshot.embedded == ("lib",)
    assert git(inner, "rev-parse", "HEAD") in git(world.depot.path, "ls-tree", snapshot.commit, "lib")
