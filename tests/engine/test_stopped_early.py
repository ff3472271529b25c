"""A process that is stopped while it is being started does not slip through."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from core.runners.host import HostRunner
from core.values.events import ProcessChanged
from core.values.requests import RunCommand
from core.values.states import ProcessStatus
from tests.yard import Yard


async def test_a_stop_that_comes_before_the_process_ends_it(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = await yard.workspace()
    gate, spawn = asyncio.Event(), HostRunner.spawn

    async def slow(*args: Any) -> None:
        await gate.wait()
        await spawn(*args)

    monkeypatch.setattr(HostRunner, "spawn", slow)
    async with yard.watch() as watch:
        running = asyncio.create_task(
            yard.client.run_command(workspace.name, RunCommand(argv=("sleep", "600")))
        )
        begun = await watch.until(ProcessChanged)
        stopping = asyncio.create_task(yard.client.stop_process(begun.process.id))
        await asyncio.sleep(0)
        gate.set()
        await asyncio.gather(running, stopping)
    ended = await yard.client.wait_process(begun.process.id)
    assert ended.status is ProcessStatus.KILLED
