"""Pushes to real remotes: what moves, what refuses, and what is never told."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import ConflictError, GitError, NotFoundError, UsageError
from core.git.push import push_commit, push_remote, remote_commit, upstream_branch
from core.git.push_answer import parse_push
from core.git.remote_address import Remote, public_address, secrets_of
from tests.git.world import World, commit, git, make_repository

BRANCH = "boatyard/fix-it"


def bare(world: World, name: str = "origin") -> Path:
    """A remote that has the user's main branch."""
    folder = world.root.parent.parent / f"{name}.git"
    git(folder.parent, "init", "-q", "--bare", "-b", "main", str(folder))
    git(world.home, "remote", "add", "--", name, str(folder))
    git(world.home, "push", "-q", "--", str(folder), "main:refs/heads/main")
    return folder


def refs(folder: Path) -> dict[str, str]:
    listed = git(folder, "for-each-ref", "--format=%(refname) %(objectname)").splitlines()
    return dict(line.split(" ") for line in listed)


async def work(world: World, text: str = "mine\n") -> str:
    """A commit of the workspace, in the depot."""
    made = commit(world.folder, {"work.txt": text}, "work")
    await world.snapshot()
    return made


async def push(world: World, new: str, old: str = "", remote: str = "origin") -> None:
    chosen = await push_remote(world.user, "main", remote)
    await push_commit(world.user, world.depot, chosen, BRANCH, new=new, old=old)


async def test_a_first_push_and_an_update_leave_the_users_repository_whole(world: World) -> None:
    folder = bare(world)
    first = await work(world)
    before = refs(world.home)
    await push(world, first)
    assert refs(folder)[f"refs/heads/{BRANCH}"] == first
    # What git itself leaves behind after a push, and with all its objects.
    assert refs(world.home) == before | {f"refs/remotes/origin/{BRANCH}": first}
    git(world.home, "fsck", "--connectivity-only", "--strict")
    second = await work(world, "more\n")
    await push(world, second, old=first)
    await push(world, second, old=first)  # once more: nothing happens
    assert refs(folder)[f"refs/heads/{BRANCH}"] == second
    assert git(world.home, "status", "--porcelain") == ""


async def test_somebody_elses_commit_is_never_overwritten(world: World) -> None:
    folder = bare(world)
    mine = await work(world)
    theirs = commit(make_repository(world.root.parent / "other"), {"x": "x"}, "theirs")
    git(world.root.parent / "other", "push", "-q", str(folder), f"HEAD:refs/heads/{BRANCH}")
    for expected in ("", world.start):
        with pytest.raises(ConflictError, match="moved by somebody else"):
            await push(world, mine, old=expected)
    assert refs(folder)[f"refs/heads/{BRANCH}"] == theirs
    assert f"refs/remotes/origin/{BRANCH}" not in refs(world.home)


async def test_a_refusing_pre_push_hook_leaves_everything_as_it_was(world: World) -> None:
    folder = bare(world)
    mine = await work(world)
    hook = world.user.common_dir / "hooks" / "pre-push"
    hook.write_text("#!/bin/sh\ncat > told\necho no pushes on Sundays >&2\nexit 1\n")
    hook.chmod(0o755)
    before, there = refs(world.home), refs(folder)
    with pytest.raises(GitError, match="no pushes on Sundays"):
        await push(world, mine)
    assert (refs(world.home), refs(folder)) == (before, there)
    assert (world.home / "told").read_text().split()[1:3] == [mine, f"refs/heads/{BRANCH}"]
    hook.write_text("#!/bin/sh\nexit 0\n")
    await push(world, mine)
    assert refs(folder)[f"refs/heads/{BRANCH}"] == mine


async def test_a_remote_that_refuses_is_quoted(world: World) -> None:
    folder = bare(world)
    hook = folder / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\necho branch is protected\nexit 1\n")
    hook.chmod(0o755)
    with pytest.raises(GitError, match=r"pre-receive hook declined.*branch is protected"):
        await push(world, await work(world))
    assert f"refs/heads/{BRANCH}" not in refs(folder)


async def test_a_remote_that_is_gone_is_named(world: World) -> None:
    git(world.home, "remote", "add", "origin", "/nowhere/at/all.git")
    remote = await push_remote(world.user, "main")
    with pytest.raises(GitError, match=r"origin \(/nowhere/at/all.git\) cannot be asked"):
        await remote_commit(world.user, remote, BRANCH)


