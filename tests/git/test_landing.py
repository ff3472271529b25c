"""The user's repository changes in one step, by exactly the merge, or not at all."""

from __future__ import annotations

import asyncio
import time
from asyncio.subprocess import DEVNULL
from pathlib import Path
from typing import Any

import pytest

from core.errors import ConflictError, GitError
from core.git import landing
from core.git.landing import land, recover_landing
from core.git.merge import Merged
from core.git.obstacles import find_obstacles
from tests.git.world import World, commit, everything, git, working_tree, write


async def ready(world: World, files: dict[str, str] | None = None) -> Merged:
    """A computed merge of some work; by default it changes a.txt, adds a file and deletes another."""
    if files is None:
        files = {"a.txt": "changed\n", "new/file.txt": "new\n"}
        (world.folder / "b.txt").unlink()
    write(world.folder, files)
    git(world.folder, "add", "-A", "-f")
    git(world.folder, "commit", "-q", "-m", "work")
    merged = await world.computed()
    assert merged.new != merged.old
    return merged


async def put(world: World, merged: Merged) -> None:
    await land(world.user, world.depot, "main", old=merged.old, new=merged.new, label="boatyard: merge")


async def refused(world: World, merged: Merged) -> ConflictError:
    """Lands, expects a refusal, and checks that not a byte has changed."""
    before = everything(world.home)
    with pytest.raises(ConflictError) as caught:
        await put(world, merged)
    after = everything(world.home)
    changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    assert {name for name in changed if not name.startswith(".git/objects/")} == set()
    previewed = await find_obstacles(world.user, world.depot, "main", merged.old, merged.new)
    assert [item.reason for item in previewed] == caught.value.details["blocked"]
    assert caught.value.hint
    return caught.value


async def test_a_checked_out_branch_moves_with_its_index_and_files(world: World) -> None:
    merged = await ready(world)
    await put(world, merged)
    assert world.tip() == git(world.home, "rev-parse", "HEAD") == merged.new
    assert git(world.home, "status", "--porcelain") == ""
    assert (world.home / "new/file.txt").read_text() == "new\n" and not (world.home / "b.txt").exists()
    assert "boatyard: merge" in git(world.home, "reflog", "-1")


async def test_apart_from_the_merge_nothing_is_left_behind(world: World) -> None:
    refs, before = git(world.home, "for-each-ref"), everything(world.home / ".git")
    merged = await ready(world)
    await put(world, merged)
    assert git(world.home, "for-each-ref") == refs.replace(merged.old, merged.new)
    after = everything(world.home / ".git")
    changed = {name for name in after if before.get(name) != after[name] and not name.startswith("objects/")}
    assert changed == {"index", "logs/HEAD", "logs/refs/heads/main", "refs/heads/main", "ORIG_HEAD"}
    assert before.keys() <= after.keys()
    assert git(world.home, "fsck", "--strict", "--no-dangling") == ""


async def test_doing_it_again_changes_nothing(world: World) -> None:
    merged = await ready(world)
    await put(world, merged)
    before = everything(world.home)
    await put(world, merged)
    assert everything(world.home) == before


async def test_a_branch_that_is_checked_out_nowhere_moves_alone(world: World) -> None:
    git(world.home, "checkout", "-q", "-b", "elsewhere")
    write(world.home, {"a.txt": "user's edit"})
    tree = working_tree(world.home)
    merged = await ready(world)
    await put(world, merged)
    assert world.tip() == merged.new and working_tree(world.home) == tree
    assert git(world.home, "status", "--porcelain") == " M a.txt"


async def test_a_branch_in_a_linked_worktree_moves_there(world: World, tmp_path: Path) -> None:
    git(world.home, "checkout", "-q", "-b", "elsewhere")
    git(world.home, "worktree", "add", "-q", str(tmp_path / "linked\nhere"), "main")
    write(world.home, {"a.txt": "user's edit"})
    merged = await ready(world)
    await put(world, merged)
    linked = tmp_path / "linked\nhere"
    assert git(linked, "rev-parse", "HEAD") == merged.new and git(linked, "status", "--porcelain") == ""
    assert git(world.home, "status", "--porcelain") == " M a.txt"


async def test_a_dirty_linked_worktree_is_an_obstacle(world: World, tmp_path: Path) -> None:
    git(world.home, "checkout", "-q", "-b", "elsewhere")
    git(world.home, "worktree", "add", "-q", str(tmp_path / "linked"), "main")
    write(tmp_path / "linked", {"a.txt": "edited there"})
    error = await refused(world, await ready(world))
    assert error.details["files"] == ["a.txt"] and str(tmp_path / "linked") in error.message
    assert (tmp_path / "linked/a.txt").read_text() == "edited there"


