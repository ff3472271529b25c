"""What of a folder git ignores, told without running git where a sandbox writes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from core.git import ignoring
from core.review.folders import scan_folder
from core.review.ignored import Ground, ignored_entries, snapshot_paths
from tests.git.world import World, git, write


async def ignored(world: World, folder: str = "") -> set[str]:
    await world.snapshot()
    commit = git(world.depot.path, "rev-parse", f"refs/boatyard/workspaces/{world.clone.workspace}/snapshot")
    ground = Ground(world.depot, commit, world.folder, world.clone.git_dir)
    return {os.fsdecode(name) for name in await found_in(world, ground, folder)}


async def found_in(world: World, ground: Ground, folder: str) -> frozenset[bytes]:
    inner = os.fsencode(folder)
    kept = await snapshot_paths(ground, inner)
    return await ignored_entries(ground, inner, await scan_folder(world.folder, folder), kept)


def as_git_sees(world: World) -> set[str]:
    """What git says at the same place, as whoever works there would ask it."""
    listed = git(world.folder, "status", "--porcelain", "--ignored=matching", "-z", "--untracked-files=all")
    return {line[3:].rstrip("/") for line in listed.split("\0") if line.startswith("!!")}


async def test_entries_are_told_apart_as_git_does_it(world: World) -> None:
    write(world.folder, {
        ".gitignore": "*.log\n.env\n/build/\n!kept.log\ndeep/**/x\n\\#odd\n",
        "folder/.gitignore": "*.tmp\n!two.tmp\n",
        "one.log": "", "kept.log": "", ".env": "", "new.txt": "", "build/out.bin": "", "#odd": "",
        ":(top).log": "",
        "folder/one.tmp": "", "folder/two.tmp": "", "folder/build/y": "", "deep/down/x": "",
    })  # fmt: skip
    (world.folder / os.fsdecode(b"\xff.log")).write_text("")
    assert await ignored(world) == {
        "one.log", ".env", "build", "#odd", ":(top).log", os.fsdecode(b"\xff.log"),
    }  # fmt: skip
    assert await ignored(world, "folder") == {"one.tmp"}
    assert await ignored(world, "deep/down") == {"x"}
    assert await ignored(world, "build") == {"out.bin"}
    assert as_git_sees(world) == {
        "one.log", ".env", "build", "#odd", ":(top).log", os.fsdecode(b"\xff.log"), "folder/one.tmp",
        "deep/down/x",
    }  # fmt: skip


async def test_what_is_tracked_is_not_ignored_whatever_the_rules_say(world: World) -> None:
    write(world.folder, {"kept.log": "k", "logs/a.log": "a", "logs/b.log": "b"})
    git(world.folder, "add", "-f", "kept.log", "logs/a.log")
    git(world.folder, "commit", "-qm", "kept")
    write(world.folder, {".gitignore": "*.log\nlogs/\n"})
    assert await ignored(world) == set()
    assert await ignored(world, "logs") == {"b.log"}


async def test_the_personal_rules_of_the_clone_count(world: World) -> None:
    exclude = world.clone.git_dir / "info/exclude"
    exclude.write_text("scratch\n")
    write(world.folder, {"scratch": "", "other": ""})
    assert await ignored(world) == {"scratch"}


async def test_rules_behind_a_link_are_not_read(world: World, tmp_path: Path) -> None:
    (tmp_path / "rules").write_text("*\n")
    write(world.folder, {"new.txt": ""})
    (world.folder / ".gitignore").unlink()
    (world.folder / ".gitignore").symlink_to(tmp_path / "rules")
    (world.clone.git_dir / "info/exclude").unlink()
    (world.clone.git_dir / "info/exclude").symlink_to(tmp_path / "rules")
    assert await ignored(world) == set()


async def test_a_listing_does_not_wait_for_rules_that_take_for_ever(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    write(world.folder, {"new.log": ""})
    ground = Ground(world.depot, world.start, world.folder, world.clone.git_dir)
    monkeypatch.setattr(ignoring, "SECONDS", 0.0)
    assert await found_in(world, ground, "") == frozenset()
    assert "is not known" in caplog.text
