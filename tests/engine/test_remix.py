"""A remix begins with all that its parent has now, and takes variables only when told to."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import ConflictError, NotFoundError, UsageError
from core.values.requests import MergeWorkspace, RemixWorkspace, RunCommand, UpdateRepo, WantedSettings
from core.values.states import MergeStyle, OperationStatus, ProcessStatus, WorkspaceState
from tests.yard import Yard, git

pytestmark = pytest.mark.slow

SCRIPT = """
echo c > c.md; git add c.md; git commit -qm c; echo x >> README.md; echo u > u.md; mkdir -p hollow/inner
ln -s u.md link; printf '#!/bin/sh' > run.sh; chmod +x run.sh
"""


async def worked_in(yard: Yard, *repositories: Path, settings: WantedSettings | None = None) -> str:
    workspace = await yard.workspace(*repositories, settings=settings)
    for repo in workspace.repos:
        argv = ("sh", "-c", f"cd {repo.path} && {SCRIPT}")
        process = await yard.client.run_command(workspace.name, RunCommand(argv=argv))
        assert (await yard.client.wait_process(process.id)).status is ProcessStatus.COMPLETED
    return workspace.name


async def test_everything_comes_along_over_all_repos_and_both_go_their_own_ways(yard: Yard) -> None:
    one, two = yard.repository("one"), yard.repository("two")
    parent = await worked_in(yard, one, two)
    operation = await yard.done(await yard.client.remix_workspace(parent, RemixWorkspace(name="again")))
    assert "bring the work over" in {step.label for step in operation.steps}
    remix = await yard.client.workspace("again")
    assert (remix.parent_workspace, remix.state) == (parent, WorkspaceState.OPEN)
    assert remix.task_id == (await yard.client.workspace(parent)).task_id
    for repo in remix.repos:
        there = Path(repo.path)
        assert (there / "u.md").read_text() == "u\n"
        assert (there / "link").readlink() == Path("u.md")
        assert (there / "run.sh").stat().st_mode & 0o100
        assert (there / "hollow/inner").is_dir()
        assert git(there, "log", "-1", "--format=%s %D").startswith("c HEAD -> boatyard/again")
        assert sorted(git(there, "status", "--porcelain").splitlines()) == [
            "?? link", "?? run.sh", "?? u.md", "M README.md",
        ]  # fmt: skip
        (there / "u.md").write_text("another\n")
    first = Path((await yard.client.workspace(parent)).repos[0].path)
    assert (first / "u.md").read_text() == "u\n"
    paths = {file.path for file in (await yard.client.diff("again")).files}
    assert {"c.md", "README.md", "u.md", "link", "run.sh"} <= paths
    await yard.client.merge("again", MergeWorkspace())
    assert git(one, "show", "main:u.md") == "another"
    (kept,) = await yard.client.checkpoints(parent)
    assert kept.message == "remixed"


async def test_what_the_parent_has_landed_is_not_the_remix_s_own(yard: Yard) -> None:
    parent = await worked_in(yard)
    await yard.client.merge(parent, MergeWorkspace(style=MergeStyle.SQUASH))
    Path((await yard.client.workspace(parent)).repos[0].path, "new").write_text("new\n")
    await yard.done(await yard.client.remix_workspace(parent, RemixWorkspace(name="again")))
    assert [file.path for file in (await yard.client.diff("again")).files] == ["new"]
    assert (await yard.client.workspace("again")).added == 1


async def test_variables_come_along_only_when_asked(yard: Yard) -> None:
    settings = WantedSettings(env={"COLOUR": "red"}, cpus=1.5)
    parent = await worked_in(yard, settings=settings)
    for body in (RemixWorkspace(name="bare"), RemixWorkspace(name="dressed", with_env=True)):
        await yard.done(await yard.client.remix_workspace(parent, body))
    bare, dressed = [(await yard.client.workspace(name)).settings for name in ("bare", "dressed")]
    assert (bare.env, dressed.env) == ({}, {"COLOUR": "red"})
    assert (bare.cpus, dressed.cpus) == (1.5, 1.5)


async def test_a_closed_one_can_be_remixed_and_an_agent_starts_on_it(yard: Yard) -> None:
    parent = await worked_in(yard)
    await yard.done(await yard.client.close_workspace(parent))
    body = RemixWorkspace(agent="writer", prompt="go on")
    operation = await yard.done(await yard.client.remix_workspace(parent, body))
    assert (await yard.turn(operation.workspace)).status is ProcessStatus.COMPLETED
    there = Path((await yard.client.workspace(operation.workspace)).repos[0].path)
    assert (there / "WORK.md").read_text() == "go on\n"
    assert (there / "c.md").exists()


async def test_a_set_up_that_fails_keeps_the_work_and_can_be_retried(yard: Yard) -> None:
    parent = await worked_in(yard)
    await yard.client.update_repo("repo", UpdateRepo(setup_script="[ -e ../fixed ]"))
    operation = await yard.client.remix_workspace(parent, RemixWorkspace(name="again"))
    assert (await yard.client.wait_operation(operation.id)).status is OperationStatus.FAILED
    workspace = await yard.client.workspace("again")
    assert (Path(workspace.repos[0].path) / "u.md").exists()
    Path(workspace.folder, "fixed").touch()
    await yard.done(await yard.client.retry_setup("again"))
    assert (await yard.client.workspace("again")).state is WorkspaceState.OPEN


async def test_bad_requests_make_nothing(yard: Yard) -> None:
    parent = await worked_in(yard)
    for body, error in (
        (RemixWorkspace(name="Bad Name"), UsageError),
        (RemixWorkspace(name=parent), ConflictError),
        (RemixWorkspace(agent="nobody"), NotFoundError),
    ):
        with pytest.raises(error):
            await yard.client.remix_workspace(parent, body)
    with pytest.raises(NotFoundError):
        await yard.client.remix_workspace("no-such", RemixWorkspace())
    assert [each.name for each in await yard.client.workspaces()] == [parent]
    assert await yard.client.checkpoints(parent) == ()
