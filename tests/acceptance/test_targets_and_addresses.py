"""Workspaces from any branch of any repository: per repo, fetched first, or cloned from an address."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import BoatyardError, ConflictError, GitError, NotFoundError, UsageError
from core.git.remotes import check_url, folder_name, is_url
from core.values.entities import Workspace
from core.values.requests import AddRepo, MergeWorkspace, NewWorkspace, RunCommand, RunTask
from core.values.states import OperationStatus
from tests.yard import Yard, git, make_repository

pytestmark = pytest.mark.slow


async def made(yard: Yard, **fields: object) -> Workspace:
    (task, *_) = await yard.client.tasks()
    operation = await yard.done(await yard.client.new_workspace(NewWorkspace(task=task.id, **fields)))  # type: ignore[arg-type]
    return await yard.client.workspace(operation.workspace)


async def test_each_repo_has_its_own_target_branch(yard: Yard) -> None:
    one, two = (
        make_repository(yard.folder / "one", {"a": "a"}),
        make_repository(yard.folder / "two", {"b": "b"}),
    )
    git(one, "branch", "stable")
    git(two, "branch", "next")
    await yard.task("x", one, two)
    workspace = await made(yard, targets={"one": "stable", str(two): "next"})
    assert [(repo.name, repo.target_branch) for repo in workspace.repos] == [
        ("one", "stable"),
        ("two", "next"),
    ]
    assert {repo.name for repo in (await made(yard, targets={"one": "stable"})).repos} == {"one", "two"}
    (task, *_) = await yard.client.tasks()
    with pytest.raises(UsageError, match="has no repository 'three'") as refusal:
        await yard.client.new_workspace(NewWorkspace(task=task.id, targets={"three": "main"}))
    assert "one, two" in refusal.value.hint
    with pytest.raises(NotFoundError, match="no branch 'gone'"):
        await yard.client.new_workspace(NewWorkspace(task=task.id, targets={"one": "gone"}))


@pytest.fixture
def far(yard: Yard) -> tuple[Path, Path]:
    """A repository elsewhere, and the user's clone of it, which has not heard of its newest branch."""
    origin = make_repository(yard.folder / "origin", {"a": "a"})
    git(yard.folder, "clone", "-q", str(origin), "mine")
    git(origin, "checkout", "-qb", "feature")
    (origin / "new").write_text("new\n")
    git(origin, "add", "new")
    git(origin, "commit", "-qm", "new")
    mine = yard.folder / "mine"
    git(mine, "config", "user.name", "U")
    git(mine, "config", "user.email", "u@example.com")
    return origin, mine


async def test_a_remote_branch_is_fetched_first_when_asked(yard: Yard, far: tuple[Path, Path]) -> None:
    _, mine = far
    await yard.task("x", mine)
    (task, *_) = await yard.client.tasks()
    body = NewWorkspace(task=task.id, target_branch="origin/feature")
    with pytest.raises(NotFoundError):
        await yard.client.new_workspace(body)
    workspace = await made(yard, target_branch="origin/feature", fetch=True, name="far")
    assert (Path(workspace.repos[0].path) / "new").read_text() == "new\n"
    process = await yard.client.run_command("far", RunCommand(argv=("sh", "-c", "echo w > work.md")))
    await yard.client.wait_process(process.id)
    assert [file.path for file in (await yard.client.diff("far")).files] == ["work.md"]

    with pytest.raises(BoatyardError, match="remote-tracking branch") as refusal:
        await yard.client.merge("far", MergeWorkspace())
    assert "branch feature origin/feature" in refusal.value.hint
    git(mine, "branch", "feature", "origin/feature")
    await yard.client.merge("far", MergeWorkspace())
    assert git(mine, "show", "feature:work.md") == "w"
    assert "work.md" not in git(mine, "ls-tree", "--name-only", "origin/feature")


async def test_a_remote_that_cannot_be_fetched_takes_the_creation_back(
    yard: Yard, far: tuple[Path, Path]
) -> None:
    origin, mine = far
    origin.rename(yard.folder / "moved")
    await yard.task("x", mine)
    (task, *_) = await yard.client.tasks()
    operation = await yard.client.new_workspace(NewWorkspace(task=task.id, fetch=True))
    ended = await yard.client.wait_operation(operation.id)
    assert ended.status is OperationStatus.UNDONE
    assert ended.error is not None and "cannot be fetched" in str(ended.error["message"])
    assert await yard.client.workspaces() == ()


async def test_an_address_is_cloned_on_first_use_and_found_again(yard: Yard, far: tuple[Path, Path]) -> None:
    origin, _ = far
    url = f"file://{origin}"
    begun = [await yard.client.run_task(RunTask(title=f"t{n}", repos=(url,))) for n in range(2)]
    for operation in begun:
        await yard.done(operation)
    (repo,) = await yard.client.repos()
    assert repo.name == "origin" and Path(repo.path).is_relative_to(yard.home.data)
    assert git(Path(repo.path), "config", "remote.origin.url") == url
    into = yard.folder / "deep" / "chosen"
    added = await yard.client.add_repo(AddRepo(path=url, into=str(into)))
    assert (added.path, git(into, "log", "-1", "--format=%s")) == (str(into), "new")
    with pytest.raises(ConflictError, match="is there already"):
        await yard.client.add_repo(AddRepo(path=url, into=str(yard.folder / "mine")))
    with pytest.raises(GitError, match="cannot be cloned"):
        await yard.client.add_repo(AddRepo(path=f"file://{yard.folder}/nowhere"))
    assert not list((yard.home.data / "repositories").glob("*/nowhere"))


@pytest.mark.parametrize(
    "url",
    ["ext::sh -c touch% pwned", "fd::17", "http://example.com/x", "git://example.com/x",
     "ssh://-oProxyCommand=x/y", "gopher://example.com/x", "dict://127.0.0.1:11211/x",
     "http://169.254.169.254/latest", "http://[::ffff:127.0.0.1]/x", "http://0x7f000001/x",
     "https://user:password@example.com/x", "https://", "ftp://example.com/x", "file://",
     "https://-x/y"],
)  # fmt: skip
async def test_dangerous_and_wrong_addresses_are_refused(yard: Yard, url: str) -> None:
    assert is_url(url)
    with pytest.raises(UsageError) as refusal:
        await yard.client.add_repo(AddRepo(path=url))
    assert refusal.value.hint and "password@" not in refusal.value.message
    assert await yard.client.repos() == ()


@pytest.mark.parametrize(
    ("url", "name"),
    [("https://example.com/a/b.git", "b"), ("git@example.com:a/b.git", "b"),
     ("ssh://git@example.com/x/", "x"),
     ("example.com:x", "x"), ("file:///srv/..", "repository")],
)  # fmt: skip
def test_usual_addresses_are_taken(url: str, name: str) -> None:
    assert is_url(url) and check_url(url) == url and folder_name(url) == name


@pytest.mark.parametrize("text", ["repo", "/path/x", "./x", "C:\\x y", "a1b2c3"])
def test_paths_and_names_are_no_addresses(text: str) -> None:
    assert not is_url(text)
