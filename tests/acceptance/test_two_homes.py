"""Two homes on one container engine with workspaces of the same name: neither sees or touches the other's."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from core.errors import NotFoundError
from core.values.events import ContainersChanged, Noticed
from core.values.requests import PruneContainers, RunCommand
from core.values.states import ProcessStatus
from tests.waiting import until_async
from tests.yard import AGENTS, Daemon, docker_settings

pytestmark = [pytest.mark.container, pytest.mark.slow]

STARTS = 2
"""Of each engine; it compares its containers with its workspaces after each."""


@pytest.fixture
async def homes(docker_engine: str) -> AsyncIterator[tuple[Daemon, Daemon]]:
    async with Daemon(AGENTS, forked=True) as first, Daemon(AGENTS, forked=True) as second:
        for daemon in (first, second):
            await daemon.start()
        yield first, second
        for daemon in (first, second):
            for workspace in await daemon.client.workspaces():
                await daemon.remove(workspace.name)


async def test_the_same_name_in_two_homes_is_two_worlds(
    homes: tuple[Daemon, Daemon], docker_engine: str
) -> None:
    mine, theirs = homes
    for daemon in homes:
        await daemon.workspace(name="twin", settings=docker_settings(docker_engine))
    (my_container,), (their_container,) = [await daemon.client.containers() for daemon in homes]
    assert my_container.id != their_container.id and my_container.name != their_container.name
    running = await theirs.client.run_command("twin", RunCommand(argv=("sleep", "600")))

    # What the other has cannot be named: neither by name nor by id.
    for key in (their_container.name, their_container.id, their_container.id[:12]):
        for act in (mine.client.container, mine.client.stop_container, mine.client.remove_container):
            with pytest.raises(NotFoundError):
                await act(key)

    # Acting on the own one, by the name that both have, leaves the other's alone and is no news there.
    async with theirs.watch() as watch:
        await mine.client.restart_container("twin")
        await mine.client.remove_container("twin")
        await mine.remove("twin")
        assert await mine.client.containers() == ()
        assert (await mine.client.prune_containers(PruneContainers())).containers == ()
        assert [each.id for each in await theirs.client.containers()] == [their_container.id]
        assert (await theirs.client.process(running.id)).status is ProcessStatus.RUNNING
        assert not [each for each in watch.seen if isinstance(each, ContainersChanged | Noticed)]

    # An engine that starts anew finds its own and reports nothing of the other's.
    for daemon in homes:
        await daemon.restart()
    await until_async(lambda: _compared(theirs))
    assert await mine.client.notices() == await theirs.client.notices() == ()
    assert (await theirs.client.process(running.id)).status is ProcessStatus.RUNNING
    await theirs.client.stop_process(running.id)


async def _compared(daemon: Daemon) -> bool:
    """Whether the engine has looked at its containers since its start."""
    return daemon.home.log.read_text().count("workspaces with") >= STARTS
