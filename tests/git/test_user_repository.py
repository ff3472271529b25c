"""Looking at the user's repository, and refusing what cannot be worked with."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from core.errors import NotFoundError, UsageError
from core.git.user_repository import branches, inspect_repository, target_branch, user_identity
from tests.git.world import commit, git, make_repository


async def test_a_path_inside_stands_for_the_repository(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "repo", {"deep/down/file": "x"})
    (tmp_path / "link").symlink_to(repository / "deep")
    for path in (repository, repository / "deep/down", tmp_path / "link"):
        found = await inspect_repository(path)
        assert (found.path, found.branch) == (repository, "main")
        assert found.git_dir == found.common_dir == repository / ".git"


async def test_a_linked_worktree_is_a_repository_of_its_own_path(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "repo")
    git(repository, "worktree", "add", "-q", "-b", "side", str(tmp_path / "linked"))
    found = await inspect_repository(tmp_path / "linked")
    assert (found.path, found.branch) == (tmp_path / "linked", "side")
    assert found.common_dir == repository / ".git" and found.git_dir != found.common_dir


async def test_a_folder_with_a_line_end_in_its_name_is_found(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "odd\nname")
    assert (await inspect_repository(repository)).path == repository


@pytest.mark.parametrize("path", ["nowhere", "file/below"])
async def test_a_path_that_is_not_there_is_not_found(tmp_path: Path, path: str) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(NotFoundError, match=path):
        await inspect_repository(tmp_path / path)


async def test_a_file_is_no_repository(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="is a file"):
        await inspect_repository(tmp_path / "file")


@pytest.mark.parametrize("path", ["", "a\0b"])
async def test_a_path_that_cannot_be_is_refused(path: str) -> None:
    with pytest.raises(UsageError):
        await inspect_repository(path)


async def test_a_folder_without_git_is_refused_with_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is not a git repository") as caught:
        await inspect_repository(tmp_path)
    assert "init" in caught.value.hint


async def test_a_bare_repository_is_refused(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "--bare", "bare.git")
    with pytest.raises(UsageError, match="bare repository") as caught:
        await inspect_repository(tmp_path / "bare.git")
    assert "git clone" in caught.value.hint


async def test_the_inside_of_dot_git_is_refused(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "repo")
    with pytest.raises(UsageError, match=r"inside a \.git folder"):
        await inspect_repository(repository / ".git" / "refs")


async def test_a_repository_without_a_commit_is_refused(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "-b", "main", "empty")
    with pytest.raises(UsageError, match="no commit yet") as caught:
        await inspect_repository(tmp_path / "empty")
    assert "git commit" in caught.value.hint


async def test_an_unborn_branch_beside_others_is_refused_by_name(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "repo")
    git(repository, "checkout", "-q", "--orphan", "fresh")
    with pytest.raises(UsageError, match=r"'fresh' of .* has no commit yet"):
        await inspect_repository(repository)


async def test_a_partial_clone_is_refused(tmp_path: Path) -> None:
    make_repository(tmp_path / "repo")
    git(tmp_path / "repo", "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "-q", "--filter=blob:none", f"file://{tmp_path}/repo", "partial")
    with pytest.raises(UsageError, match="partial clone"):
        await inspect_repository(tmp_path / "partial")


async def test_the_target_is_the_checked_out_branch_unless_named(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "repo")
    git(repository, "branch", "side")
    tip = commit(repository, {"b": "b"}, "second")
    found = await inspect_repository(repository)
    assert await target_branch(found) == ("main", tip)
    assert await target_branch(found, "side") == ("side", git(repository, "rev-parse", "side"))
    assert await branches(found) == ("main", "side")


@pytest.mark.parametrize("name", ["absent", "-d", "--output=x", "HEAD", "a\0b", "refs/heads/main", "main^"])
async def test_a_branch_that_is_not_there_is_told_with_those_that_are(tmp_path: Path, name: str) -> None:
    commit(make_repository(tmp_path / "repo"), {"a.txt": "two"}, "second")
    found = await inspect_repository(tmp_path / "repo")
    with pytest.raises(NotFoundError) as caught:
        await target_branch(found, name)
    assert "main" in caught.value.hint
    assert sorted(os.listdir(found.path)) == [".git", "a.txt"]


async def test_a_detached_head_asks_for_a_target(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "repo")
    git(repository, "checkout", "-q", "--detach")
    found = await inspect_repository(repository)
    assert found.branch is None
    with pytest.raises(UsageError, match="no branch is checked out"):
        await target_branch(found)


async def test_the_users_identity_is_what_git_says_there(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "repo")
    found = await inspect_repository(repository)
    assert (await user_identity(found)).email == "ada@users.example"
    git(repository, "config", "user.email", "ada@here.example")
    assert (await user_identity(found)).email == "ada@here.example"


async def test_without_an_identity_login_and_host_stand_in(tmp_path: Path, git_home: Path) -> None:
    found = await inspect_repository(make_repository(tmp_path / "repo"))
    (git_home / ".gitconfig").unlink()
    identity = await user_identity(found)
    assert identity.name and "@" in identity.email


async def test_signing_is_taken_from_the_users_configuration(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "repo")
    found = await inspect_repository(repository)
    assert (await user_identity(found)).signing is None
    git(repository, "config", "commit.gpgSign", "yes")
    git(repository, "config", "gpg.program", "/opt/sign")
    signing = (await user_identity(found)).signing
    assert signing is not None and ("gpg.program", "/opt/sign") in signing.config
