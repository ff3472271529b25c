"""Limits of a workspace: changed while it runs, told when they are hit, and nothing outside is harmed."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import UsageError
from core.values.events import Noticed
from core.values.requests import RunCommand, UpdateWorkspace, WantedSettings
from core.values.states import ProcessStatus, RunnerKind
from tests.yard import Yard, docker_settings

pytestmark = pytest.mark.slow


async def run(yard: Yard, name: str, script: str) -> tuple[int | None, str, str]:
    """Exit code, output and reason of a script that has ended."""
    process = await yard.client.run_command(name, RunCommand(argv=("sh", "-c", script)))
    ended = await yard.client.wait_process(process.id)
    return ended.exit_code, (await yard.client.log(process.id)).text, ended.reason


@pytest.mark.container
async def test_limits_change_while_processes_run_and_what_was_installed_stays(
    yard: Yard, docker_engine: str
) -> None:
    workspace = await yard.workspace(settings=docker_settings(docker_engine))
    await run(yard, workspace.name, "true")
    sleeping = await yard.client.run_command(workspace.name, RunCommand(argv=("sleep", "600")))
    (before,) = await yard.client.containers()
    body = UpdateWorkspace(memory_mb=300, processes=77, cpus=0.5)
    changed = await yard.client.update_workspace(workspace.name, body)
    assert (changed.settings.memory_mb, changed.settings.processes) == (300, 77)
    (now,) = await yard.client.containers(stats=True)
    assert now.id == before.id and now.usage is not None
    assert (now.usage.memory_limit_bytes, now.usage.processes_limit) == (300 * 2**20, 77)
    assert (await yard.client.process(sleeping.id)).status is ProcessStatus.RUNNING
    await yard.client.stop_process(sleeping.id)
    await yard.restart()
    await run(yard, workspace.name, "true")
    assert [each.id for each in await yard.client.containers()] == [before.id]


async def test_a_limit_that_makes_no_sense_changes_nothing(yard: Yard) -> None:
    workspace = await yard.workspace()
    for body in (
        UpdateWorkspace(memory_mb=1), UpdateWorkspace(disk_mb=1), UpdateWorkspace(network="some"),
        UpdateWorkspace(allow_hosts=("no host",)),
    ):  # fmt: skip
        with pytest.raises(UsageError):
            await yard.client.update_workspace(workspace.name, body)
    assert (await yard.client.workspace(workspace.name)).settings == workspace.settings


@pytest.mark.container
async def test_using_too_much_memory_is_told_as_that(yard: Yard, docker_engine: str) -> None:
    workspace = await yard.workspace(settings=docker_settings(docker_engine))
    await yard.client.update_workspace(workspace.name, UpdateWorkspace(memory_mb=100))
    await yard.engine.reconciliation.compared.wait()
    async with yard.watch() as watch:
        script = "python3 -c 'x = b\"x\" * (400 * 2**20)'"
        code, _, reason = await run(yard, workspace.name, script)
        event = await watch.until(Noticed)
    assert code == 137 and "more memory than its limit of 100 MB" in reason
    assert "more memory than its limit of 100 MB" in event.notice.text


@pytest.mark.parametrize("runner", ["host", pytest.param("docker", marks=pytest.mark.container)])
async def test_passing_the_disk_limit_stops_the_workspace_with_the_reason_and_nothing_else(
    yard: Yard, runner: str, request: pytest.FixtureRequest
) -> None:
    settings = WantedSettings(runner=RunnerKind.HOST, disk_mb=20)
    if runner == "docker":
        image = request.getfixturevalue("docker_engine")
        settings = WantedSettings(runner=RunnerKind.DOCKER, image=image, network="none", disk_mb=20)
    other = await yard.workspace(title="other")
    neighbour = await yard.client.run_command(other.name, RunCommand(argv=("sleep", "600")))
    workspace = await yard.workspace(title="greedy", settings=settings)
    # Grows slowly, so that the test fills no disk when the limit is not kept.
    script = (
        "i=0; while [ $i -lt 60 ]; do head -c 2000000 /dev/urandom > f$i; i=$((i+1)); sleep 0.3; done; "
        "sleep 600"
    )
    async with yard.watch() as watch:
        code, _, reason = await run(yard, workspace.name, script)
        assert "more than its limit of 20 MB" in reason, (code, reason)
        event = await watch.until(Noticed, lambda e: e.notice.workspace == workspace.name)
    assert "--disk" in event.notice.text
    assert (await yard.client.process(neighbour.id)).status is ProcessStatus.RUNNING
    # Making room is possible, and the files are there until then.
    folder = Path(workspace.repos[0].path)
    assert list(folder.glob("f*"))
    code, _, _ = await run(yard, workspace.name, "rm f*")
    assert code == 0 and not list(folder.glob("f*"))


@pytest.mark.container
async def test_forking_without_end_harms_nothing_outside_and_can_be_stopped(
    yard: Yard, docker_engine: str
) -> None:
    workspace = await yard.workspace(title="bomb", settings=docker_settings(docker_engine))
    await yard.client.update_workspace(workspace.name, UpdateWorkspace(processes=60, cpus=0.5))
    other = await yard.workspace(title="other", settings=docker_settings(docker_engine))
    script = "import os, time\nwhile True:\n try: os.fork()\n except OSError: time.sleep(0.01)\n"
    bomb = await yard.client.run_command(workspace.name, RunCommand(argv=("python3", "-c", script)))
    usage = yard.client.container_usage(workspace.name)
    async for sample in usage:
        assert sample.processes <= 60
        if sample.processes >= 55:
            break
    assert (await run(yard, other.name, "echo fine"))[:2] == (0, "fine\n")
    stopped = await yard.client.stop_process(bomb.id)
    assert stopped.status is ProcessStatus.KILLED
    assert (await run(yard, workspace.name, "echo again"))[:2] == (0, "again\n")


@pytest.mark.container
async def test_a_container_that_deletes_its_own_git_harms_only_itself(yard: Yard, docker_engine: str) -> None:
    workspace = await yard.workspace(settings=docker_settings(docker_engine))
    script = "rm -rf .git /boatyard/git/* ; rm -rf ./* ; git status; true"
    await run(yard, workspace.name, script)
    other = await yard.workspace(title="other", settings=docker_settings(docker_engine))
    assert (await run(yard, other.name, "git log --oneline | wc -l"))[1].strip() == "1"
    assert (await yard.client.workspace_health(workspace.name)).troubles
    await yard.done(await yard.client.repair_workspace(workspace.name))
    assert (await run(yard, workspace.name, "git status --porcelain && cat README.md"))[0] == 0
