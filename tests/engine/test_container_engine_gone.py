"""The container engine goes away and comes back under a running engine: that is told, and all compared."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import docker
import pytest

from core.runners.docker.address import find_address
from core.values.events import Noticed
from tests.yard import AGENTS, Yard, docker_settings

pytestmark = [pytest.mark.container, pytest.mark.slow]


class Road:
    """A socket that leads to the real container engine for as long as it is open."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._target = find_address(os.environ).removeprefix("unix://")
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        self._server = await asyncio.start_unix_server(self._serve, str(self.path))

    async def close(self) -> None:
        self._server.close()
        self.path.unlink(missing_ok=True)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        far_reader, far_writer = await asyncio.open_unix_connection(self._target)
        try:
            await asyncio.gather(self._carry(reader, far_writer), self._carry(far_reader, writer))
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            far_writer.close()
            writer.close()
            self._tasks.discard(task)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while piece := await reader.read(65536):
            writer.write(piece)
            await writer.drain()
        writer.write_eof()


@pytest.fixture
async def road(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, docker_engine: str) -> AsyncIterator[Road]:
    road = Road(tmp_path / "docker.sock")
    await road.open()
    yield road
    await road.close()


async def test_what_was_missed_while_the_container_engine_was_away_is_told_when_it_is_back(
    road: Road, docker_engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = find_address(os.environ)
    monkeypatch.setenv("DOCKER_HOST", f"unix://{road.path}")
    api = docker.APIClient(real, version="auto")
    try:
        async with Yard(AGENTS) as yard:
            workspace = await yard.workspace(settings=docker_settings(docker_engine))
            await yard.engine.reconciliation.compared.wait()
            (container,) = await yard.client.containers()
            async with yard.watch() as watch:
                await road.close()
                gone = await watch.until(Noticed)
                assert "does not answer" in gone.notice.text
                await asyncio.to_thread(api.remove_container, container.id, force=True)
                await road.open()
                removed = await watch.until(Noticed, lambda e: e.notice.workspace == workspace.name)
                assert "was removed" in removed.notice.text
                await watch.until(Noticed, lambda e: "answers again" in e.notice.text)
            await yard.done(await yard.client.repair_workspace(workspace.name))
            assert len(await yard.client.containers()) == 1
            await yard.remove(workspace.name)
    finally:
        api.close()
