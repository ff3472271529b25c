"""A merge taken back through the engine: the branches, and everything that Boatyard says of the workspace."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from core.errors import BoatyardError, ConflictError, GitError, NotFoundError
from core.values.entities import Workspace
from core.values.events import LandingChanged
from core.values.landing import LandingEntry, LandingStatus
from core.values.requests import (
    ArchiveWorkspace,
    EmptyTrash,
    MergeWorkspace,
    NewWorkspace,
    QueueLanding,
    UnmergeWorkspace,
    UpdateTask,
)
from core.values.states import MergeStyle, TaskStatus, WorkspaceState
from tests.waiting import until
from tests.yard import Yard, git, make_repository

pytestmark = pytest.mark.slow


def tree(folder: Path) -> dict[str, bytes]:
    """Each file of a repository, git's own included, but for objects, which nobody sees."""
    found = {}
    for where, _, names in os.walk(folder):
        for name in names:
            path = Path(where, name)
            if ".git/objects" not in where:
                found[str(path.relative_to(folder))] = path.read_bytes()
    return found


async def merged(yard: Yard, *repositories: Path, **more: Any) -> Workspace:
    """A workspace `fix-it` that has landed a new file in each repository."""
    workspace = await yard.workspace(*repositories, name="fix-it")
    for repo in workspace.repos:
        Path(repo.path, "new.md").write_text("new\n")
    await yard.client.merge("fix-it", MergeWorkspace(**more))
    return await yard.client.workspace("fix-it")


async def refused(
    yard: Yard, *repositories: Path, kind: type[BoatyardError] = ConflictError
) -> BoatyardError:
    """Asks for the merge to be taken back; nothing changes in the user's repositories, nor here."""
    before, shown = [tree(each) for each in repositories], await yard.client.workspace("fix-it")
    with pytest.raises(kind) as caught:
        await yard.client.unmerge("fix-it", UnmergeWorkspace())
    assert [tree(each) for each in repositories] == before
    assert await yard.client.workspace("fix-it") == shown
    return caught.value


async def changed(yard: Yard) -> list[str]:
    return [file.path for file in (await yard.client.diff("fix-it")).files]


async def test_all_is_as_before_the_merge_and_it_can_be_merged_again(yard: Yard) -> None:
    repository = yard.repository()
    before = git(repository, "rev-parse", "main")
    workspace = await yard.workspace(name="fix-it")
    await yard.client.update_task(workspace.task_id, UpdateTask(status=TaskStatus.IN_REVIEW))
    Path(workspace.repos[0].path, "new.md").write_text("new\n")
    shown = await yard.client.workspace("fix-it")
    diff = await yard.client.diff("fix-it")
    (merge,) = (await yard.client.merge("fix-it", MergeWorkspace())).merges
    assert (await yard.client.workspace("fix-it")).landed_at == merge.merged_at > 0
    assert await changed(yard) == []
    assert (await yard.client.task(workspace.task_id)).status is TaskStatus.DONE

    preview = await yard.client.unmerge_preview("fix-it")
    assert (preview.blocked, preview.hint, preview.task_status) == ((), "", "in_review")
    assert git(repository, "rev-parse", "main") == merge.commit, "a preview changes nothing"
    result = await yard.client.unmerge("fix-it", UnmergeWorkspace(commits=(merge.commit,)))
    assert [(each.commit, each.before) for each in result.repos] == [(merge.commit, before)]
    assert result.repos == preview.repos
    assert git(repository, "rev-parse", "main") == before
    assert git(repository, "status", "--porcelain") == "" and not (repository / "new.md").exists()
    assert git(repository, "for-each-ref", "--format=%(refname)") == "refs/heads/main"
    assert (await yard.client.task(workspace.task_id)).status is TaskStatus.IN_REVIEW
    again = await yard.client.diff("fix-it")
    assert (again.files, again.added) == (diff.files, diff.added)
    now = await yard.client.workspace("fix-it")
    assert now.landed_at is None and now.added == diff.added
    assert (now.state, now.archived, now.branch) == (shown.state, shown.archived, shown.branch)
    (depot,) = yard.home.depots.glob("*.git")
    kept = git(depot, "for-each-ref", "--format=%(objectname) %(refname)", "refs/boatyard/trash/")
    assert kept == f"{merge.commit} refs/boatyard/trash/fix-it/{merge.commit}"

    with pytest.raises(ConflictError, match="no merge of 'fix-it'"):
        await yard.client.unmerge("fix-it", UnmergeWorkspace())
    (second,) = (await yard.client.merge("fix-it", MergeWorkspace())).merges
    assert git(repository, "show", "main:new.md") == "new"
    await yard.client.unmerge("fix-it", UnmergeWorkspace(commits=(second.commit,)))
    assert git(repository, "rev-parse", "main") == before
    await yard.remove("fix-it")
    await yard.client.empty_trash(EmptyTrash(names=("fix-it",)))
    await until(lambda: not git(depot, "for-each-ref", "refs/boatyard/trash/"))


