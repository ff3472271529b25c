"""Restoring a snapshot brings back every kind of file and loses nothing of what was there."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Literal

import pytest

from core.git.restore_snapshot import CHANGED_MEANWHILE, folder_changes, restore_command
from core.git.snapshot import Snapshot, import_snapshot, parse_snapshot, sandbox_paths, snapshot_command
from tests.git.world import World, commit, git, write


def run(command: tuple[str, ...]) -> bytes:
    return subprocess.run(command, capture_output=True, check=True).stdout


async def taken(world: World, coming: str = "") -> Snapshot:
    """A snapshot with its empty folders."""
    paths = sandbox_paths(world.clone, container=False)
    command = snapshot_command(*paths, world.start, folders=True, coming=coming)
    snapshot = parse_snapshot(run(command))
    await import_snapshot(world.depot, world.clone, snapshot)
    return snapshot


def restored(
    world: World, target: Snapshot, before: Snapshot, *, mode: Literal["check", "restore"] = "restore"
) -> subprocess.CompletedProcess[bytes]:
    command = restore_command(
        *sandbox_paths(world.clone, container=False), mode=mode, target=target.commit, head=target.head,
        branch=world.clone.branch, expected=before.commit, token="t",
    )  # fmt: skip
    stdin = folder_changes(target.folders, before.folders)
    return subprocess.run(command, input=stdin, capture_output=True, check=False)


async def back_to(world: World, target: Snapshot) -> Snapshot:
    """Restores; gives the snapshot that was taken before."""
    before = await taken(world, target.commit)
    done = restored(world, target, before)
    assert done.returncode == 0, done.stderr.decode()
    return before


def tree_of(folder: Path) -> dict[str, object]:
    """Everything below a folder but `.git`: content, links, modes, folders."""
    found: dict[str, object] = {}
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name != ".git"]
        for name in (*folders, *names):
            path = Path(place, name)
            if path.is_symlink():
                found[str(path.relative_to(folder))] = ("link", os.readlink(path))
            elif path.is_dir():
                found[str(path.relative_to(folder))] = "folder"
            elif name != ".git":
                found[str(path.relative_to(folder))] = (path.read_bytes(), os.access(path, os.X_OK))
    return found


async def test_every_kind_of_file_comes_back_and_so_does_what_was_there_before(world: World) -> None:
    write(world.folder, {"a.txt": "changed", "new/deep.txt": "untracked", "x.log": "ignored"})
    (world.folder / "b.bin").write_bytes(bytes(range(256)))
    (world.folder / "run.sh").write_text("#!/bin/sh\n")
    (world.folder / "run.sh").chmod(0o755)
    (world.folder / "link").symlink_to("a.txt")
    (world.folder / "broken").symlink_to("/nowhere")
    (world.folder / "empty/inner").mkdir(parents=True)
    (world.folder / "folder/hollow").mkdir()
    first, first_tree = await taken(world), tree_of(world.folder)
    assert set(first.folders) == {"empty", "empty/inner", "folder/hollow"}

    commit(world.folder, {"a.txt": "committed", "later.txt": "later"}, "later")
    for name in ("b.bin", "link", "run.sh", "new/deep.txt"):
        (world.folder / name).unlink()
    (world.folder / "new").rmdir()
    (world.folder / "empty/inner").rmdir()
    (world.folder / "empty").rmdir()
    write(world.folder, {"empty": "a file now", "run.sh/file": "a folder now"})
    (world.folder / "only-later/empty").mkdir(parents=True)
    second_tree = tree_of(world.folder)

    second = await back_to(world, first)
    assert tree_of(world.folder) == first_tree
    assert git(world.folder, "rev-parse", "HEAD") == world.start
    assert git(world.folder, "symbolic-ref", "HEAD") == f"refs/heads/{world.clone.branch}"
    assert "a.txt" in git(world.folder, "status", "--porcelain")
    trees = [await world.depot.tree(each.commit) for each in (await taken(world), first)]
    assert trees[0] == trees[1]

    await back_to(world, second)
    assert tree_of(world.folder) == second_tree
    assert git(world.folder, "log", "-1", "--format=%s") == "later"


async def test_ignored_files_stay_and_one_in_the_way_is_kept_in_the_snapshot_before(world: World) -> None:
    write(world.folder, {"out/result": "old", "note": "old note"})
    first = await taken(world)
    write(world.folder, {".gitignore": "*.log\n.env\nout\nnote\n", ".env": "secret", "x.log": "noise"})
    (world.folder / "out/result").unlink()
    (world.folder / "out").rmdir()
    (world.folder / "note").unlink()
    write(world.folder, {"out": "a precious ignored file", "note/more": "an ignored folder"})
    before = await back_to(world, first)
    assert (world.folder / "out/result").read_text() == "old"
    assert (world.folder / "note").read_text() == "old note"
    assert (world.folder / ".env").read_text() == "secret"
    assert (world.folder / "x.log").read_text() == "noise"
    assert git(world.depot.path, "cat-file", "blob", f"{before.commit}:out") == "a precious ignored file"
    assert git(world.depot.path, "cat-file", "blob", f"{before.commit}:note/more") == "an ignored folder"


async def test_what_changed_since_the_snapshot_before_is_not_overwritten(world: World) -> None:
    write(world.folder, {"a.txt": "one"})
    first = await taken(world)
    write(world.folder, {"a.txt": "two"})
    before = await taken(world, first.commit)
    write(world.folder, {"a.txt": "three, by somebody else"})
    assert restored(world, first, before, mode="check").returncode == CHANGED_MEANWHILE
    assert restored(world, first, before).returncode == CHANGED_MEANWHILE
    assert (world.folder / "a.txt").read_text() == "three, by somebody else"


async def test_a_restoration_that_was_killed_half_way_can_be_finished(world: World) -> None:
    write(world.folder, {f"f{n}": "one" for n in range(20)})
    first, first_tree = await taken(world), tree_of(world.folder)
    write(world.folder, {f"f{n}": "two" for n in range(20)})
    before = await taken(world, first.commit)
    write(world.folder, {f"f{n}": "one" for n in range(7)} | {"f7": "o"})  # as far as it had come
    (world.clone.git_dir / "boatyard/restoring").write_text("t")
    assert restored(world, first, before).returncode == 0
    assert tree_of(world.folder) == first_tree
    assert not (world.clone.git_dir / "boatyard/restoring").exists()


async def test_a_restoration_whose_end_nobody_heard_of_may_be_asked_for_again(world: World) -> None:
    write(world.folder, {"a.txt": "one", ".gitignore": "log\n"})
    first, first_tree = await taken(world), tree_of(world.folder)
    write(world.folder, {"a.txt": "two", "log": "ignored"})
    before = await taken(world, first.commit)
    assert restored(world, first, before).returncode == 0
    assert restored(world, first, before, mode="check").returncode == 0
    assert restored(world, first, before).returncode == 0
    assert tree_of(world.folder) == {**first_tree, "log": (b"ignored", False)}
    write(world.folder, {"a.txt": "three, by somebody else"})
    assert restored(world, first, before).returncode == CHANGED_MEANWHILE


async def test_a_check_changes_nothing(world: World) -> None:
    first = await taken(world)
    write(world.folder, {"a.txt": "changed", "new.txt": "new"})
    before, tree = await taken(world, first.commit), tree_of(world.folder)
    assert restored(world, first, before, mode="check").returncode == 0
    assert tree_of(world.folder) == tree


async def test_names_of_folders_that_lead_elsewhere_make_nothing(world: World, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (world.folder / "out").symlink_to(outside)
    first = await taken(world)
    odd = ("../up", "/abs", "a//b", ".git/x", "sub/.GIT/x", "out/made", "\ud800", "fine/one")
    before = await taken(world, first.commit)
    target = Snapshot(first.commit, first.head, first.dirty, folders=odd)
    assert restored(world, target, before).returncode == 0
    assert list(outside.iterdir()) == []
    assert (world.folder / "fine/one").is_dir()
    assert not (world.folder.parent / "up").exists()
    assert not (world.clone.git_dir / "x").exists()


async def test_a_merge_under_way_is_left_behind(world: World) -> None:
    first = await taken(world)
    git(world.folder, "checkout", "-q", "-b", "side")
    commit(world.folder, {"a.txt": "side"}, "side")
    git(world.folder, "checkout", "-q", "-")
    commit(world.folder, {"a.txt": "here"}, "here")
    with pytest.raises(AssertionError):  # there is a conflict
        git(world.folder, "merge", "side")
    assert (world.clone.git_dir / "MERGE_HEAD").exists()
    await back_to(world, first)
    assert git(world.folder, "status", "--porcelain") == ""
    assert "merg" not in git(world.folder, "status").lower()
