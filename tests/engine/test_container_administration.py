"""The containers of a home: listed with what they use, acted on, pruned; and never anybody else's."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator

import docker
import pytest

from core.errors import ConflictError, NotFoundError
from core.runners.docker.address import find_address
from core.values.events import ContainersChanged
from core.values.requests import PruneContainers, RunCommand
from core.values.states import ProcessStatus
from tests.waiting import until, until_async
from tests.yard import AGENTS, Yard, docker_settings

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


def make_container(api: docker.APIClient, image: str, labels: dict[str, str]) -> str:
    made = api.create_container(image, ["sleep", "600"], labels=labels)
    api.start(made["Id"])
    return str(made["Id"])


async def test_a_container_is_listed_with_what_it_uses_and_can_be_acted_on(
    yard: Yard, docker_engine: str
) -> None:
    workspace = await yard.workspace(settings=docker_settings(docker_engine))
    (container,) = await yard.client.containers(stats=True)
    assert (container.workspace, container.state, container.orphan) == (workspace.name, "running", False)
    assert container.usage is not None and container.usage.processes >= 1
    assert container.usage.memory_limit_bytes == 512 * 2**20
    assert container.usage.processes_limit == 512
    assert container.disk_bytes is not None and container.started_at is not None

    running = await yard.client.run_command(workspace.name, RunCommand(argv=("sleep", "600")))
    async with yard.watch() as watch:
        stopped = await yard.client.stop_container(workspace.name)
        await watch.until(ContainersChanged, lambda e: workspace.name in e.workspaces)
    assert stopped.state == "exited"
    assert (await yard.client.wait_process(running.id)).status is ProcessStatus.KILLED
    assert (await yard.client.start_container(container.name)).state == "running"
    again = await yard.client.restart_container(container.id[:12])
    assert again.state == "running" and again.id == container.id
    await yard.client.remove_container(workspace.name)
    assert await yard.client.containers() == ()
    with pytest.raises(NotFoundError):
        await yard.client.container(workspace.name)
    process = await yard.client.run_command(workspace.name, RunCommand(argv=("true",)))
    assert (await yard.client.wait_process(process.id)).exit_code == 0
    assert len(await yard.client.containers()) == 1


async def test_a_closed_workspaces_container_is_not_started_under_it(yard: Yard, docker_engine: str) -> None:
    workspace = await yard.workspace(settings=docker_settings(docker_engine))
    await yard.done(await yard.client.close_workspace(workspace.name))
    with pytest.raises(ConflictError, match="closed") as refused:
        await yard.client.start_container(workspace.name)
    assert f"workspace restore {workspace.name}" in refused.value.hint


async def test_prune_names_and_removes_orphans_of_this_home_and_nothing_else(
    yard: Yard, docker_engine: str, api: docker.APIClient
) -> None:
    workspace = await yard.workspace(settings=docker_settings(docker_engine))
    mine = {"boatyard.instance": yard.home.instance, "boatyard.workspace": "gone"}
    others = {"boatyard.instance": "another-home", "boatyard.workspace": "gone"}
    orphan = make_container(api, docker_engine, mine)
    foreign = [make_container(api, docker_engine, labels) for labels in (others, {})]
    try:
        for dry_run in (True, False):
            report = await yard.client.prune_containers(PruneContainers(dry_run=dry_run))
            assert [each.id for each in report.containers] == [orphan]
            left = {each["Id"] for each in api.containers(all=True)}
            assert (orphan in left) is dry_run
            assert set(foreign) <= left
        assert [each.workspace for each in await yard.client.containers()] == [workspace.name]
        for container in foreign:
            with pytest.raises(NotFoundError):
                await yard.client.remove_container(container)
    finally:
        for container in foreign:
            api.remove_container(container, force=True)


async def test_all_who_look_share_one_stream_which_ends_with_the_last_of_them(
    yard: Yard, docker_engine: str
) -> None:
    workspace = await yard.workspace(settings=docker_settings(docker_engine))
    feeds = yard.engine.containers.feeds.feeds
    assert feeds == {}
    first = yard.client.container_usage(workspace.name)
    second = yard.client.container_usage(workspace.name)
    assert (await anext(first)).memory_limit_bytes == 512 * 2**20
    assert (await anext(second)).processes >= 1
    assert len(feeds) == 1
    await first.aclose()  # type: ignore[attr-defined]
    await anext(second)
    assert len(feeds) == 1
    await second.aclose()  # type: ignore[attr-defined]
    await until(lambda: feeds == {})


async def test_a_stream_ends_with_its_container(yard: Yard, docker_engine: str) -> None:
    workspace = await yard.workspace(settings=docker_settings(docker_engine))
    usage = yard.client.container_usage(workspace.name)
    await anext(usage)
    await yard.client.stop_container(workspace.name)

    async def ended() -> bool:
        return await anext(usage, None) is None

    await until_async(ended)
    assert yard.engine.containers.feeds.feeds == {}
