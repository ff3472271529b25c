"""Containers close by themselves after 30 idle minutes, unless somebody is inside."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.values.states import WorkspaceState
from tests.waiting import until
from tests.yard import AGENTS, Yard, docker_settings

pytestmark = [pytest.mark.container, pytest.mark.slow]


@pytest.fixture
async def yard(docker_engine: str) -> AsyncIterator[Yard]:
    async with Yard(AGENTS) as each:
        yield each


async def test_a_container_is_stopped_when_idle_and_not_while_a_shell_is_open(
    yard: Yard, docker_engine: str
) -> None:
    workspace = await yard.workspace(settings=docker_settings(docker_engine))
    name, mark = workspace.name, Path(workspace.repos[0].path) / "inside"
    container = (await yard.client.containers())[0].name
    shell = await asyncio.create_subprocess_exec(
        "docker", "exec", "-i", container, "sh", "-c", f"touch {mark}; read line",
        stdin=asyncio.subprocess.PIPE,
    )  # fmt: skip
    await until(mark.exists)
    yard.engine._context.clock = lambda: time.time() + 31 * 60
    await yard.engine.housekeeping.look()
    assert (await yard.client.workspace(name)).state is WorkspaceState.OPEN

    await shell.communicate(b"bye\n")
    yard.engine._context.clock = lambda: time.time() + 62 * 60
    await yard.engine.housekeeping.look()
    closed = await yard.client.workspace(name)
    assert closed.state is WorkspaceState.CLOSED
    assert "after 30 idle minutes" in closed.notice
    await yard.done(await yard.client.restore_workspace(name))
    assert mark.exists()