async def test_a_worktree_whose_folder_is_gone_does_not_matter_unless_locked(
    world: World, tmp_path: Path
) -> None:
    git(world.home, "checkout", "-q", "-b", "elsewhere")
    git(world.home, "worktree", "add", "-q", "--lock", str(tmp_path / "linked"), "main")
    (tmp_path / "linked").rename(tmp_path / "away")
    merged = await ready(world)
    assert "locked" in (await refused(world, merged)).message
    git(world.home, "worktree", "unlock", str(tmp_path / "linked"))
    await put(world, merged)
    assert world.tip() == merged.new


async def test_local_edits_that_are_not_touched_are_kept(world: World) -> None:
    write(
        world.home, {"folder/c.txt": "user's edit", "mine.txt": "untracked", ".env": "secret", "s.txt": "s"}
    )
    git(world.home, "add", "s.txt")
    merged = await ready(world)
    await put(world, merged)
    assert git(world.home, "status", "--porcelain") == " M folder/c.txt\nA  s.txt\n?? mine.txt"
    assert (world.home / ".env").read_text() == "secret"


def _modified(home: Path) -> None:
    write(home, {"a.txt": "user's edit"})


def _staged(home: Path) -> None:
    write(home, {"a.txt": "user's edit"})
    git(home, "add", "a.txt")


def _staged_then_reverted(home: Path) -> None:
    _staged(home)
    write(home, {"a.txt": "one\ntwo\nthree\nfour\nfive\n"})


def _deleted(home: Path) -> None:
    (home / "a.txt").unlink()


def _mode(home: Path) -> None:
    (home / "a.txt").chmod(0o755)


def _same_as_the_merge(home: Path) -> None:
    write(home, {"a.txt": "changed\n"})


def _assumed_unchanged(home: Path) -> None:
    git(home, "update-index", "--assume-unchanged", "a.txt")
    write(home, {"a.txt": "user's edit"})


def _skipped(home: Path) -> None:
    git(home, "update-index", "--skip-worktree", "a.txt")
    write(home, {"a.txt": "user's edit"})


def _became_a_link(home: Path) -> None:
    (home / "a.txt").unlink()
    (home / "a.txt").symlink_to("/etc/hostname")


EDITS = [_modified, _staged, _staged_then_reverted, _deleted, _mode, _same_as_the_merge, _assumed_unchanged,
         _skipped, _became_a_link]  # fmt: skip


@pytest.mark.parametrize("edit", EDITS)
async def test_uncommitted_changes_to_a_touched_file_are_named_and_kept(world: World, edit: object) -> None:
    assert callable(edit)
    edit(world.home)
    error = await refused(world, await ready(world))
    assert error.details["files"] == ["a.txt"]
    assert "uncommitted changes: a.txt" in error.message


async def test_an_edit_of_a_file_that_the_merge_deletes_is_named(world: World) -> None:
    write(world.home, {"b.txt": "user's edit"})
    assert (await refused(world, await ready(world))).details["files"] == ["b.txt"]


@pytest.mark.parametrize("kind", ["file", "link", "same"])
async def test_an_untracked_file_in_the_way_is_named_and_kept(world: World, kind: str) -> None:
    (world.home / "new").mkdir()
    path = world.home / "new/file.txt"
    path.symlink_to("nowhere") if kind == "link" else path.write_text("new\n" if kind == "same" else "mine")
    error = await refused(world, await ready(world))
    assert error.details["files"] == ["new/file.txt"]
    assert "untracked or ignored" in error.message


async def test_an_ignored_file_in_the_way_is_named_and_kept(world: World) -> None:
    write(world.home, {".env": "user's secret", "x.log": "user's log"})
    error = await refused(world, await ready(world, {".env": "from the agent", "x.log": "from the agent"}))
    assert error.details["files"] == [".env", "x.log"]
    assert (world.home / ".env").read_text() == "user's secret"


async def test_a_file_where_a_folder_comes_and_the_other_way_round(world: World) -> None:
    write(world.home, {"new": "a file of the user", "late/below.txt": "user's", "late/other.log": "ignored"})
    error = await refused(world, await ready(world, {"new/file.txt": "new", "late": "a file"}))
    assert error.details["files"] == ["late/below.txt", "late/other.log", "new"]


async def test_a_tracked_folder_that_becomes_a_file_and_back_is_no_obstacle(world: World) -> None:
    (world.folder / "folder/c.txt").unlink()
    (world.folder / "folder").rmdir()
    (world.folder / "a.txt").unlink()
    merged = await ready(world, {"folder": "a file now\n", "a.txt/below": "a folder now\n"})
    await put(world, merged)
    assert git(world.home, "status", "--porcelain") == ""
    assert (world.home / "a.txt/below").read_text() == "a folder now\n"