@pytest.mark.parametrize("style", list(MergeStyle))
async def test_one_merge_after_the_other_is_taken_back_and_then_only_what_is_new_lands(
    yard: Yard, style: MergeStyle
) -> None:
    repository = yard.repository()
    tips = [git(repository, "rev-parse", "main")]
    workspace = await yard.workspace(name="fix-it")
    folder = Path(workspace.repos[0].path)
    for name in ("one.md", "two.md"):
        (folder / name).write_text(f"{name}\n")
        await yard.client.merge("fix-it", MergeWorkspace(style=style))
        tips.append(git(repository, "rev-parse", "main"))
    await yard.client.unmerge("fix-it", UnmergeWorkspace())
    assert git(repository, "rev-parse", "main") == tips[1]
    assert await changed(yard) == ["two.md"], "what landed first is not new"
    assert (await yard.client.workspace("fix-it")).landed_at is not None
    await yard.client.merge("fix-it", MergeWorkspace(style=style))
    assert git(repository, "diff", "--name-only", tips[1], "main") == "two.md"
    for tip in (tips[1], tips[0]):
        await yard.client.unmerge("fix-it", UnmergeWorkspace())
        assert git(repository, "rev-parse", "main") == tip
    assert await changed(yard) == ["one.md", "two.md"]


async def test_asked_for_again_it_is_answered_as_the_first_time_and_never_another(yard: Yard) -> None:
    workspace = await merged(yard)
    first = git(yard.repository(), "rev-parse", "main")
    Path(workspace.repos[0].path, "more.md").write_text("more\n")
    await yard.client.merge("fix-it", MergeWorkspace())
    with pytest.raises(ConflictError, match="was merged again since"):
        await yard.client.unmerge("fix-it", UnmergeWorkspace(commits=(first,)))
    second = git(yard.repository(), "rev-parse", "main")
    wanted = UnmergeWorkspace(commits=(second,))
    answer = await yard.client.unmerge("fix-it", wanted)
    assert await yard.client.unmerge("fix-it", wanted) == answer
    assert git(yard.repository(), "rev-parse", "main") == first


async def test_a_commit_on_top_is_never_lost(yard: Yard) -> None:
    repository = yard.repository()
    await merged(yard)
    merge = git(repository, "rev-parse", "main")
    git(repository, "commit", "-q", "--allow-empty", "-m", "mine")
    error = await refused(yard, repository)
    assert "commits on top of the merge" in error.message
    preview = await yard.client.unmerge_preview("fix-it")
    assert preview.hint == error.hint and error.hint.endswith(f"revert -m 1 {merge[:12]}")
    git(repository, "revert", "--no-edit", "-m", "1", merge)  # what the hint says works
    assert not (repository / "new.md").exists()


@pytest.mark.parametrize("style", [MergeStyle.SQUASH, MergeStyle.REBASE])
async def test_the_command_that_is_named_fits_the_style(yard: Yard, style: MergeStyle) -> None:
    repository = yard.repository()
    await merged(yard, style=style)
    git(repository, "commit", "-q", "--allow-empty", "-m", "mine")
    error = await refused(yard, repository)
    git(repository, "revert", "--no-edit", *error.hint.rpartition(" revert ")[2].split())
    assert not (repository / "new.md").exists()


