"""One workspace over several repositories: its diff, the preview of its merge, and the merge."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from core.errors import ConflictError, GitError, NotFoundError
from core.git.diff import Shown
from core.review.diff import FileDiffs, diff_summary, review_patch
from core.review.merge import land_merge, merge_all, merge_preview, prepare_merge, recover_merge
from core.review.target import ReviewTarget, review_target
from core.values.review import LineKind
from core.values.states import MergeStyle
from tests.git.world import World, commit, git, make_repository, make_world, write


@dataclass
class Pair:
    """A workspace with a front and a back repository."""

    front: World
    back: World

    async def targets(self) -> list[ReviewTarget]:
        return [await target_of(self.front), await target_of(self.back)]


async def target_of(world: World, repo_id: str = "") -> ReviewTarget:
    await world.snapshot()
    return await review_target(
        repo_id=repo_id or world.clone.repo, name=world.clone.repo, depot=world.depot, repository=world.user,
        target_branch="main", workspace=world.clone.workspace,
    )  # fmt: skip


@pytest.fixture
async def pair(tmp_path: Path, git_home: Path) -> Pair:
    files = {"a.txt": "one\ntwo\nthree\n", "b.txt": "b\n"}
    return Pair(
        await make_world(tmp_path, make_repository(tmp_path / "front", files)),
        await make_world(tmp_path, make_repository(tmp_path / "back", files)),
    )


async def test_the_summary_counts_over_all_repositories(pair: Pair) -> None:
    commit(pair.front.folder, {"a.txt": "ONE\ntwo\nthree\n"}, "committed")
    write(pair.back.folder, {"new.txt": "1\n2\n"})
    targets = await pair.targets()
    summary = await diff_summary("fix-it", targets)
    assert [(file.repo_id, file.path) for file in summary.files] == [("front", "a.txt"), ("back", "new.txt")]
    assert (summary.added, summary.removed) == (3, 1)
    assert summary.snapshot == {target.repo_id: target.work.snapshot for target in targets}


async def test_the_summary_shows_the_work_and_not_what_the_user_did_meanwhile(world: World) -> None:
    write(world.folder, {"new.txt": "agent's\n"})
    commit(world.home, {"b.txt": "user's\n"}, "meanwhile")
    summary = await diff_summary("fix-it", [await target_of(world)])
    assert [file.path for file in summary.files] == ["new.txt"]


async def test_after_a_merge_the_summary_is_empty_and_then_shows_what_is_new(world: World) -> None:
    write(world.folder, {"new.txt": "agent's\n"})
    await merge_all("fix-it", [await target_of(world)], MergeStyle.SQUASH, "first")
    assert (await diff_summary("fix-it", [await target_of(world)])).files == ()
    write(world.folder, {"new.txt": "agent's\nmore\n"})
    (file,) = (await diff_summary("fix-it", [await target_of(world)])).files
    assert (file.added, file.removed) == (1, 0)


async def test_a_file_is_shown_by_window(world: World) -> None:
    write(world.folder, {"a.txt": "one\nTWO\nthree\nfour\nfive\n"})
    target = await target_of(world)
    diffs = FileDiffs()
    found = await diffs.window(target, "a.txt", Shown(context=0), start=5, limit=2)
    assert [line.kind for line in found.lines] == [LineKind.REMOVED, LineKind.ADDED]
    assert (found.total, found.start) == (7, 5)
    with pytest.raises(NotFoundError):
        await diffs.window(target, "b.txt", Shown(), start=0, limit=2)
    await diffs.close()


async def test_the_patch_of_several_repositories_names_their_folders(pair: Pair) -> None:
    write(pair.front.folder, {"a.txt": "x\n"})
    write(pair.back.folder, {"a.txt": "y\n"})
    targets = await pair.targets()
    patch = await review_patch(targets)
    assert "+++ b/front/a.txt" in patch and "+++ b/back/a.txt" in patch
    assert "+++ b/a.txt" in await review_patch(targets[:1])


async def test_a_preview_tells_what_would_come_and_changes_nothing(pair: Pair) -> None:
    write(pair.front.folder, {"a.txt": "ONE\ntwo\nthree\n"})
    targets = await pair.targets()
    before = await pair.front.depot.refs("refs/")
    preview = await merge_preview("fix-it", targets, MergeStyle.MERGE, "Do it")
    front, back = preview.repos
    assert (front.files, front.added, front.removed) == (1, 1, 1) and front.new != front.old
    assert back.new == back.old == pair.back.tip()
    assert preview.conflicts == () and preview.blocked == () and preview.message == "Do it"
    assert await pair.front.depot.refs("refs/") == before and pair.front.tip() == front.old


async def test_a_preview_lists_conflicts_and_obstacles_of_all_repositories(pair: Pair) -> None:
    commit(pair.front.folder, {"a.txt": "agent's\n"}, "agent")
    commit(pair.front.home, {"a.txt": "user's\n"}, "user")
    write(pair.back.folder, {"b.txt": "agent's\n"})
    write(pair.back.home, {"b.txt": "user's edit\n"})
    preview = await merge_preview("fix-it", await pair.targets(), MergeStyle.SQUASH, "m")
    assert [(item.repo_id, item.path, item.kind) for item in preview.conflicts] == [
        ("front", "a.txt", "content")
    ]
    (blocked,) = preview.blocked
    assert "uncommitted changes: b.txt" in blocked


@pytest.mark.parametrize("style", list(MergeStyle))
async def test_all_repositories_are_merged(pair: Pair, style: MergeStyle) -> None:
    write(pair.front.folder, {"new.txt": "front"})
    commit(pair.back.folder, {"new.txt": "back"}, "work")
    merges = await merge_all("fix-it", await pair.targets(), style, "Do it")
    assert [merge.new for merge in merges] == [pair.front.tip(), pair.back.tip()]
    assert (pair.front.home / "new.txt").read_text() == "front"
    assert (pair.back.home / "new.txt").read_text() == "back"
    again = await merge_all("fix-it", await pair.targets(), style, "Do it")
    assert all(merge.old == merge.new for merge in again)
    assert await pair.front.depot.refs("refs/boatyard/landing/") == {}


async def test_a_conflict_in_one_repository_changes_none(pair: Pair) -> None:
    write(pair.front.folder, {"new.txt": "front"})
    commit(pair.back.folder, {"a.txt": "agent's\n"}, "agent")
    commit(pair.back.home, {"a.txt": "user's\n"}, "user")
    before = pair.front.tip(), pair.back.tip()
    with pytest.raises(ConflictError) as caught:
        await merge_all("fix-it", await pair.targets(), MergeStyle.MERGE, "m")
    assert caught.value.details["conflicts"] == [{"repo_id": "back", "path": "a.txt", "kind": "content"}]
    assert (pair.front.tip(), pair.back.tip()) == before
    assert not (pair.front.home / "new.txt").exists()


async def test_an_obstacle_in_one_repository_changes_none(pair: Pair) -> None:
    for world in (pair.front, pair.back):
        write(world.folder, {"new.txt": "agent's"})
    write(pair.back.home, {"new.txt": "user's"})
    before = pair.front.tip()
    with pytest.raises(ConflictError) as caught:
        await merge_all("fix-it", await pair.targets(), MergeStyle.MERGE, "m")
    assert caught.value.details["files"] == ["new.txt"]
    assert pair.front.tip() == before and (pair.back.home / "new.txt").read_text() == "user's"


async def test_a_refusal_in_the_middle_tells_what_has_landed(pair: Pair) -> None:
    for world in (pair.front, pair.back):
        write(world.folder, {"new.txt": "agent's"})
    hook = pair.back.home / ".git/hooks/reference-transaction"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\n[ $1 != prepared ]\n")
    hook.chmod(0o755)
    with pytest.raises(GitError) as caught:
        await merge_all("fix-it", await pair.targets(), MergeStyle.MERGE, "m")
    assert caught.value.details["landed"] == ["front"]
    assert git(pair.back.home, "status", "--porcelain") == ""
    hook.unlink()
    front, back = await merge_all("fix-it", await pair.targets(), MergeStyle.MERGE, "m")
    assert front.old == front.new and back.new == pair.back.tip() != back.old


async def test_a_merge_cut_off_between_its_steps_can_be_finished(world: World) -> None:
    write(world.folder, {"new.txt": "agent's"})
    (prepared,) = await prepare_merge("fix-it", [await target_of(world)], MergeStyle.MERGE, "m")
    merged = prepared.merged
    assert set((await world.depot.refs("refs/boatyard/landing/fix-it/")).values()) == {
        merged.new,
        merged.source,
    }

    async def recovered() -> bool:
        return await recover_merge(
            "fix-it", prepared.target, old=merged.old, new=merged.new, source=merged.source, started_at=0.0
        )

    assert await recovered() is False
    await land_merge("fix-it", prepared)
    await land_merge("fix-it", prepared)
    assert await recovered() is True
    assert world.tip() == merged.new
    assert (await target_of(world)).work.landed == merged.source


async def test_a_workspace_without_snapshot_and_a_lost_target_are_told(world: World) -> None:
    def asked(branch: str) -> dict[str, object]:
        return {"repo_id": "r", "name": "repo", "depot": world.depot, "repository": world.user,
                "target_branch": branch, "workspace": "fix-it"}  # fmt: skip

    with pytest.raises(ConflictError, match="no snapshot"):
        await review_target(**asked("main"))  # type: ignore[arg-type]
    await world.snapshot()
    with pytest.raises(NotFoundError, match="'gone'"):
        await review_target(**asked("gone"))  # type: ignore[arg-type]
