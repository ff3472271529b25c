"""A path may begin with its repository's folder, and need not where it is clear which repository is meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import ConflictError, NotFoundError
from core.values.requests import (
    AddComment,
    ChangeFile,
    DiffPart,
    DiscardParts,
    FileAction,
    MarkReviewed,
    RunTask,
    WantedSettings,
)
from tests.yard import Yard

FILES = {"a.txt": "a\n", "repo/a.txt": "deeper\n", "folder/b.txt": "b\n", ".gitignore": "*.log\n"}


async def made(yard: Yard) -> Path:
    workspace = await yard.workspace(yard.repository("repo", FILES), name="first")
    return Path(workspace.repos[0].path)


async def change(yard: Yard, action: FileAction, path: str, **more: str | int) -> int:
    body = ChangeFile(action=action, path=path, **more)  # type: ignore[arg-type]
    before = (await yard.done(await yard.client.change_file("first", body))).result["before"]
    assert isinstance(before, int)
    return before


async def discard(yard: Yard, path: str, repo: str = "") -> None:
    body = DiscardParts(parts=(DiffPart(path=path, repo=repo),))
    await yard.done(await yard.client.discard_parts("first", body))


async def test_files_of_the_only_repository_need_not_name_it(yard: Yard) -> None:
    folder = await made(yard)
    await change(yard, FileAction.CREATE, "folder/new.txt", content="new\n")
    await change(yard, FileAction.RENAME, "folder/new.txt", to="moved.txt")
    before = await change(yard, FileAction.DELETE, "moved.txt")
    await change(yard, FileAction.RESTORE, "back.txt", checkpoint=before, source="moved.txt")
    assert (folder / "back.txt").read_text() == "new\n" and not (folder / "moved.txt").exists()
    for path in ("back.txt", "repo/back.txt"):
        assert len(await yard.client.blame("first", path)) == 1
        assert (await yard.client.file("first", path)).lines == ("new",)
        (step, *_) = (await yard.client.file_history("first", path)).steps
        assert step.path == "repo/back.txt"


async def test_the_repositorys_folder_wins_over_one_of_its_name_in_it(yard: Yard) -> None:
    folder = await made(yard)
    assert (await yard.client.file("first", "repo/a.txt")).lines == ("a",)
    (step, *_) = (await yard.client.file_history("first", "repo/a.txt")).steps
    assert step.path == "repo/a.txt" and step.added == 1
    await change(yard, FileAction.DELETE, "repo/a.txt")
    assert not (folder / "a.txt").exists() and (folder / "repo/a.txt").exists()
    with pytest.raises(NotFoundError, match="git sees no"):
        await change(yard, FileAction.DELETE, "repo/a.txt")
    await change(yard, FileAction.DELETE, "repo/repo/a.txt")
    assert not (folder / "repo/a.txt").exists()


async def test_a_name_that_git_ignores_is_refused_without_the_folder_too(yard: Yard) -> None:
    folder = await made(yard)
    (folder / "folder/x.log").write_text("ignored\n")
    body = ChangeFile(action=FileAction.CREATE, path="folder/x.log")
    with pytest.raises(ConflictError, match="already"):
        await yard.client.change_file("first", body)
    assert (folder / "folder/x.log").read_text() == "ignored\n"


async def test_in_a_diff_the_path_may_begin_with_the_folder_unless_the_diff_has_such_a_file(
    yard: Yard,
) -> None:
    folder = await made(yard)
    for path in ("a.txt", "repo/a.txt", "folder/b.txt"):
        (folder / path).write_text("changed\n")
    made_at = [
        (await yard.client.add_comment("first", AddComment(path=path, first=1, body="why?"))).path
        for path in ("folder/b.txt", "repo/folder/b.txt", "repo/a.txt", "a.txt")
    ]
    assert made_at == ["folder/b.txt", "folder/b.txt", "repo/a.txt", "a.txt"]
    reviewed = await yard.client.mark_reviewed("first", MarkReviewed(path="repo/folder/b.txt"))
    assert reviewed.path == "folder/b.txt"
    await discard(yard, "repo/folder/b.txt")
    await discard(yard, "repo/a.txt")
    texts = [(folder / path).read_text() for path in ("folder/b.txt", "repo/a.txt", "a.txt")]
    assert texts == ["b\n", "deeper\n", "changed\n"]


async def test_of_several_repositories_the_path_or_the_request_says_which(yard: Yard) -> None:
    repositories = tuple(str(yard.repository(name, {"a.txt": "a\n"})) for name in ("repo", "quay"))
    body = RunTask(title="Both", repos=repositories, name="first", settings=WantedSettings())
    await yard.done(await yard.client.run_task(body))
    workspace = await yard.client.workspace("first")
    folders = {repo.name: Path(repo.path) for repo in workspace.repos}
    for folder in folders.values():
        (folder / "a.txt").write_text("changed\n")
    await discard(yard, "quay/a.txt")
    assert (folders["quay"] / "a.txt").read_text() == "a\n"
    assert (folders["repo"] / "a.txt").read_text() == "changed\n"
    for path in ("a.txt", "elsewhere/a.txt"):
        with pytest.raises(NotFoundError, match="does not say which repository"):
            await discard(yard, path)
        with pytest.raises(NotFoundError, match="no path of a file"):
            await change(yard, FileAction.CREATE, path)
    await discard(yard, "a.txt", repo="repo")
    assert (folders["repo"] / "a.txt").read_text() == "a\n"
