"""The depot: our own copy of the user's repository."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from core.errors import ConflictError, GitError, NotFoundError
from core.git.depot import Depot, RefChange
from core.git.user_repository import inspect_repository
from tests.git.world import commit, git, make_repository


@pytest.fixture
def depot(tmp_path: Path) -> Depot:
    (tmp_path / "depots").mkdir()
    return Depot(tmp_path / "depots" / "repo")


async def test_a_depot_shares_files_with_the_repository_but_not_its_fate(
    tmp_path: Path, depot: Depot
) -> None:
    repository = make_repository(tmp_path / "repo")
    tip = git(repository, "rev-parse", "main")
    await depot.ensure(await inspect_repository(repository))
    loose = depot.objects / tip[:2] / tip[2:]
    assert loose.stat().st_ino == (repository / ".git/objects" / tip[:2] / tip[2:]).stat().st_ino
    git(repository, "commit", "-q", "--amend", "-m", "other")
    git(repository, "reflog", "expire", "--expire=now", "--all")
    git(repository, "gc", "-q", "--prune=now")
    assert (await depot.git.run("cat-file", "-t", tip)).text == "commit"


async def test_all_refs_are_in_our_own_namespace_and_follow_the_users(tmp_path: Path, depot: Depot) -> None:
    repository = make_repository(tmp_path / "repo")
    git(repository, "branch", "side")
    git(repository, "tag", "v1")
    git(repository, "update-ref", "refs/remotes/origin/main", "HEAD")
    user = await inspect_repository(repository)
    await depot.ensure(user)
    assert set(await depot.refs("refs/")) == {
        f"refs/boatyard/source/{name}"
        for name in ("heads/main", "heads/side", "remotes/origin/main", "tags/v1")
    }
    git(repository, "branch", "-D", "side")
    git(repository, "branch", "side/below")
    tip = commit(repository, {"b": "b"}, "second")
    await depot.refresh(user)
    assert set(await depot.refs("refs/boatyard/source/heads/")) == {
        "refs/boatyard/source/heads/main", "refs/boatyard/source/heads/side/below",
    }  # fmt: skip
    assert await depot.target("main") == tip
    with pytest.raises(NotFoundError, match="'side'"):
        await depot.target("side")


async def test_making_it_changes_nothing_in_the_users_repository(tmp_path: Path, depot: Depot) -> None:
    repository = make_repository(tmp_path / "repo")
    before = sorted((path, path.stat().st_mtime_ns) for path in repository.rglob("*") if path.is_file())
    await depot.ensure(await inspect_repository(repository))
    assert before == sorted(
        (path, path.stat().st_mtime_ns) for path in repository.rglob("*") if path.is_file()
    )


async def test_a_linked_worktree_gives_a_depot_of_its_whole_repository(tmp_path: Path, depot: Depot) -> None:
    repository = make_repository(tmp_path / "repo")
    git(repository, "worktree", "add", "-q", "-b", "side", str(tmp_path / "linked"))
    tip = commit(tmp_path / "linked", {"x": "x"}, "in linked")
    await depot.ensure(await inspect_repository(tmp_path / "linked"))
    assert await depot.target("side") == tip
    assert await depot.target("main")


async def test_borrowed_objects_of_the_user_become_the_depots_own(tmp_path: Path, depot: Depot) -> None:
    lender = make_repository(tmp_path / "lender")
    git(tmp_path, "clone", "-q", "--shared", str(lender), "repo")
    tip = commit(tmp_path / "repo", {"b": "b"}, "second")
    await depot.ensure(await inspect_repository(tmp_path / "repo"))
    assert not (depot.objects / "info/alternates").exists()
    lender.rename(tmp_path / "gone")
    assert (await depot.git.run("rev-list", "--objects", tip)).text.count("\n") > 4


async def test_a_shallow_repository_stays_shallow_and_works(tmp_path: Path, depot: Depot) -> None:
    repository = make_repository(tmp_path / "origin")
    commit(repository, {"b": "b"}, "second")
    git(tmp_path, "clone", "-q", "--depth=1", f"file://{repository}", "repo")
    user = await inspect_repository(tmp_path / "repo")
    await depot.ensure(user)
    assert (await depot.git.run("rev-list", "--count", await depot.target("main"))).text == "1"
    tip = commit(tmp_path / "repo", {"c": "c"}, "third")
    await depot.refresh(user)
    assert await depot.target("main") == tip


async def test_a_sha256_repository_works(tmp_path: Path, depot: Depot) -> None:
    git(tmp_path, "init", "-q", "-b", "main", "--object-format=sha256", "repo")
    tip = commit(tmp_path / "repo", {"a": "a"}, "first")
    await depot.ensure(await inspect_repository(tmp_path / "repo"))
    assert len(tip) == 64 and await depot.target("main") == tip


async def test_a_copy_that_was_cut_off_is_made_anew(tmp_path: Path, depot: Depot) -> None:
    part = depot.path.with_name("repo.part")
    (part / "objects").mkdir(parents=True)
    (part / "HEAD").write_text("ref: refs/heads/none\n")
    assert not depot.exists()
    await depot.ensure(await inspect_repository(make_repository(tmp_path / "repo")))
    assert await depot.target("main")
    assert not part.exists()


async def test_a_copy_that_fails_leaves_nothing(tmp_path: Path, depot: Depot) -> None:
    repository = make_repository(tmp_path / "repo")
    user = await inspect_repository(repository)
    tree = git(repository, "rev-parse", "HEAD^{tree}")
    (repository / ".git/objects" / tree[:2] / tree[2:]).unlink()
    (repository / ".git/refs/heads/main").write_text("1" * 40 + "\n")
    with pytest.raises(GitError):
        await depot.ensure(user)
    assert not depot.exists() and not depot.path.with_name("repo.part").exists()


async def test_ten_callers_at_once_make_one_depot(tmp_path: Path, depot: Depot) -> None:
    user = await inspect_repository(make_repository(tmp_path / "repo"))
    await asyncio.gather(*(Depot(depot.path).ensure(user) for _ in range(10)))
    assert await depot.target("main")


async def test_a_ref_moves_only_from_where_it_is_expected(tmp_path: Path, depot: Depot) -> None:
    repository = make_repository(tmp_path / "repo")
    first, second = git(repository, "rev-parse", "HEAD"), commit(repository, {"b": "b"}, "second")
    await depot.ensure(await inspect_repository(repository))
    one, other = "refs/boatyard/one", "refs/boatyard/other"
    await depot.update_refs([RefChange(one, first, "0" * 40)])
    with pytest.raises(ConflictError):
        await depot.update_refs([RefChange(other, second), RefChange(one, second, second)])
    assert await depot.ref(one) == first and await depot.ref(other) is None
    await depot.update_refs([RefChange(other, second), RefChange(one, second, first)])
    assert await depot.ref(one) == await depot.ref(other) == second
    await depot.update_refs([RefChange(one, None, second)])
    assert await depot.ref(one) is None


async def test_locks_of_a_command_that_died_do_not_block_the_next(tmp_path: Path, depot: Depot) -> None:
    repository = make_repository(tmp_path / "repo")
    user = await inspect_repository(repository)
    await depot.ensure(user)

    class Killed(BaseException):
        pass

    with pytest.raises(Killed):
        async with depot.writing():
            (depot.path / "refs/boatyard").mkdir(parents=True, exist_ok=True)
            for name in ("packed-refs.lock", "refs/boatyard/one.lock"):
                (depot.path / name).write_text("")
            raise Killed
    tip = commit(repository, {"b": "b"}, "second")
    await depot.update_refs([RefChange("refs/boatyard/one", await depot.target("main"))])
    await depot.refresh(user)
    assert await depot.target("main") == tip


async def test_a_lock_held_by_somebody_alive_is_waited_for(tmp_path: Path, depot: Depot) -> None:
    await depot.ensure(await inspect_repository(make_repository(tmp_path / "repo")))
    order: list[str] = []
    holding = asyncio.Event()

    async def hold() -> None:
        async with depot.writing():
            holding.set()
            await asyncio.sleep(0)
            order.append("first")

    first = asyncio.create_task(hold())
    await holding.wait()
    await depot.update_refs([RefChange("refs/boatyard/one", await depot.target("main"))])
    order.append("second")
    await first
    assert order == ["first", "second"]


async def test_forgetting_a_workspace_removes_its_refs_alone(tmp_path: Path, depot: Depot) -> None:
    await depot.ensure(await inspect_repository(make_repository(tmp_path / "repo")))
    tip = await depot.target("main")
    await depot.update_refs(
        RefChange(f"refs/boatyard/{name}", tip)
        for name in ("workspaces/a/head", "workspaces/ab/head", "landing/a/result", "landing/ab/result")
    )
    await depot.forget_workspace("a")
    assert set(await depot.refs("refs/boatyard/workspaces/")) == {"refs/boatyard/workspaces/ab/head"}
    assert set(await depot.refs("refs/boatyard/landing/")) == {"refs/boatyard/landing/ab/result"}


async def test_a_depot_never_collects_garbage(tmp_path: Path, depot: Depot) -> None:
    await depot.ensure(await inspect_repository(make_repository(tmp_path / "repo")))
    settings = git(depot.path, "config", "--list")
    assert "gc.auto=0" in settings and "gc.pruneexpire=never" in settings
    assert "remote.origin" not in settings
    assert not os.path.exists(depot.path / "hooks")
