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
from tests.road import Road
from tests.yard import AGENTS, Yard, docker_settings

pytestmark = [pytest.mark.container, pytest.mark.slow]


@pytest.fixture
async def road(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, docker_engine: str) -> AsyncIterator[Road]:
    road = Road(tmp_path / "docker.sock", find_address(os.environ))
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
