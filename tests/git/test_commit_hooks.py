"""The user's commit hooks have their say before anything lands."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import BoatyardError, ConflictError, GitError
from core.review.merge import land_merge, prepare_merge
from core.review.target import ReviewTarget, review_target
from core.values.states import MergeStyle
from tests.git.world import World, commit, git, write


def hook(world: World, name: str, script: str, folder: str = ".git/hooks") -> Path:
    path = world.home / folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


async def target(world: World) -> ReviewTarget:
    await world.snapshot()
    return await review_target(
        repo_id="r1", name="home", depot=world.depot, repository=world.user, target_branch="main",
        workspace=world.clone.workspace,
    )  # fmt: skip


async def merge(world: World, style: MergeStyle, message: str = "Do it") -> None:
    (prepared,) = await prepare_merge("fix-it", [await target(world)], style, message)
    await land_merge("fix-it", prepared)


def everything(world: World) -> tuple[str, str, dict[str, bytes]]:
    files = {str(p.relative_to(world.home)): p.read_bytes() for p in world.home.rglob("*")
             if p.is_file() and ".git/objects" not in str(p)}  # fmt: skip
    return git(world.home, "for-each-ref"), git(world.home, "status", "--porcelain"), files


@pytest.mark.parametrize(
    ("style", "name"),
    [
        (MergeStyle.MERGE, "pre-merge-commit"),
        (MergeStyle.SQUASH, "pre-commit"),
        (MergeStyle.MERGE, "commit-msg"),
        (MergeStyle.SQUASH, "prepare-commit-msg"),
    ],
)
async def test_a_hook_that_refuses_leaves_everything_as_it_was(
    world: World, style: MergeStyle, name: str
) -> None:
    commit(world.folder, {"a.txt": "changed\n"}, "mine")
    hook(world, name, "echo 'the lint failed in [/] a.txt' >&2; exit 1")
    before = everything(world)
    with pytest.raises(GitError, match=f"the hook {name} of .* refused: the lint failed"):
        await merge(world, style)
    assert everything(world) == before


async def test_it_sees_the_merged_files_the_index_and_the_message_and_may_change_the_message(
    world: World,
) -> None:
    commit(world.home, {"theirs.txt": "t\n"}, "theirs")
    commit(world.folder, {"a.txt": "changed\n"}, "mine")
    hook(world, "pre-merge-commit", f"cat a.txt theirs.txt > {world.root}/seen; git diff --cached --name-only"
         f" >> {world.root}/seen; pwd -P >> {world.root}/seen")  # fmt: skip
    hook(world, "prepare-commit-msg", f'echo "$2" > {world.root}/source')
    hook(world, "commit-msg", 'echo "Reviewed-by: Me" >> "$1"')
    await merge(world, MergeStyle.MERGE)
    *seen, where = (world.root / "seen").read_text().split()
    assert seen == ["changed", "t", "a.txt"] and not Path(where).exists()
    assert (world.root / "source").read_text() == "merge\n"
    assert git(world.home, "log", "-1", "--format=%B").strip() == "Do it\nReviewed-by: Me"
    assert git(world.home, "status", "--porcelain") == ""


async def test_one_that_changes_files_is_told_apart(world: World) -> None:
    commit(world.folder, {"a.txt": "changed\n"}, "mine")
    hook(world, "pre-commit", "echo formatted > a.txt; git add a.txt")
    before = world.tip()
    with pytest.raises(GitError, match=r"wants to change a\.txt"):
        await merge(world, MergeStyle.SQUASH)
    assert world.tip() == before


async def test_what_an_agent_wrote_does_not_become_a_hook(world: World) -> None:
    hook(world, "pre-commit", "exit 0", ".husky")
    git(world.home, "config", "core.hooksPath", ".husky")
    commit(world.home, {"b.txt": "with hooks\n"}, "hooks")
    write(world.folder, {".husky/pre-commit": f"#!/bin/sh\ntouch {world.root}/pwned\n"})
    (world.folder / ".husky/pre-commit").chmod(0o755)
    with pytest.raises(BoatyardError) as caught:
        await merge(world, MergeStyle.SQUASH)
    assert isinstance(caught.value, ConflictError)
    assert not (world.root / "pwned").exists()


async def test_a_rebase_and_a_file_that_is_no_program_run_none(world: World) -> None:
    commit(world.home, {"theirs.txt": "t\n"}, "theirs")
    commit(world.folder, {"a.txt": "changed\n"}, "mine")
    hook(world, "pre-commit", "exit 1")
    hook(world, "commit-msg", "exit 1").chmod(0o644)
    await merge(world, MergeStyle.REBASE)
    assert git(world.home, "log", "-1", "--format=%s").strip() == "mine"
