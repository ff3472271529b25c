"""The container engine is killed and started again while something runs in a workspace."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import cast

import pytest

from core.runners.docker.address import find_address
from core.values.events import Noticed
from core.values.requests import RunCommand
from core.values.states import ProcessStatus
from tests.waiting import until
from tests.yard import AGENTS, Yard, docker_settings

pytestmark = [pytest.mark.container, pytest.mark.slow]

COUNT = 'i=0; while read -r l && [ "$l" != end ]; do i=$((i+1)); echo "$i $l"; done < "$0"; echo whole'


class SecondEngine:
    """A container engine of the test's own, in a network namespace of its own.

    There it has no bridge; in the machine's own namespace it would take that of the first engine away.
    """

    def __init__(self, folder: Path, *options: str) -> None:
        self._folder = folder
        self._options = options
        self._daemon: asyncio.subprocess.Process | None = None
        self.address = f"unix://{folder}/d.sock"

    async def start(self) -> None:
        for left in (self._folder / "pid", self._folder / "exec/containerd/containerd.pid"):
            left.unlink(missing_ok=True)  # of a killed one
        with open(self._folder / "log", "ab") as log:
            self._daemon = await asyncio.create_subprocess_exec(
                "unshare", "--net", "dockerd", "-H", self.address, "-p", str(self._folder / "pid"),
                "--data-root", str(self._folder / "data"), "--exec-root", str(self._folder / "exec"),
                "--bridge", "none", "--iptables=false", "--ip-forward=false", *self._options,
                stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip
        await until(self._answers, seconds=60.0)

    def _answers(self) -> bool:
        asked = subprocess.run(["docker", "-H", self.address, "version"], capture_output=True, check=False)
        return asked.returncode == 0

    def load(self, image: str) -> None:
        """Gives it an image of the first engine."""
        first = find_address(os.environ)
        with subprocess.Popen(["docker", "-H", first, "save", image], stdout=subprocess.PIPE) as save:
            subprocess.run(
                ["docker", "-H", self.address, "load"], stdin=save.stdout, check=True, capture_output=True
            )

    async def kill(self) -> None:
        """It dies without a word, with what it has started for itself; shims and containers are left."""
        assert self._daemon is not None
        self._daemon.kill()
        await self._daemon.wait()
        containerd = self._folder / "exec/containerd/containerd.pid"
        if containerd.exists():
            os.kill(int(containerd.read_text()), signal.SIGKILL)

    async def end(self) -> None:
        """Ends it and all of its containers."""
        if self._daemon is not None and self._daemon.returncode is None:
            await asyncio.to_thread(self._remove_containers)
            self._daemon.terminate()
            await self._daemon.wait()
        await asyncio.to_thread(self._unmount)

    def _unmount(self) -> None:
        """A killed one leaves its data folder mounted over itself."""
        for line in Path("/proc/self/mountinfo").read_text().splitlines()[::-1]:
            point = line.split()[4]
            if point.startswith(f"{self._folder}/"):
                subprocess.run(["umount", "-l", point], check=True)

    def _remove_containers(self) -> None:
        docker = ["docker", "-H", self.address]
        listed = subprocess.run([*docker, "ps", "-aq"], capture_output=True, text=True, check=True)
        for container in listed.stdout.split():
            subprocess.run([*docker, "rm", "-f", container], capture_output=True, check=True)


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
        for workspace in await each.client.workspaces():
            await each.remove(workspace.name)


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