@pytest.mark.parametrize("by", ["the merge", "hand"])
async def test_what_was_pushed_stays_and_it_is_said_how(yard: Yard, by: str) -> None:
    repository = yard.repository()
    git(yard.folder, "clone", "-q", "--bare", str(repository), str(yard.folder / "remote.git"))
    git(repository, "remote", "add", "origin", str(yard.folder / "remote.git"))
    await merged(yard, push=by == "the merge")
    if by == "hand":
        git(repository, "push", "-q", "origin", "main")
    else:
        git(repository, "update-ref", "-d", "refs/remotes/origin/main")  # it is known by the journal, too
    error = await refused(yard, repository)
    assert "main was pushed to" in error.message and "revert -m 1" in error.hint


async def test_an_edit_of_a_file_that_it_brought_is_in_the_way(yard: Yard) -> None:
    repository = yard.repository()
    await merged(yard)
    (repository / "new.md").write_text("mine")
    error = await refused(yard, repository)
    assert error.details["files"] == ["new.md"]
    assert (await yard.client.unmerge_preview("fix-it")).blocked == tuple(error.details["blocked"])


@pytest.fixture
def two(yard: Yard) -> tuple[Path, Path]:
    other = make_repository(yard.folder / "other", {"README.md": "# Other\n"})
    return yard.repository(), other


async def test_of_several_repositories_all_go_back(yard: Yard, two: tuple[Path, Path]) -> None:
    tips = [git(each, "rev-parse", "main") for each in two]
    await merged(yard, *two)
    await yard.client.unmerge("fix-it", UnmergeWorkspace())
    assert [git(each, "rev-parse", "main") for each in two] == tips
    assert await changed(yard) == ["new.md", "new.md"]


@pytest.mark.parametrize("at", [0, 1])
async def test_of_several_repositories_one_that_moved_on_keeps_all(
    yard: Yard, two: tuple[Path, Path], at: int
) -> None:
    await merged(yard, *two)
    git(two[at], "commit", "-q", "--allow-empty", "-m", "mine")
    assert "commits on top" in (await refused(yard, *two)).message


async def test_a_hook_of_the_second_repository_has_the_merge_put_again_in_the_first(
    yard: Yard, two: tuple[Path, Path]
) -> None:
    await merged(yard, *two)
    tips = [git(each, "rev-parse", "main") for each in two]
    hook = two[1] / ".git/hooks/reference-transaction"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho 'not on my watch' >&2\n[ $1 != prepared ]\n")
    hook.chmod(0o755)
    with pytest.raises(GitError, match="not on my watch"):
        await yard.client.unmerge("fix-it", UnmergeWorkspace())
    assert [git(each, "rev-parse", "main") for each in two] == tips
    assert [git(each, "status", "--porcelain") for each in two] == ["", ""]
    assert await changed(yard) == []
    hook.unlink()
    await yard.client.unmerge("fix-it", UnmergeWorkspace())
    assert await changed(yard) == ["new.md", "new.md"]


async def test_what_was_taken_back_by_hand_is_taken_note_of(yard: Yard, two: tuple[Path, Path]) -> None:
    tips = [git(each, "rev-parse", "main") for each in two]
    await merged(yard, *two)
    git(two[0], "reset", "-q", "--hard", tips[0])
    assert (await yard.client.unmerge_preview("fix-it")).blocked == ()
    await yard.client.unmerge("fix-it", UnmergeWorkspace())
    assert [git(each, "rev-parse", "main") for each in two] == tips
    assert await changed(yard) == ["new.md", "new.md"]


async def test_a_task_that_the_user_has_moved_since_stays_there(yard: Yard) -> None:
    workspace = await merged(yard)
    await yard.client.update_task(workspace.task_id, UpdateTask(status=TaskStatus.CANCELLED))
    await yard.client.unmerge("fix-it", UnmergeWorkspace())
    assert (await yard.client.task(workspace.task_id)).status is TaskStatus.CANCELLED


