"""Workspaces in containers: the same life, whatever happens to the container from outside."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import docker
import pytest

from core.runners.docker.address import find_address
from core.values.events import TaskChanged
from core.values.requests import MergeWorkspace, RemoveWorkspace, RunCommand, SendPrompt
from core.values.states import OperationStatus, ProcessStatus, TaskStatus, WorkspaceState
from tests.yard import AGENTS, Yard, docker_settings, git

pytestmark = [pytest.mark.container, pytest.mark.slow]


@pytest.fixture
async def yard(docker_engine: str) -> AsyncIterator[Yard]:
    async with Yard(AGENTS) as each:
        yield each


@pytest.fixture
def api(docker_engine: str) -> Iterator[docker.APIClient]:
    client = docker.APIClient(find_address(os.environ), version="auto")
    yield client
    client.close()


def containers(api: docker.APIClient, yard: Yard) -> list[dict[str, str]]:
    label = f"boatyard.instance={yard.home.instance}"
    found: list[dict[str, str]] = api.containers(all=True, filters={"label": label})
    return found


async def test_the_whole_life_of_a_workspace_in_a_container(
    yard: Yard, docker_engine: str, api: docker.APIClient
) -> None:
    repository = yard.repository()
    async with yard.watch() as watch:
        workspace = await yard.workspace(
            agent="writer", prompt="contained", settings=docker_settings(docker_engine)
        )
        assert (await yard.turn(workspace)).status is ProcessStatus.COMPLETED
        await watch.until(TaskChanged, lambda e: e.task.status is TaskStatus.IN_REVIEW)
    (container,) = containers(api, yard)
    assert container["State"] == "running"

    unseen = " ".join(map(str, (yard.home.database, repository, yard.home.config)))
    script = f"for path in {unseen}; do [ ! -e $path ] || exit 9; done; id -u; cat WORK.md"
    argv = ("sh", "-c", script)
    process = await yard.client.run_command(workspace.name, RunCommand(argv=argv))
    assert (await yard.client.wait_process(process.id)).exit_code == 0
    assert (await yard.client.log(process.id)).text == f"{os.getuid()}\ncontained\n"

    result = await yard.client.merge(workspace.name, MergeWorkspace())
    assert git(repository, "rev-parse", "main") == result.merges[0].commit
    await yard.done(await yard.client.close_workspace(workspace.name))
    assert [each["State"] for each in containers(api, yard)] == ["exited"]
    await yard.done(await yard.client.restore_workspace(workspace.name))
    assert [each["State"] for each in containers(api, yard)] == ["running"]
    await yard.remove(workspace.name)
    assert containers(api, yard) == []
    await yard.done(await yard.client.recover_workspace(workspace.name))
    assert (await yard.client.workspace(workspace.name)).state is WorkspaceState.OPEN
    assert (Path(workspace.repos[0].path) / "WORK.md").read_text() == "contained\n"


@pytest.mark.parametrize("how", ["stopped", "removed"])
async def test_a_container_that_was_ended_from_outside_is_there_again_for_the_next_prompt(
    yard: Yard, docker_engine: str, api: docker.APIClient, how: str
) -> None:
    workspace = await yard.workspace(agent="writer", prompt="one", settings=docker_settings(docker_engine))
    await yard.turn(workspace)
    running = await yard.client.run_command(workspace.name, RunCommand(argv=("sleep", "600")))
    (container,) = containers(api, yard)
    if how == "stopped":
        api.kill(container["Id"])
    else:
        api.remove_container(container["Id"], force=True)
    lost = await yard.client.wait_process(running.id)
    assert lost.status in (ProcessStatus.LOST, ProcessStatus.FAILED)
    assert lost.reason
    await yard.client.send(workspace.name, SendPrompt(prompt="two"))
    assert (await yard.turn(workspace)).status is ProcessStatus.COMPLETED
    assert (Path(workspace.repos[0].path) / "WORK.md").read_text() == "one\ntwo\n"


async def test_running_out_of_memory_says_so(yard: Yard, docker_engine: str) -> None:
    workspace = await yard.workspace(settings=docker_settings(docker_engine))
    argv = ("python3", "-c", "x = bytearray(2**31)")
    process = await yard.client.run_command(workspace.name, RunCommand(argv=argv))
    ended = await yard.client.wait_process(process.id)
    assert ended.status is ProcessStatus.FAILED
    assert "512 MB" in ended.reason or ended.exit_code == 1  # python may be refused instead of killed


async def test_a_creation_without_its_image_is_kept_to_be_tried_again_or_removed(
    yard: Yard, api: docker.APIClient
) -> None:
    operation = await yard.begin(settings=docker_settings("localhost:1/no/such:image"))
    ended = await yard.client.wait_operation(operation.id)
    assert ended.status is OperationStatus.FAILED
    assert ended.error is not None and "localhost:1/no/such:image" in str(ended.error["message"])
    assert ended.error["hint"]
    assert containers(api, yard) == []
    (kept,) = await yard.client.workspaces()
    assert kept.state is WorkspaceState.FAILED
    again = await yard.client.wait_operation((await yard.client.retry_setup(kept.name)).id)
    assert [step.name for step in again.steps] == ["environment", "setup"]
    await yard.done(await yard.client.remove_workspace(kept.name, RemoveWorkspace()))
    assert await yard.client.workspaces() == ()
