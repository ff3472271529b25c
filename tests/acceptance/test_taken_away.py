"""What belongs to a workspace is taken away behind our back: it is told, shown, repaired or removed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import docker
import pytest

from core.errors import BoatyardError, ConflictError
from core.runners.docker.address import find_address
from core.values.events import Noticed
from core.values.requests import RemoveWorkspace, RunCommand, TakeCheckpoint
from core.values.states import ProcessStatus, WorkspaceState
from tests.yard import Yard, docker_settings

pytestmark = pytest.mark.slow


@pytest.fixture
def api(docker_engine: str) -> Iterator[docker.APIClient]:
    client = docker.APIClient(find_address(os.environ), version="auto")
    yield client
    client.close()


def take_away(root: Path, what: str) -> None:
    shutil.rmtree(
        {"folder": root, "clone": root / "code" / "repo", "git": root / "git", "mark": root / "dotgit"}[what]
    )


@pytest.mark.parametrize("what", ["folder", "clone", "git", "mark"])
async def test_what_was_removed_by_hand_is_told_and_comes_back_with_uncommitted_work(
    yard: Yard, what: str
) -> None:
    workspace = await yard.workspace(agent="writer", prompt="kept")
    assert (await yard.turn(workspace)).status is ProcessStatus.COMPLETED
    root = yard.home.workspaces / workspace.name
    worktree = Path(workspace.repos[0].path)
    await yard.client.loss(workspace.name)  # takes a snapshot
    await yard.close()
    take_away(root, what)
    await yard.open()

    await yard.engine.reconciliation.compared.wait()
    (notice,) = await yard.client.notices()
    assert notice.workspace == workspace.name and f"workspace repair {workspace.name}" in notice.text
    assert (await yard.client.workspace(workspace.name)).state is WorkspaceState.OPEN
    assert (await yard.client.workspace_health(workspace.name)).troubles == (notice.text,)
    with pytest.raises(ConflictError, match="cannot be counted"):
        await yard.client.remove_workspace(workspace.name, RemoveWorkspace())

    await yard.done(await yard.client.repair_workspace(workspace.name))
    assert (await yard.client.workspace_health(workspace.name)).troubles == ()
    assert (worktree / "WORK.md").read_text() == "kept\n"
    script = "git status --porcelain && git symbolic-ref --short HEAD"
    process = await yard.client.run_command(workspace.name, RunCommand(argv=("sh", "-c", script)))
    await yard.client.wait_process(process.id)
    assert (await yard.client.log(process.id)).text == f"?? WORK.md\n{workspace.branch}\n"
    if what == "git":
        (aside,) = (root / "damaged").iterdir()
        assert (aside / "code" / "repo" / "WORK.md").read_text() == "kept\n"


@pytest.mark.parametrize("what", ["folder", "clone"])
async def test_a_damaged_workspace_can_be_removed(yard: Yard, what: str) -> None:
    workspace = await yard.workspace(agent="writer", prompt="kept")
    await yard.turn(workspace)
    take_away(yard.home.workspaces / workspace.name, what)
    await yard.remove(workspace.name)
    assert await yard.client.workspaces() == ()


async def test_a_folder_that_is_gone_is_not_half_made_by_what_is_asked_of_it(yard: Yard) -> None:
    workspace = await yard.workspace(agent="writer", prompt="kept")
    await yard.turn(workspace)
    root = yard.home.workspaces / workspace.name
    take_away(root, "folder")
    with pytest.raises(BoatyardError, match="is gone") as caught:
        await yard.client.take_checkpoint(workspace.name, TakeCheckpoint())
    assert f"workspace repair {workspace.name}" in caught.value.hint
    assert not root.exists()


async def test_repairing_a_whole_workspace_changes_nothing(yard: Yard) -> None:
    workspace = await yard.workspace(agent="writer", prompt="kept")
    await yard.turn(workspace)
    path = Path(workspace.repos[0].path) / "WORK.md"
    path.write_text("not in any snapshot\n")
    await yard.done(await yard.client.repair_workspace(workspace.name))
    assert path.read_text() == "not in any snapshot\n"
    assert not (yard.home.workspaces / workspace.name / "damaged").exists()


@pytest.mark.container
@pytest.mark.slow
@pytest.mark.parametrize("how", ["removed", "stopped"])
async def test_a_container_ended_from_outside_is_told_while_the_engine_runs_and_at_its_next_start(
    yard: Yard, docker_engine: str, api: docker.APIClient, how: str
) -> None:
    workspace = await yard.workspace(settings=docker_settings(docker_engine))
    try:
        process = await yard.client.run_command(workspace.name, RunCommand(argv=("sleep", "600")))
        (container,) = await yard.client.containers()
        await yard.engine.reconciliation.compared.wait()
        async with yard.watch() as watch:
            if how == "removed":
                api.remove_container(container.id, force=True)
            else:
                api.kill(container.id)
            event = await watch.until(Noticed)
        assert event.notice.workspace == workspace.name and "outside" in event.notice.text
        assert (await yard.client.wait_process(process.id)).status is ProcessStatus.LOST
        await yard.restart()
        await yard.engine.reconciliation.compared.wait()
        (notice,) = await yard.client.notices()
        assert f"the container of {workspace.name} was {how}" in notice.text
        await yard.done(await yard.client.repair_workspace(workspace.name))
        assert (await yard.client.workspace_health(workspace.name)).troubles == ()
        assert len(await yard.client.containers()) == 1
    finally:
        await yard.remove(workspace.name)


@pytest.mark.container
@pytest.mark.slow
async def test_what_we_end_ourselves_is_no_news(yard: Yard, docker_engine: str) -> None:
    workspace = await yard.workspace(settings=docker_settings(docker_engine))
    await yard.client.stop_container(workspace.name)
    await yard.client.start_container(workspace.name)
    await yard.done(await yard.client.close_workspace(workspace.name))
    await yard.done(await yard.client.restore_workspace(workspace.name))
    await yard.remove(workspace.name)
    assert await yard.client.notices() == ()
