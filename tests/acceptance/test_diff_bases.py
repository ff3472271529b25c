"""The same workspace compared with its target, its last turn, its commits, a commit, and another attempt."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import NotFoundError, UsageError
from core.values.requests import SendPrompt
from tests.yard import Yard, git

pytestmark = pytest.mark.slow


async def paths(yard: Yard, name: str, base: str = "") -> dict[str, tuple[int, int]]:
    return {file.path: (file.added, file.removed) for file in (await yard.client.diff(name, base=base)).files}


async def test_each_base_shows_its_own_differences(yard: Yard) -> None:
    repository = yard.repository("repo", {"a.txt": "a\n"})
    first = await yard.workspace(repository, name="first", agent="writer", prompt="one")
    await yard.turn(first)
    await yard.engine._context.supervisor.settle("first")
    folder = Path(first.repos[0].path)
    git(folder, "-c", "user.name=A", "-c", "user.email=a@b", "add", "-A")
    git(folder, "-c", "user.name=A", "-c", "user.email=a@b", "commit", "-qm", "turn one")
    await yard.client.send("first", SendPrompt(prompt="two"))
    await yard.turn("first")
    (folder / "later.txt").write_text("x\n")

    assert await paths(yard, "first") == {"WORK.md": (2, 0), "later.txt": (1, 0)}
    assert await paths(yard, "first", "target") == await paths(yard, "first")
    assert await paths(yard, "first", "turn") == {"WORK.md": (1, 0), "later.txt": (1, 0)}
    assert await paths(yard, "first", "uncommitted") == {"WORK.md": (1, 0), "later.txt": (1, 0)}
    head = git(folder, "rev-parse", "HEAD").strip()
    assert await paths(yard, "first", f"commit:{head}") == await paths(yard, "first", "uncommitted")
    assert await paths(yard, "first", "commit:main") == await paths(yard, "first")
    for revision in ("HEAD~1", "@^", "main~0"):
        assert await paths(yard, "first", f"commit:{revision}") == await paths(yard, "first")
    for revision in ("HEAD", "HEAD^0"):
        assert await paths(yard, "first", f"commit:{revision}") == await paths(yard, "first", "uncommitted")
    patch = await yard.client.patch("first", base="turn")
    assert "+two" in patch and "+one" not in patch

    second = await yard.workspace(repository, name="second")
    Path(second.repos[0].path, "a.txt").write_text("b\n")
    assert await paths(yard, "first", "workspace:second") == {
        "WORK.md": (2, 0), "a.txt": (1, 1), "later.txt": (1, 0),
    }  # fmt: skip
    shown = await yard.client.file_diff("first", second.repos[0].repo_id, "a.txt", base="workspace:second")
    assert [line.text for line in shown.lines][-2:] == ["b", "a"]


async def test_of_several_repositories_all_are_compared_at_once_or_one_alone(yard: Yard) -> None:
    made = await yard.workspace(yard.repository("boat"), yard.repository("pier"), name="both")
    for repo in made.repos:
        Path(repo.path, f"{repo.name}.txt").write_text(f"{repo.name}\n")
    assert await paths(yard, "both") == {"boat.txt": (1, 0), "pier.txt": (1, 0)}
    for repo in made.repos:
        for key in (repo.name, repo.repo_id):
            summary = await yard.client.diff("both", repo=key)
            assert [file.path for file in summary.files] == [f"{repo.name}.txt"]
            assert (summary.added, summary.removed) == (1, 0)
    patch = await yard.client.patch("both", base="uncommitted", repo="pier")
    assert "+pier" in patch and "+boat" not in patch
    assert (await yard.client.diff("both", repo="pier", containing="boat")).files == ()
    with pytest.raises(NotFoundError, match="no repo 'quay'"):
        await yard.client.diff("both", repo="quay")


async def test_what_is_not_there_is_said(yard: Yard) -> None:
    await yard.workspace(name="only")
    with pytest.raises(NotFoundError, match="no-such"):
        await yard.client.diff("only", base="commit:no-such")
    with pytest.raises(NotFoundError, match="no workspace"):
        await yard.client.diff("only", base="workspace:other")
    with pytest.raises(UsageError, match="with itself"):
        await yard.client.diff("only", base="workspace:only")
    with pytest.raises(UsageError, match="compared with"):
        await yard.client.diff("only", base="--output=x")


async def test_the_files_are_told_in_which_a_text_has_changed(yard: Yard) -> None:
    repository = yard.repository("repo", {"a.txt": "retry\nb\n", "b.txt": "b\n"})
    work = Path((await yard.workspace(repository, name="work")).repos[0].path)
    (work / "a.txt").write_text("retry\nc\n")
    (work / "b.txt").write_text("b\nRetry once\n")
    found = await yard.client.diff("work", containing="retry")
    assert [file.path for file in found.files] == ["b.txt"]
    assert [file.path for file in (await yard.client.diff("work")).files] == ["a.txt", "b.txt"]
    with pytest.raises(UsageError, match="nothing to look for"):
        await yard.client.diff("work", containing="two\nlines")