async def test_the_remote_is_chosen_as_git_chooses_it(world: World) -> None:
    async def chosen(target: str = "main", name: str = "") -> str:
        return (await push_remote(world.user, target, name)).name

    with pytest.raises(NotFoundError, match="no remote to push to"):
        await chosen()
    git(world.home, "remote", "add", "one", "/one")
    assert await chosen() == "one"
    git(world.home, "remote", "add", "two", "/two")
    with pytest.raises(UsageError, match="several remotes"):
        await chosen()
    git(world.home, "remote", "add", "origin", "/origin")
    assert await chosen() == "origin"
    git(world.home, "config", "branch.main.remote", "two")
    assert await chosen() == "two"
    assert await chosen("one/main") == "one"
    git(world.home, "config", "remote.pushDefault", "origin")
    assert await chosen() == "origin"
    git(world.home, "config", "branch.main.pushRemote", "one")
    assert (await chosen(), await chosen(name="two")) == ("one", "two")
    with pytest.raises(NotFoundError, match="no remote '--upload-pack=x'"):
        await chosen(name="--upload-pack=x")


async def test_pushes_go_where_the_users_settings_say(world: World) -> None:
    folder = bare(world)
    elsewhere = world.root.parent / "elsewhere.git"
    git(folder.parent, "init", "-q", "--bare", str(elsewhere))
    git(world.home, "config", f"url.{elsewhere}.pushInsteadOf", str(folder))
    mine = await work(world)
    await push(world, mine)
    assert f"refs/heads/{BRANCH}" not in refs(folder)
    assert refs(elsewhere) == {f"refs/heads/{BRANCH}": mine}
    remote = await push_remote(world.user, "main")
    assert await remote_commit(world.user, remote, BRANCH) == mine


@pytest.mark.parametrize("branch", ["-d", "--output=x", "HEAD", "a:b", "übung/é", "x" * 200, "a;touch pwned"])
async def test_hostile_branch_names_are_names_and_nothing_else(world: World, branch: str) -> None:
    folder = bare(world)
    mine = await work(world)
    remote = await push_remote(world.user, branch)
    assert await upstream_branch(world.user, branch, remote) == branch
    try:
        await push_commit(world.user, world.depot, remote, branch, new=mine, old="")
    except GitError:
        assert refs(folder).keys() == {"refs/heads/main"}  # git has no such names
    else:
        assert refs(folder)[f"refs/heads/{branch}"] == mine
    assert not (world.home / "pwned").exists() and not (world.home / "x").exists()


def test_an_address_is_shown_without_what_lets_somebody_in() -> None:
    shown = {
        "https://ada:s3cret@host.example/a/b.git": "https://host.example/a/b.git",
        "https://ghp_token@host.example/a/b.git": "https://host.example/a/b.git",
        "https://a@b:p%40ss@host.example/x": "https://host.example/x",
        "ssh://git:pw@host.example:22/a.git": "ssh://git@host.example:22/a.git",
        "git@host.example:a/b.git": "git@host.example:a/b.git",
        "/srv/a@b.git": "/srv/a@b.git",
    }
    assert {address: public_address(address) for address in shown} == shown
    assert {"s3cret", "ada:s3cret"} <= secrets_of("https://ada:s3cret@host.example/a")
    assert {"p%40ss", "p@ss"} <= secrets_of("https://ada:p%40ss@host.example/a")
    remote = Remote("origin", "https://ada:s3cret@host.example/a")
    assert "s3cret" not in repr(remote) and remote.covered("to s3cret") == "to ***"


async def test_a_password_in_an_address_is_in_no_error(world: World) -> None:
    git(world.home, "remote", "add", "origin", "https://ada:s3cret@127.0.0.1:9/a.git")
    mine = await work(world)
    with pytest.raises(GitError) as caught:
        await push(world, mine)
    assert "s3cret" not in str(caught.value.document()) and caught.value.__cause__ is None


def test_the_answer_of_a_push_is_read_line_by_line() -> None:
    out = (
        b"noise of a hook\nTo /x\n*\tabc:refs/heads/new\t[new branch]\n \tabc:refs/heads/a\t1..2\n"
        b"!\tabc:refs/heads/b\t[rejected] (stale info)\n!\tabc:refs/heads/c\t[remote rejected] (hook)\nDone\n"
    )
    answers = parse_push(out)
    assert [each.ref for each in answers] == [f"refs/heads/{name}" for name in ("new", "a", "b", "c")]
    assert [each.refused for each in answers] == [False, False, True, True]
    assert [each.moved_meanwhile for each in answers] == [False, False, True, False]