async def test_all_files_in_the_way_are_named_not_only_the_first(world: World) -> None:
    names = [f"n{number:02}.txt" for number in range(30)]
    write(world.home, dict.fromkeys(names, "mine"))
    write(world.home, {"a.txt": "edit", "b.txt": "edit"})
    (world.folder / "b.txt").unlink()
    error = await refused(world, await ready(world, dict.fromkeys(["a.txt", *names], "agent's")))
    assert error.details["files"] == ["a.txt", "b.txt", *names]
    assert "and 20 more" in error.message


async def test_hostile_names_in_the_way_are_named_exactly(world: World) -> None:
    names = ["line\nend", "-rf", "[slug]", ":(top)x", "esc\x1b[2J"]
    write(world.home, dict.fromkeys(names, "mine"))
    error = await refused(world, await ready(world, dict.fromkeys(names, "agent's")))
    assert error.details["files"] == sorted(names)


async def test_the_users_concurrent_commit_wins(world: World) -> None:
    merged = await ready(world)
    theirs = commit(world.home, {"folder/c.txt": "user's"}, "meanwhile")
    error = await refused(world, merged)
    assert "moved" in error.message and "again" in error.hint
    assert world.tip() == theirs
    again = await world.merge()
    assert git(world.home, "log", "-1", "--format=%P").split()[0] == theirs == again.old


@pytest.mark.parametrize("checked_out", [True, False])
async def test_a_commit_in_the_last_moment_wins_too(
    world: World, monkeypatch: pytest.MonkeyPatch, checked_out: bool
) -> None:
    if not checked_out:
        git(world.home, "checkout", "-q", "-b", "elsewhere")
    merged = await ready(world)
    theirs = git(world.home, "commit-tree", "HEAD^{tree}", "-p", merged.old, "-m", "sudden")
    bring = landing._bring_objects

    async def bring_slowly(*given: Any) -> None:
        await bring(*given)
        git(world.home, "update-ref", "refs/heads/main", theirs)

    monkeypatch.setattr(landing, "_bring_objects", bring_slowly)
    before = working_tree(world.home)
    with pytest.raises(ConflictError, match="moved"):
        await put(world, merged)
    assert world.tip() == theirs and working_tree(world.home) == before


@pytest.mark.parametrize(
    ("start", "word"),
    [
        (["merge", "--no-commit", "--no-ff", "other"], "merge"),
        (["cherry-pick", "other"], "cherry-pick"),
        (["revert", "--no-edit", "HEAD~1"], "revert"),
        (["rebase", "other"], "rebase"),
    ],
)
async def test_an_operation_under_way_is_an_obstacle(world: World, start: list[str], word: str) -> None:
    git(world.home, "checkout", "-q", "-b", "other")
    commit(world.home, {"folder/c.txt": "other"}, "other")
    git(world.home, "checkout", "-q", "main")
    commit(world.home, {"folder/c.txt": "mine"}, "mine")
    commit(world.home, {"folder/c.txt": "mine again"}, "mine again")
    merged = await ready(world)
    done = await asyncio.create_subprocess_exec("git", *start, cwd=world.home, stdout=DEVNULL, stderr=DEVNULL)
    await done.wait()
    error = await refused(world, merged)
    assert f"a {word} that involves main is under way" in error.message


async def test_a_bisect_is_an_obstacle(world: World) -> None:
    for number in range(4):
        commit(world.home, {"folder/c.txt": f"{number}"}, f"{number}")
    merged = await ready(world)
    git(world.home, "bisect", "start", "HEAD", "HEAD~4")
    assert "bisect" in (await refused(world, merged)).message


