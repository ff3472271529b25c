"""Projects, repos and tasks: made, changed, removed, told; and bad input that leaves nothing."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import AgentError, BoatyardError, ConflictError, NotFoundError, UnreachableError, UsageError
from core.lifecycle.naming import PATTERN, name_from_title
from core.values.entities import Snapshot
from core.values.events import ProjectChanged, Removed, RepoChanged, TaskChanged
from core.values.requests import (
    AddProject,
    AddRepo,
    AddTask,
    NewWorkspace,
    RunTask,
    UpdateProject,
    UpdateRepo,
    UpdateTask,
    WantedSettings,
)
from core.values.states import MergeStyle, OperationStatus, RunnerKind, TaskStatus
from tests.yard import AGENTS, HOST, Yard, git, make_repository


async def test_a_project_from_its_making_to_its_end_is_told_at_every_change(yard: Yard) -> None:
    one, two = yard.repository("one"), yard.repository("two")
    async with yard.watch() as watch:
        project = await yard.client.add_project(AddProject(name=" harbour ", repos=(str(one),)))
        assert (project.name, len(project.repo_ids), project.merge_style) == ("harbour", 1, MergeStyle.MERGE)
        changed = await yard.client.update_project(
            "harbour", UpdateProject(name="port", merge_style=MergeStyle.REBASE, add_repos=(str(two),))
        )
        assert (changed.name, len(changed.repo_ids)) == ("port", 2)
        changed = await yard.client.update_project("port", UpdateProject(remove_repos=(str(one),)))
        assert changed == await yard.client.project(project.id) == (await yard.client.projects())[0]
        await yard.client.remove_project("port")
        await watch.until(Removed, lambda e: e.id == project.id)
    told = [event.project for event in watch.seen if isinstance(event, ProjectChanged)]
    assert told[0] == project and told[-1] == changed
    assert sum(isinstance(event, RepoChanged) for event in watch.seen) == 2
    assert await yard.client.projects() == ()
    assert len(await yard.client.repos()) == 2, "repos are shared by projects: they stay"


async def test_a_repo_is_known_by_its_top_folder_whatever_path_leads_there(yard: Yard) -> None:
    folder = yard.repository()
    (folder / "sub").mkdir()
    (yard.folder / "link").symlink_to(folder)
    repo = await yard.client.add_repo(AddRepo(path=str(folder / "sub")))
    assert (repo.path, repo.name) == (str(folder), "repo")
    for path in (folder, yard.folder / "link", f"{folder}/../repo"):
        with pytest.raises(ConflictError, match="known already"):
            await yard.client.add_repo(AddRepo(path=str(path)))
    for key in (repo.id, repo.id[:6], "repo", str(folder)):
        assert await yard.client.repo(key) == repo


async def test_a_repos_settings_change_one_by_one(yard: Yard) -> None:
    folder = yard.repository()
    git(folder, "branch", "stable")
    repo = await yard.client.add_repo(AddRepo(path=str(folder)))
    async with yard.watch() as watch:
        changed = await yard.client.update_repo(
            "repo", UpdateRepo(display_name="R", target_branch="stable", copy_files=(".env",))
        )
        assert (await watch.until(RepoChanged)).repo == changed
    assert (changed.display_name, changed.target_branch, changed.copy_files) == ("R", "stable", (".env",))
    assert changed.setup_script == repo.setup_script
    with pytest.raises(NotFoundError, match="no branch 'missing'"):
        await yard.client.update_repo("repo", UpdateRepo(target_branch="missing", display_name="X"))
    with pytest.raises(UsageError, match="setup script holds a NUL"):
        await yard.client.update_repo("repo", UpdateRepo(setup_script="a\0b", display_name="X"))
    assert await yard.client.repo("R") == changed
    await yard.task("x", folder)
    assert (await yard.workspace()).repos[0].target_branch == "stable"


async def test_tasks_stand_on_the_board_in_the_order_of_their_making(yard: Yard) -> None:
    tasks = [await yard.task(f"task {number}") for number in range(3)]
    assert [task.position for task in tasks] == [0, 1, 2]
    await yard.client.update_task(tasks[2].id, UpdateTask(position=0))
    await yard.client.update_task(tasks[0].id, UpdateTask(position=5))
    assert [task.title for task in await yard.client.tasks("harbour")] == ["task 2", "task 1", "task 0"]
    assert (await yard.task("last")).position == 6


async def test_a_task_changes_in_all_its_parts_and_goes(yard: Yard) -> None:
    task = await yard.task("one\n two", description="# Why\n")
    assert (task.title, task.status, task.description) == ("one two", TaskStatus.TODO, "# Why\n")
    async with yard.watch() as watch:
        for status in (*TaskStatus, TaskStatus.TODO):
            changed = await yard.client.update_task(task.id, UpdateTask(status=status))
            assert changed.status is status
        changed = await yard.client.update_task(task.id, UpdateTask(title="new", description=""))
        assert (changed.title, changed.description) == ("new", "")
        assert changed.updated_at >= task.updated_at
        await yard.client.remove_task(task.id)
        await watch.until(Removed, lambda e: (e.entity, e.id) == ("task", task.id))
    assert sum(isinstance(event, TaskChanged) for event in watch.seen) == len(TaskStatus) + 2
    with pytest.raises(NotFoundError, match="no task"):
        await yard.client.task(task.id)


async def test_removing_a_project_takes_its_tasks_along(yard: Yard) -> None:
    await yard.task("one")
    await yard.client.remove_project("harbour")
    assert await yard.client.tasks() == ()


async def test_the_first_of_two_equal_names_wins(yard: Yard) -> None:
    await yard.client.add_project(AddProject(name="one"))
    await yard.client.add_project(AddProject(name="two"))
    with pytest.raises(ConflictError, match="a project named 'one' already"):
        await yard.client.add_project(AddProject(name="one"))
    with pytest.raises(ConflictError, match="a project named 'one' already"):
        await yard.client.update_project("two", UpdateProject(name="one"))


async def test_names_are_made_from_titles_and_numbered(yard: Yard) -> None:
    names = [(await yard.workspace(title="Fix the Größe bug!")).name for _ in range(3)]
    assert names == ["fix-the-grosse-bug", "fix-the-grosse-bug-2", "fix-the-grosse-bug-3"]


@settings(deadline=None)
@given(st.text(max_size=80))
def test_every_title_gives_a_legal_name(title: str) -> None:
    name = name_from_title(title)
    assert PATTERN.fullmatch(name)
    assert PATTERN.fullmatch(f"{name}-99999")


async def test_a_run_uses_the_project_and_the_repos_that_are_there(yard: Yard) -> None:
    repository = yard.repository()
    for number in range(2):
        operation = await yard.client.run_task(RunTask(title=f"task {number}", repos=(str(repository),)))
        await yard.done(operation)
    snapshot = await yard.client.snapshot()
    assert (len(snapshot.projects), len(snapshot.repos), len(snapshot.tasks)) == (1, 1, 2)
    assert snapshot.projects[0].name == "repo"
    assert snapshot.operations == (), "what went well is not shown"


async def test_the_last_failed_operation_of_a_workspace_is_shown_until_another_follows(yard: Yard) -> None:
    await yard.task("x")
    (repo,) = await yard.client.repos()
    await yard.client.update_repo(repo.id, UpdateRepo(setup_script="exit 1"))
    operation = await yard.begin(name="broken")
    await yard.client.wait_operation(operation.id)
    (shown,) = (await yard.client.snapshot()).operations
    assert (shown.id, shown.status) == (operation.id, OperationStatus.FAILED)
    await yard.client.update_repo(repo.id, UpdateRepo(setup_script=""))
    await yard.done(await yard.client.retry_setup("broken"))
    assert (await yard.client.snapshot()).operations == ()


# Bad input: a clear error, and nothing half-made


def unborn(yard: Yard) -> Path:
    (yard.folder / "unborn").mkdir()
    git(yard.folder / "unborn", "init", "-q")
    return yard.folder / "unborn"


def bare(yard: Yard) -> Path:
    source = yard.repository("source")
    subprocess.run(["git", "clone", "-q", "--bare", source, yard.folder / "bare.git"], check=True)
    return yard.folder / "bare.git"


def plain(yard: Yard) -> Path:
    (yard.folder / "plain").mkdir()
    return yard.folder / "plain"


def run(title: str = "t", *repos: Path | str, **more: object) -> RunTask:
    return RunTask(title=title, repos=tuple(map(str, repos)), **more)  # type: ignore[arg-type]


LONG = "x" * 2**21
BAD: dict[str, tuple[Callable[[Yard], RunTask], type[BoatyardError], str]] = {
    "no repository there": (lambda y: run("t", y.folder / "nowhere"), NotFoundError, "nowhere"),
    "a plain folder": (lambda y: run("t", plain(y)), UsageError, "not a git repository"),
    "no commit": (lambda y: run("t", unborn(y)), UsageError, "no commit"),
    "bare": (lambda y: run("t", bare(y)), UsageError, "bare"),
    "one good, one bad": (lambda y: run("t", y.repository(), plain(y)), UsageError, "not a git repository"),
    "no such branch": (lambda y: run("t", y.repository(), target_branch="gone"), NotFoundError, "gone"),
    "branch as an option": (lambda y: run("t", y.repository(), target_branch="-d"), BoatyardError, "-d"),
    "illegal name": (lambda y: run("t", y.repository(), name="No Name"), UsageError, "No Name"),
    "name of one letter": (lambda y: run("t", y.repository(), name="x"), UsageError, "'x'"),
    "unknown agent": (lambda y: run("t", y.repository(), agent="nobody"), NotFoundError, "nobody"),
    "missing agent": (lambda y: run("t", y.repository(), agent="absent"), AgentError, "absent"),
    "empty title": (lambda y: run("  ", y.repository()), UsageError, "title"),
    "NUL in the title": (lambda y: run("a\0b", y.repository()), UsageError, "NUL"),
    "endless description": (lambda y: run("t", y.repository(), description=LONG), UsageError, "may have"),
    "NUL in the description": (lambda y: run("t", y.repository(), description="\0"), UsageError, "NUL"),
    "NUL in the project": (lambda y: run("t", y.repository(), project="a\0"), UsageError, "project's name"),
    "no CPUs": (
        lambda y: run("t", y.repository(), settings=WantedSettings(cpus=0.0)), UsageError, "too small",
    ),
    "an unknown network": (
        lambda y: run("t", y.repository(), settings=WantedSettings(network="moon")), UsageError, "moon",
    ),
    "NUL in a variable": (
        lambda y: run("t", y.repository(), settings=WantedSettings(env={"A": "\0"})), UsageError, "NUL",
    ),
    "a variable with a bad name": (
        lambda y: run("t", y.repository(), settings=WantedSettings(env={"A=B": "x"})), UsageError, "A=B",
    ),
    "two repos of one name": (
        lambda y: run("t", y.repository(), make_repository(y.folder / "other" / "repo", {"a": "a"})),
        ConflictError, "'repo'",
    ),
}  # fmt: skip

ABSENT = '\n[agents.absent]\nkind = "acp"\ncommand = ["no-such-agent-anywhere"]\ninstall = "Get it."\n'


def everything(snapshot: Snapshot) -> tuple[int, ...]:
    return (
        len(snapshot.projects), len(snapshot.repos), len(snapshot.tasks), len(snapshot.workspaces),
        len(snapshot.operations),
    )  # fmt: skip


@pytest.mark.parametrize("case", BAD)
async def test_a_run_that_cannot_be_leaves_nothing(case: str) -> None:
    make, kind, word = BAD[case]
    async with Yard(HOST + AGENTS + ABSENT) as yard:
        body = make(yard)
        with pytest.raises(kind, match=re.escape(word)) as refusal:
            await yard.client.run_task(body)
        assert refusal.value.hint, refusal.value
        snapshot = await yard.client.snapshot()
        assert everything(snapshot) == (0, 0, 0, 0, 0)
        assert list(yard.home.workspaces.iterdir()) == []
        assert list(yard.home.depots.iterdir()) == []
        if (yard.folder / "repo").exists():
            assert git(yard.folder / "repo", "for-each-ref", "--format=%(refname)") == "refs/heads/main"


async def test_a_container_engine_that_is_not_there_is_5_or_a_notice(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///nonexistent/docker.sock")
    body = run("t", yard.repository(), settings=WantedSettings(runner=RunnerKind.DOCKER))
    with pytest.raises(UnreachableError, match="container engine") as refusal:
        await yard.client.run_task(body)
    assert "--runner host" in refusal.value.hint
    assert everything(await yard.client.snapshot()) == (0, 0, 0, 0, 0)


async def test_a_branch_that_goes_away_while_the_workspace_is_made_takes_everything_back(yard: Yard) -> None:
    repository = yard.repository()
    git(repository, "branch", "soon-gone")
    task = await yard.task("t", repository)
    git(repository, "config", "core.bare", "false")
    body = NewWorkspace(task=task.id, name="late", target_branch="soon-gone")
    operation = await yard.client.new_workspace(body)
    git(repository, "branch", "-D", "soon-gone")
    ended = await yard.client.wait_operation(operation.id)
    if ended.status is not OperationStatus.DONE:  # it was quicker than the depot
        assert ended.status is OperationStatus.UNDONE
        assert ended.error is not None and "soon-gone" in str(ended.error["message"])
        assert await yard.client.workspaces() == ()
        assert list(yard.home.workspaces.iterdir()) == []
        await yard.done(await yard.client.new_workspace(NewWorkspace(task=task.id, name="late")))


async def test_a_project_without_a_repo_has_no_workspaces_and_says_how_to_add_one(yard: Yard) -> None:
    await yard.client.add_project(AddProject(name="empty"))
    task = await yard.client.add_task(AddTask(project="empty", title="t"))
    with pytest.raises(UsageError, match="has no repository") as refusal:
        await yard.client.new_workspace(NewWorkspace(task=task.id))
    assert "--add-repo" in refusal.value.hint
