"""Whatever a sandbox makes of its git directory, only objects of its own get into the depot."""

from __future__ import annotations

import asyncio
import errno
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.errors import GitError, StorageError
from core.git import sandbox_objects
from core.git.snapshot import Snapshot, import_snapshot
from tests.git.world import World, commit, git, make_repository, write

Redirect = Callable[[Path, Path], None]


def by_alternates(git_dir: Path, secret: Path) -> None:
    with (git_dir / "objects/info/alternates").open("a") as file:
        file.write(f"{secret}/.git/objects\n")


def by_common_directory(git_dir: Path, secret: Path) -> None:
    (git_dir / "commondir").write_text(f"{secret}/.git\n")


def by_git_file(git_dir: Path, secret: Path) -> None:
    (git_dir / ".git").write_text(f"gitdir: {secret}/.git\n")


def by_objects_link(git_dir: Path, secret: Path) -> None:
    (git_dir / "objects").rename(git_dir / "objects.away")
    (git_dir / "objects").symlink_to(secret / ".git/objects")


def by_fanout_links(git_dir: Path, secret: Path) -> None:
    for folder in (secret / ".git/objects").glob("[0-9a-f][0-9a-f]"):
        shutil.rmtree(git_dir / "objects" / folder.name, ignore_errors=True)
        (git_dir / "objects" / folder.name).symlink_to(folder)


def by_file_links(git_dir: Path, secret: Path) -> None:
    for file in (secret / ".git/objects").glob("[0-9a-f][0-9a-f]/*"):
        folder = git_dir / "objects" / file.parent.name
        folder.mkdir(exist_ok=True)
        (folder / file.name).symlink_to(file)


def by_pack_link(git_dir: Path, secret: Path) -> None:
    git(secret, "repack", "-adq")
    shutil.rmtree(git_dir / "objects/pack")
    (git_dir / "objects/pack").symlink_to(secret / ".git/objects/pack")


def by_pack_file_links(git_dir: Path, secret: Path) -> None:
    git(secret, "repack", "-adq")
    for file in (secret / ".git/objects/pack").iterdir():
        (git_dir / "objects/pack" / file.name).symlink_to(file)


WAYS = (
    by_alternates, by_common_directory, by_git_file, by_objects_link, by_fanout_links, by_file_links,
    by_pack_link, by_pack_file_links,
)  # fmt: skip


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    return make_repository(tmp_path / "secret", {"secret.txt": "nobody else's\n"})


@pytest.mark.parametrize("redirect", WAYS)
async def test_another_repository_that_it_points_to_is_not_fetched_from(
    world: World, secret: Path, redirect: Redirect
) -> None:
    stolen = git(secret, "rev-parse", "HEAD")
    redirect(world.clone.git_dir, secret)
    assert git(world.clone.git_dir, "cat-file", "-t", stolen) == "commit"  # git itself follows it
    with pytest.raises(GitError):
        await import_snapshot(world.depot, world.clone, Snapshot(stolen, stolen, dirty=False))
    assert not await has(world, stolen)


async def test_what_is_swapped_at_any_moment_of_a_fetch_leads_nowhere(world: World, secret: Path) -> None:
    """Between a look and the fetch too: every way is opened and closed all the time."""
    stolen = git(secret, "rev-parse", "HEAD")
    git_dir = world.clone.git_dir
    before = (git_dir / "objects/info/alternates").read_bytes()
    tried = 0

    def swap() -> None:
        by_alternates(git_dir, secret)
        by_common_directory(git_dir, secret)
        (git_dir / "objects/pack").rename(git_dir / "away")
        (git_dir / "objects/pack").symlink_to(secret / ".git/objects/pack")
        (git_dir / "objects/pack").unlink()
        (git_dir / "away").rename(git_dir / "objects/pack")
        (git_dir / "commondir").unlink()
        (git_dir / "objects/info/alternates").write_bytes(before)

    async def steal() -> None:
        nonlocal tried
        for _ in range(20):
            with pytest.raises(GitError):
                await import_snapshot(world.depot, world.clone, Snapshot(stolen, stolen, dirty=False))
            tried += 1

    stealing = asyncio.create_task(steal())
    while not stealing.done():
        await asyncio.to_thread(swap)
    await stealing
    assert tried == 20 and not await has(world, stolen)


@pytest.mark.parametrize("make", [os.mkfifo, lambda path: path.mkdir(), lambda path: path.write_bytes(b"no")])
async def test_what_is_no_object_in_the_place_of_one_blocks_nothing(
    world: World, make: Callable[[Path], None]
) -> None:
    folder = world.clone.git_dir / "objects" / "ab"
    folder.mkdir(exist_ok=True)
    make(folder / ("c" * 38))
    write(world.folder, {"new.txt": "new"})
    snapshot = await world.snapshot()
    assert await has(world, snapshot.commit)


async def test_objects_that_were_packed_since_are_found(world: World) -> None:
    loose = commit(world.folder, {"new.txt": "new"}, "loose")
    await world.snapshot()
    git(world.folder, "repack", "-adlq")
    git(world.folder, "prune-packed")
    packed = commit(world.folder, {"more.txt": "more"}, "more")
    git(world.folder, "repack", "-adlq")
    await world.snapshot()
    assert await has(world, loose) and await has(world, packed)
    left = [path for path in (world.clone.fetched / "objects").glob("[0-9a-f][0-9a-f]/*")]
    assert left == [] and len(list((world.clone.fetched / "objects/pack").glob("*.pack"))) == 1


async def test_a_second_name_is_made_and_where_that_is_refused_a_copy(
    world: World, refused_links: Callable[[], None]
) -> None:
    first = commit(world.folder, {"new.txt": "new"}, "first")
    await world.snapshot()
    assert os.lstat(loose(world.clone.git_dir, first)).st_nlink == 2
    refused_links()
    second = commit(world.folder, {"new.txt": "newer"}, "second")
    await world.snapshot()
    assert os.lstat(loose(world.clone.git_dir, second)).st_nlink == 1
    assert loose(world.clone.fetched, second).read_bytes() == loose(world.clone.git_dir, second).read_bytes()
    assert await has(world, second)


async def test_a_folder_of_objects_that_was_removed_is_told(world: World) -> None:
    (world.clone.git_dir / "objects").rename(world.clone.git_dir / "elsewhere")
    with pytest.raises(GitError, match="no folder of git objects any more") as caught:
        await import_snapshot(world.depot, world.clone, Snapshot(world.start, world.start, dirty=False))
    assert caught.value.hint


async def test_a_full_disk_is_told_and_the_next_fetch_goes_on(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = commit(world.folder, {"new.txt": "new"}, "first")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "objects")

    monkeypatch.setattr(sandbox_objects, "_bring", full)
    with pytest.raises(StorageError, match="No space left on device"):
        await world.snapshot()
    monkeypatch.undo()
    await world.snapshot()
    assert await has(world, head)


@pytest.fixture
def refused_links(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """Makes the system refuse second names, as it does for files of somebody else."""

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    yield lambda: monkeypatch.setattr(os, "link", refuse)


def loose(git_dir: Path, oid: str) -> Path:
    return git_dir / "objects" / oid[:2] / oid[2:]


async def has(world: World, oid: str) -> bool:
    answer = await world.depot.git.run("cat-file", "-e", oid, ok=(0, 1, 128))
    return answer.code == 0
