"""A workspace's commits go to the remote of the user's repository; nothing else does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.errors import BoatyardError, ConflictError, GitError, NotFoundError
from core.values.entities import Workspace
from core.values.requests import (
    AddProject,
    AddTask,
    MergeWorkspace,
    NewWorkspace,
    PushWorkspace,
    RunCommand,
    UpdateRepo,
)
from tests.acceptance.user import User, git, make_repository
from tests.yard import AGENTS, Yard, docker_settings

pytestmark = pytest.mark.slow

PUSH = PushWorkspace()


def give_remote(repository: Path, name: str = "origin") -> Path:
    """A bare repository that has what the user has."""
    folder = repository.parent / f"{repository.name}-{name}.git"
    git(repository.parent, "clone", "-q", "--bare", str(repository), str(folder))
    git(repository, "remote", "add", name, str(folder))
    return folder


def commit_inside(workspace: Workspace, files: dict[str, str], *options: str, repo: int = 0) -> str:
    folder = Path(workspace.repos[repo].path)
    for name, text in files.items():
        (folder / name).write_text(text)
    git(folder, "add", "-A")
    who = ("-c", "user.name=Agent", "-c", "user.email=agent@localhost")
    git(folder, *who, "commit", "-qm", "work", *options)
    return git(folder, "rev-parse", "HEAD")


def at(remote: Path, branch: str) -> str:
    return git(remote, "rev-parse", f"refs/heads/{branch}")


async def test_commits_are_pushed_and_uncommitted_work_stays(yard: Yard) -> None:
    repository = yard.repository()
    remote = give_remote(repository)
    workspace = await yard.workspace(name="fix-it")
    head = commit_inside(workspace, {"a.txt": "a\n"})
    (Path(workspace.repos[0].path) / "half.txt").write_text("not yet\n")
    preview = await yard.client.push_preview("fix-it")
    (plan,) = preview.repos
    assert (plan.remote, plan.ahead, plan.behind, plan.uncommitted, plan.old) == ("origin", 1, 0, 1, "")
    assert git(remote, "branch", "--list", workspace.branch) == "", "a preview pushes nothing"

    (pushed,) = (await yard.client.push("fix-it", PUSH)).repos
    assert (pushed.new, pushed.branch, pushed.url) == (head, workspace.branch, str(remote))
    assert at(remote, workspace.branch) == head
    assert git(remote, "ls-tree", "--name-only", workspace.branch).split() == ["README.md", "a.txt"]
    git(repository, "fsck", "--connectivity-only")
    assert (await yard.client.push("fix-it", PUSH)).repos[0].nothing

    # What the workspace itself pushed may be replaced, as after an amended commit.
    amended = commit_inside(workspace, {"a.txt": "b\n"}, "--amend")
    assert (await yard.client.push_preview("fix-it")).repos[0].rewrites
    await yard.client.push("fix-it", PUSH)
    assert at(remote, workspace.branch) == amended


@pytest.mark.container
async def test_what_was_committed_in_a_container_is_pushed_from_outside(docker_engine: str) -> None:
    async with Yard(AGENTS) as yard:
        remote = give_remote(yard.repository())
        workspace = await yard.workspace(name="fix-it", settings=docker_settings(docker_engine))
        script = "echo a > a.txt; git add -A; git -c user.name=A -c user.email=a@b commit -qm a"
        process = await yard.client.run_command("fix-it", RunCommand(argv=("sh", "-c", f"cd repo; {script}")))
        assert (await yard.client.wait_process(process.id)).exit_code == 0
        (pushed,) = (await yard.client.push("fix-it", PUSH)).repos
        assert at(remote, workspace.branch) == pushed.new
        assert git(remote, "show", f"{workspace.branch}:a.txt") == "a"
        await yard.remove("fix-it")


async def test_somebody_elses_commits_are_kept(yard: Yard) -> None:
    repository = yard.repository()
    remote = give_remote(repository)
    workspace = await yard.workspace(name="fix-it")
    commit_inside(workspace, {"a.txt": "a\n"})
    await yard.client.push("fix-it", PUSH)
    git(yard.folder, "clone", "-q", "-b", workspace.branch, str(remote), "colleague")
    other = yard.folder / "colleague"
    (other / "theirs.txt").write_text("theirs\n")
    git(other, "add", "-A")
    git(other, "-c", "user.name=C", "-c", "user.email=c@localhost", "commit", "-qm", "theirs")
    git(other, "push", "-q")
    theirs = at(remote, workspace.branch)
    commit_inside(workspace, {"a.txt": "b\n"}, "--amend")
    assert (await yard.client.push_preview("fix-it")).repos[0].behind is None, "not known here yet"
    with pytest.raises(ConflictError, match="has commits that the workspace has not; nothing was pushed"):
        await yard.client.push("fix-it", PUSH)
    git(repository, "fetch", "-q")
    with pytest.raises(ConflictError, match=r"has 2 commits that the workspace has not"):
        await yard.client.push("fix-it", PUSH)
    assert at(remote, workspace.branch) == theirs


async def test_copied_files_never_leave_the_machine(yard: Yard) -> None:
    repository = yard.repository("repo", {"README.md": "# Repo\n", ".gitignore": ".env\n"})
    remote = give_remote(repository)
    (repository / ".env").write_text("TOKEN=1\n")
    await yard.client.add_project(AddProject(name="p", repos=(str(repository),)))
    await yard.client.update_repo("repo", UpdateRepo(copy_files=(".env",)))
    task = await yard.client.add_task(AddTask(project="p", title="Do it"))
    await yard.done(await yard.client.new_workspace(NewWorkspace(task=task.id, name="fix-it")))
    workspace = await yard.client.workspace("fix-it")
    folder = Path(workspace.repos[0].path)
    assert (folder / ".env").exists()
    git(folder, "add", "-f", ".env")
    commit_inside(workspace, {"a.txt": "a\n"})
    with pytest.raises(ConflictError, match=r"\.env; nothing was pushed"):
        await yard.client.push("fix-it", PUSH)
    assert git(remote, "branch", "--list", workspace.branch) == ""


async def test_one_refusal_among_several_repositories_is_found_before_anything_moves(yard: Yard) -> None:
    one, two = yard.repository("one"), yard.repository("two")
    first = give_remote(one)
    workspace = await yard.workspace(one, two, name="fix-it")
    commit_inside(workspace, {"a.txt": "a\n"}, repo=0)
    commit_inside(workspace, {"a.txt": "a\n"}, repo=1)
    with pytest.raises(NotFoundError, match="two has no remote to push to"):
        await yard.client.push("fix-it", PUSH)
    assert git(first, "branch", "--list", workspace.branch) == ""
    with pytest.raises(NotFoundError, match="has no repo 'three'"):
        await yard.client.push("fix-it", PushWorkspace(repo="three"))
    await yard.client.push("fix-it", PushWorkspace(repo="one"))
    assert at(first, workspace.branch)


async def test_a_merge_can_push_the_target_branch_and_stays_when_that_fails(yard: Yard) -> None:
    repository = yard.repository()
    remote = give_remote(repository)
    workspace = await yard.workspace(name="fix-it")
    commit_inside(workspace, {"a.txt": "a\n"})
    hook = repository / ".git" / "hooks" / "pre-push"
    hook.write_text("#!/bin/sh\necho not on my watch >&2\nexit 1\n")
    hook.chmod(0o755)
    before = at(remote, "main")
    with pytest.raises(GitError, match=r"'fix-it' is merged, but not pushed: .*not on my watch"):
        await yard.client.merge("fix-it", MergeWorkspace(push=True))
    assert git(repository, "show", "main:a.txt") == "a"
    assert at(remote, "main") == before
    hook.unlink()
    result = await yard.client.merge("fix-it", MergeWorkspace(push=True))
    assert result.merges == () and result.pushes[0].ahead == 2
    assert at(remote, "main") == git(repository, "rev-parse", "main")


async def test_a_password_in_the_remotes_address_is_told_to_nobody(yard: Yard) -> None:
    repository = yard.repository()
    git(repository, "remote", "add", "origin", "https://ada:s3cret@127.0.0.1:9/a.git")
    workspace = await yard.workspace(name="fix-it")
    commit_inside(workspace, {"a.txt": "a\n"})
    with pytest.raises(BoatyardError) as caught:
        await yard.client.push("fix-it", PUSH)
    assert "https://127.0.0.1:9/a.git" in caught.value.message
    assert "s3cret" not in json.dumps(caught.value.document())
    await yard.close()
    kept = [path for path in yard.folder.joinpath("home").rglob("*") if path.is_file()]
    assert yard.home.database in kept
    assert [path for path in kept if b"s3cret" in path.read_bytes()] == []
    await yard.open()


def test_at_a_shell(user: User, tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "repo", {"README.md": "# Repo\n"})
    remote = give_remote(repository)
    user.boatyard("project", "add", "p", str(repository))
    task = user.boatyard("task", "add", "Do it", "--project", "p", "--json").json["id"]
    user.boatyard("workspace", "new", task, "--name", "fix-it", "--runner", "host")
    script = "echo a > a; git add a; git -c user.name=A -c user.email=a@b commit -qm a; echo b > b"
    user.boatyard("workspace", "exec", "fix-it", "--", "sh", "-c", script)
    dry = user.boatyard("workspace", "push", "fix-it", "--dry-run")
    assert dry.out.startswith("repo: would push 1 commit to boatyard/fix-it at origin (")
    assert dry.err == "1 file with uncommitted changes stay here\n"
    report = user.boatyard("workspace", "push", "fix-it", "--remote", "origin", "--json").json
    assert report["repos"][0]["new"] == at(remote, "boatyard/fix-it")
    wrong = user.boatyard("workspace", "push", "fix-it", "--remote", "-x", "--json", ok=False)
    assert (wrong.code, wrong.error["code"]) == (3, "not_found") or wrong.code == 2
    merged = user.boatyard("workspace", "merge", "fix-it", "--push")
    assert "repo: pushed 3 commits to main at origin" in merged.out
    assert at(remote, "main") == git(repository, "rev-parse", "main")
