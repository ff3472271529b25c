"""An engine that was killed finds everything again: containers, processes, and nothing twice."""

from __future__ import annotations

import asyncio
import time

import pytest

from core.values.requests import RunCommand
from core.values.states import ProcessStatus
from tests.yard import AGENTS, Daemon, docker_settings

pytestmark = [pytest.mark.container, pytest.mark.slow]

WORKSPACES = 4


async def test_containers_and_what_runs_in_them_are_found_again_once_each(docker_engine: str) -> None:
    async with Daemon(AGENTS) as daemon:
        await daemon.start()
        try:
            settings = docker_settings(docker_engine)
            for number in range(WORKSPACES):
                await daemon.workspace(title=f"ws {number}", name=f"ws-{number}", settings=settings)
            names = [each.name for each in await daemon.client.workspaces()]
            command = RunCommand(argv=("sh", "-c", "echo begun; sleep 600"))
            processes = [await daemon.client.run_command(name, command) for name in names]
            before = await daemon.client.containers()
            await daemon.kill()
            began = time.monotonic()
            await daemon.start()
            assert await daemon.client.containers() == before
            found = [await daemon.client.process(process.id) for process in processes]
            took = time.monotonic() - began
            assert {process.status for process in found} == {ProcessStatus.RUNNING}
            assert sorted(each.name for each in await daemon.client.workspaces()) == sorted(names)
            assert (await daemon.client.engine_status()).running == WORKSPACES
            assert took < 5, took
        finally:
            for workspace in await daemon.client.workspaces():
                await daemon.remove(workspace.name)
            await asyncio.sleep(0)
