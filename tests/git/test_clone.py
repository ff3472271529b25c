"""A workspace's clone: private, whole or not there at all."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.errors import GitError, StorageError, UsageError
from core.git.clone import create_clone, remove_clone
from core.git.depot import Depot
from core.git.removal import remove_below
from core.git.user_repository import Identity, inspect_repository, user_identity
from tests.git.world import World, clone_paths, commit, git, make_repository, make_world

ADA = Identity("Ada User", "ada@users.example")


async def test_a_clone_is_on_its_branch_at_the_target_and_clean(world: World) -> None:
    assert git(world.folder, "symbolic-ref", "HEAD") == "refs/heads/boatyard/fix-it"
    assert (
        git(world.folder, "rev-parse", "HEAD") == world.tip() == git(world.folder, "rev-parse", "origin/main")
    )
    assert git(world.folder, "status", "--porcelain") == ""
    assert (world.folder / "folder/c.txt").read_text() == "c\n"
    assert git(world.folder, "config", "user.email") == "ada@users.example"
    assert git(world.folder, "fsck", "--strict") == ""


async def test_its_git_directory_lies_beside_it_and_both_views_name_it(world: World) -> None:
    assert (world.folder / ".git").read_text() == f"gitdir: {world.clone.git_dir}\n"
    assert world.clone.dot_git.read_text() == "gitdir: /boatyard/git/repo\n"
    assert (world.clone.git_dir / "objects/info/alternates").read_text() == f"{world.depot.objects}\n"
    assert "worktree" not in (world.clone.git_dir / "config").read_text()


async def test_what_is_committed_there_stays_there(world: World) -> None:
    before = git(world.home, "for-each-ref")
    made = commit(world.folder, {"new.txt": "new"}, "from the agent")
    git(world.folder, "stash", "list")
    assert git(world.home, "for-each-ref") == before
    assert not list((world.home / ".git/objects").glob(f"{made[:2]}/{made[2:]}"))
    assert git(world.folder, "log", "-1", "--format=%an <%ae>") == "Ada User <ada@users.example>"


async def test_ten_workspaces_see_nothing_of_each_other(tmp_path: Path, world: World) -> None:
    identity = await user_identity(world.user)
    clones = [clone_paths(tmp_path / "workspaces" / f"w{n}", f"w{n}") for n in range(10)]
    making = [
        create_clone(clone, world.depot, target="main", commit=world.start, identity=identity)
        for clone in clones
    ]
    await asyncio.gather(*making)
    commit(clones[0].worktree, {"x": "x"}, "only here")
    assert git(clones[1].worktree, "for-each-ref", "--format=%(refname)").split() == [
        "refs/heads/boatyard/w1", "refs/remotes/origin/main",
    ]  # fmt: skip


async def test_tags_come_along_for_describe(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "repo")
    git(repository, "tag", "-a", "v1.0", "-m", "release")
    world = await make_world(tmp_path, repository)
    assert git(world.folder, "describe") == "v1.0"


async def test_making_it_again_keeps_what_is_in_it(world: World) -> None:
    (world.folder / "a.txt").write_text("agent's work")
    await create_clone(world.clone, world.depot, target="main", commit=world.start, identity=ADA)
    assert (world.folder / "a.txt").read_text() == "agent's work"


async def test_a_creation_that_was_cut_off_starts_anew(world: World) -> None:
    for leftover in ("HEAD", "objects/info/alternates", "index"):
        world.clone.dot_git.unlink()
        (world.clone.git_dir / leftover).unlink()
        (world.clone.git_dir / "index.lock").write_text("")
        (world.folder / "b.txt").unlink()
        await create_clone(world.clone, world.depot, target="main", commit=world.start, identity=ADA)
        assert git(world.folder, "status", "--porcelain") == ""


MAKE = """
import asyncio, sys
from pathlib import Path
from core.git.clone import create_clone
from core.git.depot import Depot
from core.git.removal import remove_below
from core.git.user_repository import Identity
from tests.git.world import clone_paths
root, depot, commit = sys.argv[1:]
made = create_clone(
    clone_paths(Path(root)), Depot(Path(depot)), target="main", commit=commit, identity=Identity("A", "a@b")
)
asyncio.run(made)
"""


@pytest.mark.slow
async def test_a_checkout_that_outlived_a_killed_engine_does_not_spoil_the_next(tmp_path: Path) -> None:
    files = {f"d{number % 50}/{number}.txt": f"{number}\n" * 50 for number in range(4000)}
    world = await make_world(tmp_path, make_repository(tmp_path / "repo", files))
    root = tmp_path / "workspaces" / "killed"
    clone = clone_paths(root)
    killed = await asyncio.create_subprocess_exec(
        sys.executable, "-c", MAKE, str(root), str(world.depot.path), world.start
    )
    async with asyncio.timeout(60):
        while not (clone.git_dir / "index.lock").exists():  # noqa: ASYNC110 - another process makes it
            await asyncio.sleep(0.001)
    killed.kill()
    await killed.wait()
    assert not clone.exists
    await create_clone(clone, world.depot, target="main", commit=world.start, identity=ADA)
    assert git(clone.worktree, "status", "--porcelain") == ""
    assert not (clone.git_dir / "index.lock").exists()


async def test_a_creation_that_fails_leaves_nothing(tmp_path: Path, world: World) -> None:
    clone = clone_paths(tmp_path / "workspaces" / "other", "other")
    with pytest.raises(GitError):
        await create_clone(clone, world.depot, target="main", commit="1" * 40, identity=ADA)
    assert not clone.git_dir.exists() and not clone.worktree.exists() and not clone.exists


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of one megabyte."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("mounting a small file system is not allowed here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


async def test_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path, small_disk: Path) -> None:
    repository = make_repository(tmp_path / "repo", {"big": os.urandom(600_000).hex()})
    depot = Depot(tmp_path / "depots")
    await depot.ensure(await inspect_repository(repository))
    clone = clone_paths(small_disk / "fix-it")
    with pytest.raises(StorageError, match="is full or failing"):
        await create_clone(clone, depot, target="main", commit=await depot.target("main"), identity=ADA)
    assert not clone.worktree.exists() and not clone.git_dir.exists()


async def test_the_users_personal_ignore_rules_hold(tmp_path: Path, git_home: Path) -> None:
    (git_home / ".config/git").mkdir(parents=True)
    (git_home / ".config/git/ignore").write_text("*.mine")
    repository = make_repository(tmp_path / "repo")
    (repository / ".git/info/exclude").write_text("scratch/\n")
    world = await make_world(tmp_path, repository)
    (git_home / ".config/git/ignore").unlink()
    (world.folder / "x.mine").write_text("")
    (world.folder / "scratch").mkdir()
    (world.folder / "scratch/y").write_text("")
    assert git(world.folder, "status", "--porcelain") == ""


async def test_odd_names_of_people_do_not_break_the_configuration(tmp_path: Path, world: World) -> None:
    clone = clone_paths(tmp_path / "workspaces" / "other", "other")
    odd = 'Ann "x" \\ ; # [core]\n\tbare = true'
    await create_clone(clone, world.depot, target="main", commit=world.start, identity=Identity(odd, "a@b"))
    assert git(clone.worktree, "config", "user.name") == odd.replace("\n", " ").replace("\t", " ")
    assert git(clone.worktree, "config", "core.bare") == "false"


async def test_shallow_and_sha256_repositories_can_be_cloned(tmp_path: Path) -> None:
    origin = make_repository(tmp_path / "origin")
    commit(origin, {"b": "b"}, "second")
    git(tmp_path, "clone", "-q", "--depth=1", f"file://{origin}", "shallow")
    shallow = await make_world(tmp_path, tmp_path / "shallow", "on-shallow")
    assert git(shallow.folder, "log", "--format=%s") == "second"
    git(tmp_path, "init", "-q", "-b", "main", "--object-format=sha256", "long")
    commit(tmp_path / "long", {"a": "a"}, "first")
    long = await make_world(tmp_path, tmp_path / "long", "on-long")
    assert git(long.folder, "status", "--porcelain") == ""


async def test_a_submodule_is_left_as_an_empty_folder(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "repo")
    git(repository, "update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},sub")
    git(repository, "commit", "-q", "-m", "with submodule")
    world = await make_world(tmp_path, repository)
    assert list((world.folder / "sub").iterdir()) == []
    assert (await world.snapshot()).dirty is False


async def test_removing_it_follows_no_link_and_minds_no_rights(tmp_path: Path, world: World) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "keep").write_text("keep")
    (world.folder / "link").symlink_to(outside)
    (world.folder / "closed").mkdir()
    (world.folder / "closed/file").write_text("")
    (world.folder / "closed").chmod(0)
    await remove_clone(world.clone)
    assert not world.folder.exists() and not world.clone.git_dir.exists()
    assert (outside / "keep").read_text() == "keep"
    await remove_clone(world.clone)


async def test_removing_refuses_a_way_through_a_link(tmp_path: Path, world: World) -> None:
    outside = tmp_path / "outside"
    (outside / "repo").mkdir(parents=True)
    code = world.root / "code"
    code.rename(world.root / "moved")
    code.symlink_to(outside)
    with pytest.raises(StorageError, match="link"):
        await remove_clone(world.clone)
    assert (outside / "repo").exists()


def test_paths_outside_the_workspace_and_bad_names_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        clone_paths(tmp_path, "Fix It")
    with pytest.raises(UsageError):
        clone_paths(tmp_path, repo="../../out")


def test_only_what_is_below_a_root_is_deleted(tmp_path: Path) -> None:
    root, outside, twin = (tmp_path / name for name in ("root", "outside", "root-twin"))
    for folder in (root, outside, twin):
        (folder / "sub").mkdir(parents=True)
        (folder / "sub" / "kept").write_text("kept")
    (root / "link").symlink_to(outside)
    for path in (root, tmp_path, outside, twin, root / "..", root / "../outside", root / "sub/../../outside",
                 Path("outside")):  # fmt: skip
        with pytest.raises(StorageError, match="is not deleted"):
            remove_below(root, path)
    remove_below(root, root / "link")
    assert not (root / "link").is_symlink()
    assert [(each / "sub" / "kept").read_text() for each in (root, outside, twin)] == ["kept"] * 3
    remove_below(root, root / "sub")
    assert list(root.iterdir()) == []