async def test_a_task_stays_done_as_long_as_another_attempt_at_it_has_landed(yard: Yard) -> None:
    workspace = await merged(yard)
    await yard.done(await yard.client.new_workspace(NewWorkspace(task=workspace.task_id, name="other")))
    other = await yard.client.workspace("other")
    Path(other.repos[0].path, "other.md").write_text("other\n")
    await yard.client.merge("other", MergeWorkspace())
    await yard.client.unmerge("other", UnmergeWorkspace())
    assert (await yard.client.task(workspace.task_id)).status is TaskStatus.DONE
    await yard.client.unmerge("fix-it", UnmergeWorkspace())
    assert (await yard.client.task(workspace.task_id)).status is not TaskStatus.DONE


async def test_those_that_have_the_merge_in_their_branches_are_named(yard: Yard) -> None:
    workspace = await merged(yard)
    await yard.done(await yard.client.new_workspace(NewWorkspace(task=workspace.task_id, name="from-it")))
    preview = await yard.client.unmerge_preview("fix-it")
    assert (preview.carried_by, preview.blocked) == (("from-it",), ())
    Path(workspace.repos[0].path, "more.md").write_text("more\n")
    await yard.client.merge("fix-it", MergeWorkspace())
    assert (await yard.client.unmerge_preview("fix-it")).carried_by == ()


async def test_a_workspace_that_was_put_away_stays_away(yard: Yard) -> None:
    repository = yard.repository()
    tip = git(repository, "rev-parse", "main")
    await merged(yard)
    await yard.done(await yard.client.archive_workspace("fix-it", ArchiveWorkspace()))
    await yard.client.unmerge("fix-it", UnmergeWorkspace())
    assert git(repository, "rev-parse", "main") == tip
    shown = await yard.client.workspace("fix-it")
    assert (shown.archived, shown.state, shown.landed_at) == (True, WorkspaceState.CLOSED, None)
    assert await changed(yard) == ["new.md"]
    await yard.remove("fix-it")
    with pytest.raises(NotFoundError, match="was removed") as caught:
        await yard.client.unmerge("fix-it", UnmergeWorkspace())
    assert "recover" in caught.value.hint


async def test_of_a_part_that_landed_the_rest_is_to_do_and_the_part_can_be_taken_back(
    yard: Yard, two: tuple[Path, Path]
) -> None:
    tips = [git(each, "rev-parse", "main") for each in two]
    hook = two[1] / ".git/hooks/reference-transaction"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\n[ $1 != prepared ]\n")
    hook.chmod(0o755)
    with pytest.raises(GitError):
        await merged(yard, *two)
    assert [git(each, "rev-parse", "main") == tip for each, tip in zip(two, tips, strict=True)] == [
        False,
        True,
    ]
    workspace = await yard.client.workspace("fix-it")
    assert workspace.landed_at is not None
    assert (await yard.client.task(workspace.task_id)).status is not TaskStatus.DONE
    hook.unlink()
    await yard.client.unmerge("fix-it", UnmergeWorkspace())
    assert [git(each, "rev-parse", "main") for each in two] == tips


async def test_in_the_landing_queue_it_is_set_aside(yard: Yard) -> None:
    workspace = await yard.workspace(name="fix-it")
    Path(workspace.repos[0].path, "new.md").write_text("new\n")
    async with yard.watch() as watch:

        async def told(status: LandingStatus) -> LandingEntry:
            event = await watch.until(LandingChanged, lambda each: each.queue.entries[0].status is status)
            return event.queue.entries[0]

        await yard.client.queue_landing(QueueLanding(workspaces=("fix-it",), start=True))
        await told(LandingStatus.LANDED)
        await yard.client.unmerge("fix-it", UnmergeWorkspace())
        assert (await told(LandingStatus.SET_ASIDE)).reason == "its merge was taken back"
