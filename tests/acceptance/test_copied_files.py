"""A new workspace has the files that it needs beside git, and they never come back with the work."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import ConflictError
from core.values.requests import (
    MergeWorkspace,
    NewWorkspace,
    RemoveWorkspace,
    RunCommand,
    UpdateProjectRepo,
    UpdateRepo,
)
from core.values.states import MergeStyle
from tests.yard import Yard, git

pytestmark = pytest.mark.slow


@pytest.fixture
def repository(yard: Yard) -> Path:
    folder = yard.repository("repo", {"README.md": "# Repo\n", ".gitignore": "*.log\n!.env\n"})
    (folder / ".env").write_text("KEY=1\n")
    (folder / "app.log").write_text("noise\n")
    (folder / "certs").mkdir()
    (folder / "certs/dev.pem").write_text("pem\n")
    return folder


async def run(yard: Yard, name: str, script: str) -> None:
    process = await yard.client.run_command(name, RunCommand(argv=("sh", "-c", script)))
    assert (await yard.client.wait_process(process.id)).exit_code == 0


async def test_copied_files_are_there_and_never_enter_a_diff_a_checkpoint_or_a_merge(
    yard: Yard, repository: Path
) -> None:
    task = await yard.task("Do it", repository)
    await yard.client.update_repo("repo", UpdateRepo(copy_files=("{.env,certs}", "*.missing")))
    operation = await yard.done(await yard.client.new_workspace(NewWorkspace(task=task.id, name="one")))
    (files,) = [step for step in operation.steps if step.name == "files"]
    assert files.detail == "repo: 2 copied; nothing matches *.missing"
    (copied,) = await yard.client.copied_files("one")
    assert (copied.files, copied.unmatched) == ((".env", "certs/dev.pem"), ("*.missing",))
    loss = await yard.client.loss("one")
    assert (loss.untracked_files, loss.ignored_files) == (0, 0)

    code = Path((await yard.client.workspace("one")).repos[0].path)
    assert (code / ".env").read_text() == "KEY=1\n"
    await run(
        yard,
        "one",
        "echo KEY=2 > .env; echo x >> certs/dev.pem; echo w > work.md; git add -A; git add work.md",
    )
    assert {file.path for file in (await yard.client.diff("one")).files} == {"work.md"}
    await yard.client.merge("one", MergeWorkspace())
    assert set(git(repository, "ls-tree", "-r", "--name-only", "main").split()) == {
        "README.md", ".gitignore", "work.md",
    }  # fmt: skip
    (depot,) = (path for path in yard.home.depots.iterdir() if path.suffix == ".git")
    for ref in git(depot, "for-each-ref", "--format=%(refname)").split():
        names = git(depot, "ls-tree", "-r", "--name-only", ref).split()
        assert not {".env", "certs/dev.pem"} & set(names), ref
    assert (repository / ".env").read_text() == "KEY=1\n", "the user's own file was touched"


async def test_a_workspace_with_nothing_but_copies_is_removed_unasked(yard: Yard, repository: Path) -> None:
    await yard.task("x", repository)
    await yard.client.update_repo("repo", UpdateRepo(copy_files=(".env", "*.log")))
    workspace = await yard.workspace(repository)
    assert (Path(workspace.repos[0].path) / "app.log").exists()
    await yard.done(await yard.client.remove_workspace(workspace.name, RemoveWorkspace()))


async def test_a_project_overrides_what_its_repos_copy_and_run(yard: Yard, repository: Path) -> None:
    await yard.task("x", repository)
    await yard.client.update_repo("repo", UpdateRepo(copy_files=(".env",), setup_script="exit 1"))
    body = UpdateProjectRepo(copy_files=("app.log",), setup_script="echo mine > ../set-up")
    link = await yard.client.update_project_repo("harbour", "repo", body)
    assert (link.copy_files, link.cleanup_script) == (("app.log",), None)
    workspace = await yard.workspace(repository)
    code = Path(workspace.repos[0].path)
    assert (code / "app.log").exists() and not (code / ".env").exists()
    assert (code.parent / "set-up").read_text() == "mine\n"
    again = UpdateProjectRepo(copy_files=None, setup_script=None)
    assert (await yard.client.update_project_repo("harbour", "repo", again)).copy_files is None
    (listed,) = await yard.client.project_repos("harbour")
    assert listed.setup_script is None


async def test_a_copied_file_that_was_committed_by_force_is_not_merged(yard: Yard, repository: Path) -> None:
    await yard.task("x", repository)
    await yard.client.update_repo("repo", UpdateRepo(copy_files=(".env",)))
    workspace = await yard.workspace(repository, name="forced")
    await run(yard, workspace.name, "git add -f .env; git commit -qm oops; echo w > work.md")
    assert {file.path for file in (await yard.client.diff("forced")).files} >= {"work.md"}
    preview = await yard.client.merge_preview("forced")
    assert any("copied from beside git: .env" in reason for reason in preview.blocked)
    with pytest.raises(ConflictError, match=r"copied from beside git: \.env") as refusal:
        await yard.client.merge("forced", MergeWorkspace())
    assert "squash" in refusal.value.hint
    with pytest.raises(ConflictError, match="copied from beside git"):
        await yard.client.merge("forced", MergeWorkspace(style=MergeStyle.SQUASH))
    await run(yard, workspace.name, "git rm -q --cached .env; git commit -qm 'out again'")
    with pytest.raises(ConflictError, match="copied from beside git"):
        await yard.client.merge("forced", MergeWorkspace())
    await yard.client.merge("forced", MergeWorkspace(style=MergeStyle.SQUASH))
    assert set(git(repository, "log", "--format=", "--name-only", "main").split()) == {
        "README.md", ".gitignore", "work.md",
    }  # fmt: skip
