"""A workspace made, used, closed, opened, removed with its loss counted, and recovered."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest

from core.errors import ConflictError, NotFoundError, UsageError
from core.values.events import Removed, WorkspaceChanged
from core.values.requests import (
    MergeWorkspace,
    NewWorkspace,
    RemoveWorkspace,
    RunCommand,
    SendPrompt,
    UpdateRepo,
)
from core.values.states import OperationStatus, ProcessStatus, WorkspaceState
from tests.yard import Yard, git


async def run(yard: Yard, name: str, script: str) -> ProcessStatus:
    process = await yard.client.run_command(name, RunCommand(argv=("sh", "-c", script)))
    return (await yard.client.wait_process(process.id)).status


async def test_a_command_runs_in_the_clone_and_its_log_and_exit_code_are_kept(yard: Yard) -> None:
    workspace = await yard.workspace()
    argv = ("sh", "-c", "pwd; echo oops >&2; exit 7")
    process = await yard.client.run_command(workspace.name, RunCommand(argv=argv))
    ended = await yard.client.wait_process(process.id)
    assert (ended.status, ended.exit_code, ended.reason) == (ProcessStatus.FAILED, 7, "exit code 7")
    assert (await yard.client.log(process.id)).text == f"{workspace.repos[0].path}\n"
    assert (await yard.client.log(process.id, stream="err")).text == "oops\n"
    assert [each.id for each in await yard.client.processes(workspace.name)] == [process.id]


async def test_closing_keeps_everything_and_restoring_brings_it_back(yard: Yard) -> None:
    workspace = await yard.workspace()
    await run(yard, workspace.name, "echo kept > KEPT.md")
    running = await yard.client.run_command(workspace.name, RunCommand(argv=("sleep", "600")))
    (Path(workspace.repos[0].path) / "LATE.md").write_text("written since the last command ended\n")
    await yard.done(await yard.client.close_workspace(workspace.name))
    closed = await yard.client.workspace(workspace.name)
    assert (closed.state, closed.added) == (WorkspaceState.CLOSED, 2)
    assert (await yard.client.process(running.id)).status is ProcessStatus.KILLED
    for refused in (
        yard.client.run_command(workspace.name, RunCommand(argv=("true",))),
        yard.client.send(workspace.name, SendPrompt(prompt="x", agent="writer")),
        yard.client.close_workspace(workspace.name),
    ):
        with pytest.raises(ConflictError, match="closed") as refusal:
            await refused
        assert "restore" in refusal.value.hint
    reviewed = [file.path for file in (await yard.client.diff(workspace.name)).files]
    assert reviewed == ["KEPT.md", "LATE.md"], "a closed one can be reviewed"

    await yard.done(await yard.client.restore_workspace(workspace.name))
    assert (await yard.client.workspace(workspace.name)).state is WorkspaceState.OPEN
    assert await run(yard, workspace.name, "grep -q kept KEPT.md") is ProcessStatus.COMPLETED


async def test_removing_counts_what_would_be_lost_and_wants_force(yard: Yard) -> None:
    repository = yard.repository("repo", {"README.md": "# Repo\n", ".gitignore": "*.log\n"})
    workspace = await yard.workspace(repository)
    script = (
        "echo c > c.md; git add c.md; git commit -qm c; echo x >> README.md; echo u > u.md; echo i > i.log"
    )
    assert await run(yard, workspace.name, script) is ProcessStatus.COMPLETED
    loss = await yard.client.loss(workspace.name)
    counted = (loss.unmerged_commits, loss.changed_files, loss.untracked_files, loss.ignored_files)
    assert counted == (1, 1, 1, 1)
    with pytest.raises(ConflictError, match="1 unmerged commit, 1 changed file, 1 untracked file") as refusal:
        await yard.client.remove_workspace(workspace.name, RemoveWorkspace())
    assert "--force" in refusal.value.hint
    assert refusal.value.details["unmerged_commits"] == 1
    assert (await yard.client.workspace(workspace.name)).state is WorkspaceState.OPEN


async def test_a_workspace_without_work_is_removed_unasked(yard: Yard) -> None:
    workspace = await yard.workspace()
    async with yard.watch() as watch:
        operation = await yard.client.remove_workspace(workspace.name, RemoveWorkspace())
        await yard.done(operation)
        await watch.until(Removed, lambda event: event.id == workspace.id)
    assert await yard.client.workspaces() == ()
    with pytest.raises(NotFoundError, match="was removed") as refusal:
        await yard.client.workspace(workspace.name)
    assert f"workspace recover {workspace.name}" in refusal.value.hint


async def test_recovering_brings_back_every_file_ignored_ones_included(yard: Yard) -> None:
    repository = yard.repository("repo", {"README.md": "# Repo\n", ".gitignore": "*.log\n"})
    workspace = await yard.workspace(repository)
    await run(
        yard, workspace.name, "echo c > c.md; git add .; git commit -qm c; echo u > u.md; echo i > i.log"
    )
    code = Path(workspace.repos[0].path)
    await yard.remove(workspace.name)
    assert not code.exists()
    assert (yard.home.trash / workspace.name).is_dir()
    async with yard.watch() as watch:
        await yard.done(await yard.client.recover_workspace(workspace.name))
        await watch.until(WorkspaceChanged, lambda event: event.workspace.id == workspace.id)
    recovered = await yard.client.workspace(workspace.name)
    assert recovered.state is WorkspaceState.OPEN
    assert {name: (code / name).read_text() for name in ("c.md", "u.md", "i.log")} == {
        "c.md": "c\n", "u.md": "u\n", "i.log": "i\n",
    }  # fmt: skip
    assert git(code, "log", "-1", "--format=%s") == "c"


async def test_recovering_brings_back_what_was_not_committed_also_without_the_folder(yard: Yard) -> None:
    workspace = await yard.workspace()
    code = Path(workspace.repos[0].path)
    (code / "late.md").write_text("seen by nobody yet\n")
    await yard.remove(workspace.name)
    shutil.rmtree(yard.home.trash / workspace.name)
    await yard.done(await yard.client.recover_workspace(workspace.name))
    assert (code / "late.md").read_text() == "seen by nobody yet\n"


async def test_the_name_of_a_removed_workspace_stays_taken(yard: Yard) -> None:
    workspace = await yard.workspace(name="first")
    await yard.remove(workspace.name)
    (task,) = await yard.client.tasks()
    with pytest.raises(ConflictError, match="removed workspace that can still be recovered"):
        await yard.client.new_workspace(NewWorkspace(task=task.id, name="first"))


async def test_a_project_with_a_recoverable_workspace_goes_only_by_force_and_then_for_good(
    yard: Yard,
) -> None:
    repository = yard.repository()
    workspace = await yard.workspace(repository)
    (project,) = await yard.client.projects()
    with pytest.raises(ConflictError, match="has workspaces: do-it"):
        await yard.client.remove_project(project.name, force=True)
    await yard.remove(workspace.name)
    (task,) = await yard.client.tasks()
    for refused in (yard.client.remove_project(project.name), yard.client.remove_task(task.id)):
        with pytest.raises(ConflictError, match="can still be recovered: do-it") as refusal:
            await refused
        assert "--force" in refusal.value.hint
    assert (yard.home.trash / workspace.name).exists()
    (repo,) = await yard.client.repos()
    with pytest.raises(ConflictError) as refusal:
        await yard.client.remove_repo(repo.id)
    assert "task remove" in refusal.value.hint

    await yard.client.remove_project(project.name, force=True)
    assert not (yard.home.trash / workspace.name).exists()
    depot = yard.home.depots / f"{repo.id}.git"
    assert "do-it" not in git(depot, "for-each-ref", "--format=%(refname)")
    assert (await yard.client.tasks(), await yard.client.projects()) == ((), ())
    await yard.client.remove_repo(repo.id)


async def test_a_second_operation_on_a_busy_workspace_is_refused(yard: Yard) -> None:
    gate = yard.fifo()
    repository = yard.repository()
    await yard.task("x", repository)
    (repo,) = await yard.client.repos()
    await yard.client.update_repo(repo.id, UpdateRepo(setup_script=f"read line < {gate}"))
    operation = await yard.begin(name="busy")
    for refused in (
        yard.client.remove_workspace("busy", RemoveWorkspace(force=True)),
        yard.client.close_workspace("busy"),
        yard.client.merge("busy", MergeWorkspace()),
        yard.client.send("busy", SendPrompt(prompt="x", agent="writer")),
    ):
        with pytest.raises(ConflictError, match=r"busy|creating|being made") as refusal:
            await refused
        assert refusal.value.hint
    await asyncio.to_thread(gate.write_text, "go\n")
    await yard.done(operation)


async def test_two_removals_at_once_are_one(yard: Yard) -> None:
    workspace = await yard.workspace()
    body = RemoveWorkspace(force=True)
    answers = await asyncio.gather(
        *(yard.client.remove_workspace(workspace.name, body) for _ in range(2)), return_exceptions=True
    )
    refused = [answer for answer in answers if isinstance(answer, ConflictError | NotFoundError)]
    begun = [answer for answer in answers if not isinstance(answer, BaseException)]
    assert (len(refused), len(begun)) == (1, 1)
    await yard.done(begun[0])


class TestSetUp:
    async def test_scripts_run_in_each_clone_with_their_target_known(self, yard: Yard) -> None:
        one, two = yard.repository("one"), yard.repository("two")
        await yard.task("x", one, two)
        for repo in await yard.client.repos():
            script = 'printf "%s %s" "${PWD##*/}" "$BOATYARD_TARGET_BRANCH" > .where'
            await yard.client.update_repo(repo.id, UpdateRepo(setup_script=script))
        workspace = await yard.workspace()
        where = [(Path(repo.path) / ".where").read_text() for repo in workspace.repos]
        assert where == ["one main", "two main"]
        assert workspace.setup_completed_at is not None

    async def test_parallel_scripts_run_at_the_same_time(self, yard: Yard) -> None:
        one, two = yard.repository("one"), yard.repository("two")
        await yard.task("x", one, two)
        gate = yard.fifo()
        scripts = {"one": f"read line < {gate}", "two": f"echo go > {gate}"}
        for repo in await yard.client.repos():
            await yard.client.update_repo(
                repo.id, UpdateRepo(setup_script=scripts[repo.name], parallel_setup=True)
            )
        assert (await yard.workspace()).state is WorkspaceState.OPEN  # each waits for the other

    async def test_a_failed_script_keeps_everything_and_can_be_retried(self, yard: Yard) -> None:
        await yard.task("x")
        (repo,) = await yard.client.repos()
        script = "[ -e ../fixed ] || { echo missing >&2; exit 4; }"
        await yard.client.update_repo(repo.id, UpdateRepo(setup_script=script))
        operation = await yard.begin(name="broken", agent="writer", prompt="after all")
        ended = await yard.client.wait_operation(operation.id)
        assert ended.status is OperationStatus.FAILED
        assert ended.error is not None
        assert "set-up script of repo failed: exit code 4" in str(ended.error["message"])
        assert "retry" in str(ended.error["hint"])
        workspace = await yard.client.workspace("broken")
        assert (workspace.state, workspace.turns) == (WorkspaceState.FAILED, 0)
        (process,) = await yard.client.processes("broken")
        assert (await yard.client.log(process.id, stream="err")).text == "missing\n"

        # A shell is possible, and what it did helps the next try.
        assert await run(yard, "broken", "touch ../fixed") is ProcessStatus.COMPLETED
        await yard.done(await yard.client.retry_setup("broken"))
        assert (await yard.turn("broken")).status is ProcessStatus.COMPLETED
        assert (Path(workspace.repos[0].path) / "WORK.md").read_text() == "after all\n"

    async def test_a_failed_workspace_that_was_closed_is_failed_again_when_opened(self, yard: Yard) -> None:
        await yard.task("x")
        (repo,) = await yard.client.repos()
        await yard.client.update_repo(repo.id, UpdateRepo(setup_script="exit 1"))
        await yard.client.wait_operation((await yard.begin(name="broken")).id)
        await yard.done(await yard.client.close_workspace("broken"))
        await yard.done(await yard.client.restore_workspace("broken"))
        assert (await yard.client.workspace("broken")).state is WorkspaceState.FAILED

    async def test_an_open_workspace_has_nothing_to_retry(self, yard: Yard) -> None:
        workspace = await yard.workspace()
        with pytest.raises(ConflictError, match="open, not failed"):
            await yard.client.retry_setup(workspace.name)


async def test_a_shell_is_a_command_line_for_the_callers_terminal(yard: Yard) -> None:
    workspace = await yard.workspace()
    argv = await yard.client.shell_argv(workspace.name, RunCommand(argv=("sh", "-c", "pwd; echo $TMPDIR")))
    shell = await asyncio.create_subprocess_exec(*argv, stdout=asyncio.subprocess.PIPE)
    out, _ = await shell.communicate()
    where, temporary = out.decode().splitlines()
    assert where == workspace.repos[0].path
    assert temporary.startswith(str(yard.home.workspaces / workspace.name))


async def test_an_empty_command_is_refused(yard: Yard) -> None:
    workspace = await yard.workspace()
    for argv in ((), ("",)):
        with pytest.raises(UsageError, match="no command"):
            await yard.client.run_command(workspace.name, RunCommand(argv=argv))


async def test_a_command_that_does_not_exist_fails_with_127(yard: Yard) -> None:
    workspace = await yard.workspace()
    process = await yard.client.run_command(workspace.name, RunCommand(argv=("no-such-program",)))
    ended = await yard.client.wait_process(process.id)
    assert (ended.status, ended.exit_code) == (ProcessStatus.FAILED, 127)
    assert "not found" in ended.reason
