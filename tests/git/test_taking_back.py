"""A landing taken back: branch, index and files are as before it, or not a byte of the user's changes."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.errors import ConflictError, GitError
from core.git import landing, taking_back
from core.git.checkouts import checkout_of
from core.git.merge import Merged
from core.git.obstacles import find_obstacles
from core.git.taking_back import recover_taking_back, take_back
from core.values.states import MergeStyle
from tests.git.world import World, commit, everything, git, working_tree, write

LABEL = "boatyard: take back"


async def landed(
    world: World, files: dict[str, str] | None = None, style: MergeStyle = MergeStyle.MERGE
) -> Merged:
    """A merge on main; by default it changes a.txt, adds new/file.txt and deletes b.txt."""
    if files is None:
        files = {"a.txt": "changed\n", "new/file.txt": "new\n"}
        (world.folder / "b.txt").unlink()
    write(world.folder, files)
    git(world.folder, "add", "-A", "-f")
    git(world.folder, "commit", "-q", "-m", "work")
    merged = await world.merge(style)
    assert world.tip() == merged.new != merged.old
    return merged


async def back(world: World, merged: Merged) -> None:
    await take_back(world.user, world.depot, "main", old=merged.old, new=merged.new, label=LABEL)


def differing(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


async def refused(world: World, merged: Merged, kind: type[ConflictError | GitError] = ConflictError) -> Any:
    """Takes back, expects a refusal, and checks that not a byte has changed."""
    before = everything(world.home)
    with pytest.raises(kind) as caught:
        await back(world, merged)
    assert differing(before, everything(world.home)) == set()
    assert caught.value.hint
    return caught.value


@pytest.mark.parametrize("style", list(MergeStyle))
async def test_branch_index_and_files_are_as_before_the_merge(world: World, style: MergeStyle) -> None:
    before = working_tree(world.home)
    merged = await landed(world, style=style)
    assert working_tree(world.home) != before
    await back(world, merged)
    assert world.tip() == git(world.home, "rev-parse", "HEAD") == merged.old
    assert working_tree(world.home) == before and not (world.home / "new").exists()
    assert git(world.home, "status", "--porcelain") == ""
    assert git(world.home, "symbolic-ref", "HEAD") == "refs/heads/main"


async def test_apart_from_the_move_only_the_reflog_says_it(world: World) -> None:
    merged = await landed(world)
    before = everything(world.home / ".git")
    await back(world, merged)
    changed = differing(before, everything(world.home / ".git"))
    assert changed == {"index", "logs/HEAD", "logs/refs/heads/main", "refs/heads/main"}
    assert LABEL in git(world.home, "reflog", "-1") and LABEL in git(world.home, "reflog", "-1", "main")
    assert git(world.home, "fsck", "--strict", "--no-dangling") == ""
    assert git(world.home, "rev-parse", "main@{1}") == merged.new


async def test_doing_it_again_changes_nothing_and_it_can_be_merged_again(world: World) -> None:
    merged = await landed(world)
    await back(world, merged)
    before = everything(world.home)
    await back(world, merged)
    assert everything(world.home) == before
    await landing.land(world.user, world.depot, "main", old=merged.old, new=merged.new, label="again")
    assert world.tip() == merged.new and git(world.home, "status", "--porcelain") == ""


async def test_a_branch_that_is_checked_out_nowhere_moves_alone(world: World) -> None:
    merged = await landed(world)
    git(world.home, "checkout", "-q", "-b", "elsewhere")
    write(world.home, {"a.txt": "user's edit", "b.txt": "mine"})
    tree, index = working_tree(world.home), (world.home / ".git/index").read_bytes()
    await back(world, merged)
    assert world.tip() == merged.old and working_tree(world.home) == tree
    assert (world.home / ".git/index").read_bytes() == index


async def test_a_branch_in_a_linked_worktree_moves_there(world: World, tmp_path: Path) -> None:
    merged = await landed(world)
    git(world.home, "checkout", "-q", "-b", "elsewhere")
    linked = tmp_path / "linked\nhere"
    git(world.home, "worktree", "add", "-q", str(linked), "main")
    write(world.home, {"a.txt": "user's edit"})
    await back(world, merged)
    assert git(linked, "rev-parse", "HEAD") == merged.old and git(linked, "status", "--porcelain") == ""
    assert LABEL in git(linked, "reflog", "-1")
    assert git(world.home, "status", "--porcelain") == " M a.txt"


async def test_local_edits_that_are_not_touched_are_kept(world: World) -> None:
    merged = await landed(world)
    write(
        world.home, {"folder/c.txt": "user's edit", "mine.txt": "untracked", ".env": "secret", "s.txt": "s"}
    )
    git(world.home, "add", "s.txt")
    await back(world, merged)
    assert git(world.home, "status", "--porcelain") == " M folder/c.txt\nA  s.txt\n?? mine.txt"
    assert (world.home / ".env").read_text() == "secret"


async def test_a_file_whose_times_alone_have_changed_is_no_obstacle(world: World) -> None:
    merged = await landed(world)
    os.utime(world.home / "a.txt", (1, 1))
    await back(world, merged)
    assert (world.home / "a.txt").read_text().startswith("one\n")


def _modified(home: Path) -> None:
    write(home, {"a.txt": "user's edit"})


def _staged(home: Path) -> None:
    _modified(home)
    git(home, "add", "a.txt")


def _deleted(home: Path) -> None:
    (home / "a.txt").unlink()


def _as_before_the_merge(home: Path) -> None:
    write(home, {"a.txt": git(home, "show", "HEAD^:a.txt") + "\n"})


def _assumed_unchanged(home: Path) -> None:
    git(home, "update-index", "--assume-unchanged", "a.txt")
    _modified(home)


@pytest.mark.parametrize("edit", [_modified, _staged, _deleted, _as_before_the_merge, _assumed_unchanged])
async def test_uncommitted_changes_to_a_touched_file_are_named_and_kept(
    world: World, edit: Callable[[Path], None]
) -> None:
    merged = await landed(world)
    edit(world.home)
    error = await refused(world, merged)
    assert error.details["files"] == ["a.txt"]


async def test_an_edit_of_a_file_that_the_merge_brought_is_named_and_kept(world: World) -> None:
    merged = await landed(world)
    write(world.home, {"new/file.txt": "user's edit"})
    assert (await refused(world, merged)).details["files"] == ["new/file.txt"]


async def landed_without(world: World, name: str) -> Merged:
    """A merge that deletes a file, which may be `old.log`: one that is tracked although git ignores it."""
    write(world.home, {"old.log": "tracked\n"})
    git(world.home, "add", "-f", "old.log")
    git(world.home, "commit", "-qm", "a log")
    git(world.folder, "fetch", "-q", str(world.home), "main")
    git(world.folder, "reset", "-q", "--hard", "FETCH_HEAD")
    (world.folder / name).unlink()
    return await landed(world, {})


@pytest.mark.parametrize("name", ["b.txt", "old.log"], ids=["untracked", "ignored"])
async def test_a_file_in_the_way_of_one_that_comes_back_is_named_and_kept(world: World, name: str) -> None:
    merged = await landed_without(world, name)
    write(world.home, {name: "user's"})
    error = await refused(world, merged)
    assert error.details["files"] == [name] and (world.home / name).read_text() == "user's"


async def test_a_commit_on_top_wins(world: World) -> None:
    merged = await landed(world)
    theirs = commit(world.home, {"folder/c.txt": "user's"}, "later")
    assert "was moved" in (await refused(world, merged)).message
    assert world.tip() == theirs


@pytest.mark.parametrize("checked_out", [True, False])
async def test_a_commit_in_the_last_moment_wins_too(
    world: World, monkeypatch: pytest.MonkeyPatch, checked_out: bool
) -> None:
    merged = await landed(world)
    if not checked_out:
        git(world.home, "checkout", "-q", "-b", "elsewhere")
    theirs = git(world.home, "commit-tree", "HEAD^{tree}", "-p", merged.new, "-m", "sudden")
    look = checkout_of

    async def look_and_commit(*given: Any) -> Any:
        found = await look(*given)
        git(world.home, "update-ref", "refs/heads/main", theirs)
        return found

    monkeypatch.setattr(taking_back, "checkout_of", look_and_commit)
    before = working_tree(world.home)
    with pytest.raises(ConflictError, match="moved"):
        await back(world, merged)
    assert world.tip() == theirs and working_tree(world.home) == before


async def test_while_files_move_nobody_else_moves_the_branch(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    merged = await landed(world)
    said: list[str] = []
    look = find_obstacles

    async def look_and_commit(*given: Any) -> Any:
        argv = ("git", "commit", "-q", "--allow-empty", "-m", "sudden")
        process = await asyncio.create_subprocess_exec(*argv, cwd=world.home, stderr=asyncio.subprocess.PIPE)
        said.append((await process.communicate())[1].decode())
        return await look(*given)

    monkeypatch.setattr(taking_back, "find_obstacles", look_and_commit)
    await back(world, merged)
    assert "cannot lock ref" in said[0] or "Unable to create" in said[0]
    assert world.tip() == merged.old and git(world.home, "status", "--porcelain") == ""


@pytest.mark.parametrize("name", ["a.txt", "b.txt", "old.log"], ids=["tracked", "untracked", "ignored"])
async def test_an_edit_in_the_last_moment_is_kept(
    world: World, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    merged = await (landed(world) if name == "a.txt" else landed_without(world, name))
    look = landing.lasting_obstacles

    async def look_and_edit(*given: Any) -> Any:
        found = await look(*given)
        write(world.home, {name: "user's"})
        return found

    monkeypatch.setattr(taking_back, "lasting_obstacles", look_and_edit)
    with pytest.raises(ConflictError) as caught:
        await back(world, merged)
    assert caught.value.details["files"] == [name]
    assert world.tip() == merged.new and (world.home / name).read_text() == "user's"


@pytest.mark.parametrize(
    ("start", "word"),
    [(["merge", "--no-commit", "--no-ff", "other"], "merge"), (["rebase", "other"], "rebase")],
)
async def test_an_operation_under_way_is_an_obstacle(world: World, start: list[str], word: str) -> None:
    git(world.home, "checkout", "-q", "-b", "other")
    commit(world.home, {"a.txt": "other"}, "other")
    git(world.home, "checkout", "-q", "main")
    merged = await landed(world)
    quiet = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec("git", *start, cwd=world.home, stdout=quiet, stderr=quiet)
    await process.wait()
    error = await refused(world, merged)
    assert f"a {word} that involves main is under way" in error.message
    assert "then try again" in error.hint


async def test_another_git_command_at_work_is_waited_for(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    merged = await landed(world)
    lock = world.home / ".git/index.lock"
    lock.write_text("")
    monkeypatch.setattr(landing, "WAIT_SECONDS", 0.0)
    assert "index.lock" in (await refused(world, merged)).message
    monkeypatch.setattr(landing, "WAIT_SECONDS", 60.0)
    look = find_obstacles

    async def look_and_end(*given: Any) -> Any:
        found = await look(*given)
        lock.unlink(missing_ok=True)
        return found

    monkeypatch.setattr(landing, "find_obstacles", look_and_end)
    await back(world, merged)
    assert world.tip() == merged.old


@pytest.mark.parametrize("checked_out", [True, False])
async def test_a_hook_that_refuses_leaves_everything_as_it_was(world: World, checked_out: bool) -> None:
    merged = await landed(world)
    if not checked_out:
        git(world.home, "checkout", "-q", "-b", "elsewhere")
    write(world.home, {"folder/c.txt": "user's edit"})
    hook = world.home / ".git/hooks/reference-transaction"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho 'not on my watch' >&2\n[ $1 != prepared ]\n")
    hook.chmod(0o755)
    error = await refused(world, merged, GitError)
    assert "not on my watch" in error.message
    hook.unlink()
    await back(world, merged)
    assert world.tip() == merged.old


async def test_the_users_own_filters_run(world: World) -> None:
    git(world.home, "config", "filter.shout.smudge", "tr a-z A-Z")
    git(world.home, "config", "filter.shout.clean", "tr A-Z a-z")
    commit(world.home, {".gitattributes": "*.loud filter=shout\n", "x.loud": "hello\n"}, "loud")
    git(world.folder, "fetch", "-q", str(world.home), "main")
    git(world.folder, "reset", "-q", "--hard", "FETCH_HEAD")
    merged = await landed(world, {"x.loud": "bye\n"})
    assert (world.home / "x.loud").read_text() == "BYE\n"
    await back(world, merged)
    assert (world.home / "x.loud").read_text() == "HELLO\n"
    assert git(world.home, "status", "--porcelain") == ""


# What a kill can leave behind: the branch at the merge, and files or index part of the way back.


async def recover(world: World, merged: Merged) -> None:
    await recover_taking_back(world.user, world.depot, "main", old=merged.old, new=merged.new, started_at=0.0)


async def test_what_was_cut_off_among_the_files_is_put_right_and_can_be_repeated(world: World) -> None:
    before = working_tree(world.home)
    merged = await landed(world)
    after = working_tree(world.home)
    write(world.home, {"a.txt": "one\ntw", "b.txt": "b"})
    (world.home / "new/file.txt").unlink()
    (world.home / ".git/index.lock").write_text("half an index")
    await recover(world, merged)
    assert working_tree(world.home) == after and git(world.home, "status", "--porcelain") == ""
    await back(world, merged)
    assert working_tree(world.home) == before and world.tip() == merged.old


async def test_what_was_cut_off_after_the_index_is_put_right(world: World) -> None:
    merged = await landed(world)
    write(world.home, {"folder/c.txt": "user's edit"})
    after = working_tree(world.home)
    git(world.home, "read-tree", "-m", "-u", merged.new, merged.old)
    assert working_tree(world.home) != after
    await recover(world, merged)
    assert working_tree(world.home) == after
    assert git(world.home, "status", "--porcelain") == " M folder/c.txt"


async def test_what_the_user_wrote_since_is_kept(world: World) -> None:
    merged = await landed(world)
    write(world.home, {"a.txt": "written after the crash", "b.txt": "mine"})
    await recover(world, merged)
    assert (world.home / "a.txt").read_text() == "written after the crash"
    assert (world.home / "b.txt").read_text() == "mine"
