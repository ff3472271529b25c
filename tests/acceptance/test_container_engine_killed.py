"""The container engine is killed and started again while something runs in a workspace."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import cast

import pytest

from core.values.events import Noticed
from core.values.requests import RunCommand
from core.values.states import ProcessStatus
from tests.second_engine import SecondEngine
from tests.waiting import until
from tests.yard import AGENTS, Yard, docker_settings

pytestmark = [pytest.mark.container, pytest.mark.slow]

COUNT = 'i=0; while read -r l && [ "$l" != end ]; do i=$((i+1)); echo "$i $l"; done < "$0"; echo whole'


@pytest.fixture
async def second(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, docker_engine: str
) -> AsyncIterator[SecondEngine]:
    if os.geteuid() != 0 or not (shutil.which("dockerd") and shutil.which("unshare")):
        pytest.skip("a container engine of the test's own needs root, dockerd and unshare")
    engine = SecondEngine(tmp_path_factory.mktemp("d"), *cast(tuple[str, ...], request.param))
    try:
        await engine.start()
        engine.load(docker_engine)
        yield engine
    finally:
        await engine.end()


@pytest.fixture
async def yard(second: SecondEngine, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Yard]:
    monkeypatch.setenv("DOCKER_HOST", second.address)
    async with Yard(AGENTS) as each:
        yield each


@pytest.mark.parametrize("second", [("--live-restore",)], indirect=True)
async def test_with_live_restore_what_runs_goes_on_and_nothing_of_its_log_is_missing(
    second: SecondEngine, yard: Yard, docker_engine: str
) -> None:
    workspace = await yard.workspace(settings=docker_settings(docker_engine))
    gate = Path(workspace.repos[0].path) / "gate"
    os.mkfifo(gate)
    process = await yard.client.run_command(workspace.name, RunCommand(argv=("sh", "-c", COUNT, str(gate))))
    with open(os.open(gate, os.O_RDWR), "w", buffering=1) as line:
        line.write("before\n")
        async with yard.watch() as watch:
            await second.kill()
            await watch.until(Noticed, lambda e: "does not answer" in e.notice.text)
            line.write("meanwhile\n")
            await second.start()
            await watch.until(Noticed, lambda e: "answers again" in e.notice.text)
        line.write("after\nend\n")
    ended = await yard.client.wait_process(process.id)
    assert (ended.status, ended.exit_code) == (ProcessStatus.COMPLETED, 0)
    assert (await yard.client.log(process.id)).text == "1 before\n2 meanwhile\n3 after\nwhole\n"


@pytest.mark.parametrize("second", [()], indirect=True)
async def test_without_it_what_ran_is_said_to_be_lost_and_the_workspace_works_on(
    second: SecondEngine, yard: Yard, docker_engine: str
) -> None:
    workspace = await yard.workspace(settings=docker_settings(docker_engine))
    gate = Path(workspace.repos[0].path) / "gate"
    os.mkfifo(gate)
    process = await yard.client.run_command(workspace.name, RunCommand(argv=("sh", "-c", COUNT, str(gate))))
    with open(os.open(gate, os.O_RDWR), "w", buffering=1) as line:
        line.write("before\n")
        await until(
            lambda: (yard.home.workspaces / workspace.name / "runs" / process.id / "out").stat().st_size
        )
        async with yard.watch() as watch:
            await second.kill()
            await watch.until(Noticed, lambda e: "does not answer" in e.notice.text)
            await second.start()
            await watch.until(Noticed, lambda e: "answers again" in e.notice.text)
    ended = await yard.client.wait_process(process.id)
    assert ended.status is ProcessStatus.LOST and ended.exit_code is None and ended.reason
    assert (await yard.client.log(process.id)).text == "1 before\n"
    again = await yard.client.run_command(workspace.name, RunCommand(argv=("echo", "works")))
    assert (await yard.client.wait_process(again.id)).status is ProcessStatus.COMPLETED
    assert len(await yard.client.containers()) == 1