async def test_another_git_command_at_work_is_waited_for_and_then_told(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = world.home / ".git/index.lock"
    merged = await ready(world)
    lock.write_text("")
    monkeypatch.setattr(landing, "WAIT_SECONDS", 0.3)
    assert "index.lock" in (await refused(world, merged)).message
    monkeypatch.setattr(landing, "WAIT_SECONDS", 60.0)
    task = asyncio.create_task(put(world, merged))
    await asyncio.sleep(0)
    lock.unlink()
    await task
    assert world.tip() == merged.new


REFUSALS = {
    "whatever moves": "[ $1 != prepared ]",
    "the branch, once its files are there": "while read old new ref; do "
    "[ $1.$ref != prepared.refs/heads/main ] || exit 1; done",
}


@pytest.mark.parametrize("refusal", REFUSALS)
@pytest.mark.parametrize("checked_out", [True, False])
async def test_a_hook_that_refuses_leaves_everything_as_it_was(
    world: World, checked_out: bool, refusal: str
) -> None:
    write(world.home, {"folder/c.txt": "user's edit", "mine.txt": "untracked"})
    if not checked_out:
        git(world.home, "checkout", "-q", "-b", "elsewhere")
    merged = await ready(world)
    hook = world.home / ".git/hooks/reference-transaction"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\necho 'not on my watch' >&2\n{REFUSALS[refusal]}\n")
    hook.chmod(0o755)
    before, status = working_tree(world.home), git(world.home, "status", "--porcelain")
    with pytest.raises(GitError, match="not on my watch"):
        await put(world, merged)
    assert world.tip() == merged.old
    assert working_tree(world.home) == before and git(world.home, "status", "--porcelain") == status
    hook.unlink()
    await put(world, merged)
    assert world.tip() == merged.new


async def test_the_users_own_hooks_and_filters_run(world: World) -> None:
    hook = world.home / ".git/hooks/post-merge"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho ran >>.git/post-merge-ran\nexit 1\n")
    hook.chmod(0o755)
    git(world.home, "config", "filter.shout.smudge", "tr a-z A-Z")
    git(world.home, "config", "filter.shout.clean", "tr A-Z a-z")
    merged = await ready(world, {".gitattributes": "*.loud filter=shout\n", "x.loud": "hello\n"})
    await put(world, merged)
    assert (world.home / "x.loud").read_text() == "HELLO\n"
    assert (world.home / ".git/post-merge-ran").exists()
    assert git(world.home, "status", "--porcelain") == ""


async def test_settings_of_the_user_that_would_change_a_merge_do_not(world: World) -> None:
    for key, value in (("merge.autoStash", "true"), ("merge.ff", "false"), ("merge.stat", "true"),
                       ("fetch.prune", "true"), ("protocol.file.allow", "never")):  # fmt: skip
        git(world.home, "config", key, value)
    write(world.home, {"folder/c.txt": "user's edit"})
    merged = await ready(world)
    await put(world, merged)
    assert world.tip() == merged.new and git(world.home, "stash", "list") == ""
    assert (world.home / "folder/c.txt").read_text() == "user's edit"


# What a kill can leave behind: the branch at the old commit, and files or index part of the way.


async def recover(world: World, merged: Merged, started_at: float = 0.0) -> bool:
    return await recover_landing(
        world.user, world.depot, "main", old=merged.old, new=merged.new, started_at=started_at
    )


async def test_a_landing_cut_off_among_the_files_is_taken_back_and_can_be_repeated(world: World) -> None:
    write(world.home, {"folder/c.txt": "user's edit", "mine.txt": "untracked"})
    before, status = working_tree(world.home), git(world.home, "status", "--porcelain")
    merged = await ready(world, {"a.txt": "changed\n", "new/deep/file.txt": "new content\n", "z.txt": "z\n"})
    write(world.home, {"a.txt": "chan", "new/deep/file.txt": "new con", "z.txt": ""})
    (world.home / "b.txt").unlink()
    (world.home / ".git/index.lock").write_text("half an index")
    assert await recover(world, merged) is False
    (world.home / "b.txt").write_text("b\n")  # not touched by this merge, so not ours to bring back
    assert working_tree(world.home) == before and git(world.home, "status", "--porcelain") == status
    assert not (world.home / "new").exists()
    await put(world, merged)
    assert world.tip() == merged.new


async def test_a_landing_cut_off_after_the_index_is_taken_back(world: World) -> None:
    write(world.home, {"folder/c.txt": "user's edit"})
    before = working_tree(world.home)
    merged = await ready(world)
    git(world.home, "fetch", "-q", str(world.depot.path), merged.new)
    git(world.home, "read-tree", "-m", "-u", merged.old, merged.new)
    assert await recover(world, merged) is False
    assert working_tree(world.home) == before
    assert git(world.home, "status", "--porcelain") == " M folder/c.txt"


async def test_what_the_user_wrote_since_is_kept(world: World) -> None:
    merged = await ready(world)
    write(world.home, {"a.txt": "written after the crash", "new/file.txt": "mine"})
    await recover(world, merged)
    assert (world.home / "a.txt").read_text() == "written after the crash"
    assert (world.home / "new/file.txt").read_text() == "mine"


async def test_a_landing_that_was_through_is_known_as_that(world: World) -> None:
    merged = await ready(world)
    await put(world, merged)
    assert await recover(world, merged) is True
    commit(world.home, {"folder/c.txt": "later"}, "user goes on")
    assert await recover(world, merged) is True
    git(world.home, "update-ref", "refs/heads/main", merged.old)
    moved = commit(world.home, {"folder/c.txt": "elsewhere"}, "user went another way")
    assert await recover(world, merged) is False
    assert world.tip() == moved


async def test_a_lock_older_than_the_landing_is_somebody_elses(world: World) -> None:
    merged = await ready(world)
    lock = world.home / ".git/index.lock"
    lock.write_text("")
    await recover(world, merged, started_at=time.time() + 60)
    assert lock.exists()
    await recover(world, merged, started_at=0.0)
    assert not lock.exists()
