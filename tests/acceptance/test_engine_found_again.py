"""An engine that was killed is started again: everything is found, once, and goes on."""

from __future__ import annotations

import pytest

from tests.bench.restart import clear, fill, found_again
from tests.yard import Daemon

pytestmark = [pytest.mark.container, pytest.mark.slow, pytest.mark.usefixtures("docker_engine")]


async def test_workspaces_containers_and_processes_are_all_there_and_nothing_twice() -> None:
    async with Daemon(forked=True) as yard:
        await yard.start()
        await fill(yard, workspaces=24, containers=4)
        try:
            await found_again(yard)
            await found_again(yard)
        finally:
            await clear(yard)
