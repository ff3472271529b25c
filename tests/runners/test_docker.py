"""Containers as they come, go, and change under the runner."""

from __future__ import annotations

import asyncio
import contextlib
import os
import uuid
from collections.abc import Iterator
from dataclasses import replace

import docker
import pytest
from docker.errors import NotFound

from core.errors import ConflictError, NotFoundError
from core.processes import Command, Ended, ExitReport, RunDirectory, follow
from core.runners import Environment, EnvironmentState, Owned
from core.runners.docker import DockerRunner
from core.runners.docker.address import find_address
from core.runners.docker.image import Images
from core.runners.reason import end_reason
from core.values.entities import Settings
from tests.waiting import until

pytestmark = [pytest.mark.container, pytest.mark.usefixtures("docker_engine"), pytest.mark.slow]


@pytest.fixture
def client(docker_engine: str) -> Iterator[docker.DockerClient]:
    made = docker.DockerClient(find_address(os.environ), version="auto")
    yield made
    made.close()


def name_of(env: Environment) -> str:
    return f"boatyard-{env.instance}-{env.workspace}"


def id_of(client: docker.DockerClient, env: Environment) -> str:
    return str(client.containers.get(name_of(env)).id)


async def start(runner: DockerRunner, env: Environment, *argv: str) -> RunDirectory:
    run = RunDirectory(env.runs / uuid.uuid4().hex)
    await runner.spawn(env, run, Command(argv, str(env.folder)))
    return run


async def end_of(runner: DockerRunner, env: Environment, run: RunDirectory) -> ExitReport | None:
    async with asyncio.timeout(60):
        async for event in follow(run, lambda: runner.alive(env, run), liveness_seconds=0.2):
            if isinstance(event, Ended):
                return event.report
    raise AssertionError


async def test_a_container_that_fits_is_kept(environment: Environment, client: docker.DockerClient) -> None:
    await DockerRunner().ensure(environment)
    first = id_of(client, environment)
    await DockerRunner().ensure(environment)
    assert id_of(client, environment) == first


async def test_a_container_that_vanished_is_made_again(
    environment: Environment, client: docker.DockerClient
) -> None:
    runner = DockerRunner()
    await runner.ensure(environment)
    client.containers.get(name_of(environment)).remove(force=True)
    assert await runner.state(environment) is EnvironmentState.ABSENT
    with pytest.raises(ConflictError, match="does not run"):
        await start(runner, environment, "true")
    assert list(environment.runs.iterdir()) == []
    await runner.ensure(environment)
    assert await runner.state(environment) is EnvironmentState.RUNNING


async def test_a_stopped_container_is_started_and_a_paused_one_woken(
    environment: Environment, client: docker.DockerClient
) -> None:
    runner = DockerRunner()
    await runner.ensure(environment)
    first = id_of(client, environment)
    await runner.stop(environment)
    assert await runner.state(environment) is EnvironmentState.STOPPED
    await runner.ensure(environment)
    client.containers.get(first).pause()
    await runner.ensure(environment)
    assert (await runner.exec(environment, ("echo", "up"))).out == b"up\n"
    assert id_of(client, environment) == first


async def test_other_settings_make_another_container_but_not_under_a_process(
    environment: Environment, client: docker.DockerClient
) -> None:
    runner = DockerRunner()
    await runner.ensure(environment)
    first = id_of(client, environment)
    changed = replace(environment, settings=Settings(image=environment.settings.image, network="full"))
    run = await start(runner, environment, "cat")
    await runner.ensure(changed)
    assert id_of(client, environment) == first and run.alive()
    run.close_input()
    await end_of(runner, environment, run)
    await until(lambda: not run.alive())
    await runner.ensure(changed)
    assert id_of(client, environment) != first


async def test_a_worktree_that_was_made_anew_is_seen(
    environment: Environment, client: docker.DockerClient
) -> None:
    runner = DockerRunner()
    await runner.ensure(environment)
    environment.folder.rename(environment.root / "old")
    environment.folder.mkdir()
    (environment.folder / "new").touch()
    await runner.ensure(environment)
    assert (await runner.exec(environment, ("ls",))).out == b"new\n"


async def test_two_engines_that_make_it_at_once_share_it(environment: Environment) -> None:
    runners = [DockerRunner() for _ in range(3)]
    await asyncio.gather(*(runner.ensure(environment) for runner in runners))
    assert len(await runners[0].owned(environment.instance)) == 1


async def test_a_name_that_is_taken_by_others_is_told_and_left_alone(
    environment: Environment, client: docker.DockerClient, docker_engine: str
) -> None:
    foreign = client.containers.create(docker_engine, "true", name=name_of(environment))
    try:
        with pytest.raises(ConflictError, match=name_of(environment)) as caught:
            await DockerRunner().ensure(environment)
        assert "docker rename" in caught.value.hint
        assert id_of(client, environment) == foreign.id
    finally:
        foreign.remove()


async def test_what_it_owns_is_found_by_label_orphans_included(environment: Environment) -> None:
    runner = DockerRunner()
    await runner.ensure(environment)
    await DockerRunner().ensure(replace(environment, workspace="second"))
    await runner.stop(environment)
    owned = sorted(await runner.owned(environment.instance), key=lambda o: o.workspace)
    assert [(o.workspace, o.state, o.helper) for o in owned] == [
        ("second", EnvironmentState.RUNNING, False),
        ("ws", EnvironmentState.STOPPED, False),
    ]
    assert owned[1].name == name_of(environment)
    assert await runner.owned("000000000000") == []


async def helpers_of(runner: DockerRunner, env: Environment) -> list[Owned]:
    return [owned for owned in await runner.owned(env.instance) if owned.helper]


async def test_a_stopped_workspace_still_answers_short_commands(environment: Environment) -> None:
    runner = DockerRunner()
    await runner.ensure(environment)
    await runner.exec(environment, ("sh", "-c", "echo kept >file"))
    await runner.stop(environment)
    result = await runner.exec(environment, ("sh", "-c", "cat file; ls /sys/class/net; pwd; exit 6"))
    assert (result.exit_code, result.out.decode()) == (6, f"kept\nlo\n{environment.folder}\n")
    assert await runner.state(environment) is EnvironmentState.STOPPED
    assert await helpers_of(runner, environment) == []


async def test_a_workspace_without_container_answers_too(
    environment: Environment, docker_engine: str
) -> None:
    runner = DockerRunner()
    result = await runner.exec(environment, ("git", "--version"), needs="git")
    assert result.out.startswith(b"git version")
    assert await runner.owned(environment.instance) == []


@pytest.fixture
def image_without_git(client: docker.DockerClient, docker_engine: str) -> Iterator[str]:
    name = f"boatyard-test-{uuid.uuid4().hex[:8]}"
    container = client.containers.create(docker_engine, ["rm", "/usr/bin/git"])
    try:
        container.start()
        container.wait()
        container.commit(name, "x")
    finally:
        container.remove(force=True)
    yield f"{name}:x"
    client.images.remove(f"{name}:x")


async def test_git_is_borrowed_from_another_image_where_the_workspaces_has_none(
    environment: Environment, image_without_git: str
) -> None:
    settings = Settings(image=image_without_git, memory_mb=512, network="none")
    env, runner = replace(environment, settings=settings), DockerRunner()
    await runner.ensure(env)
    assert (await runner.exec(env, ("git", "--version"))).exit_code == 127
    result = await runner.exec(env, ("git", "--version"), needs="git")
    assert result.out.startswith(b"git version")
    await runner.remove(env)


async def test_an_image_that_cannot_be_had_is_named(environment: Environment, docker_engine: str) -> None:
    env = replace(environment, settings=Settings(image="localhost:1/no-such-image:x"))
    with pytest.raises(NotFoundError, match="localhost:1/no-such-image:x") as caught:
        await DockerRunner().ensure(env)
    assert "docker pull" in caught.value.hint
    assert await DockerRunner().owned(env.instance) == []


async def test_an_impossible_image_name_is_told(environment: Environment, docker_engine: str) -> None:
    env = replace(environment, settings=Settings(image="--Not An Image--"))
    with pytest.raises(NotFoundError, match="--Not An Image--"):
        await DockerRunner().ensure(env)


async def test_without_a_configured_image_a_labelled_one_is_taken(
    client: docker.DockerClient, docker_engine: str
) -> None:
    images = Images(DockerRunner()._connection)
    chosen = await images.resolve("")
    assert "boatyard.image" in client.images.get(chosen).labels


async def test_running_out_of_memory_is_told_as_that(environment: Environment, docker_engine: str) -> None:
    settings = Settings(image=docker_engine, memory_mb=64, network="none")
    env, runner = replace(environment, settings=settings), DockerRunner()
    await runner.ensure(env)
    run = await start(runner, env, "python3", "-c", "x = b'x' * (1 << 28)")
    report = await end_of(runner, env, run)
    assert report == ExitReport(137, out_of_memory=True)
    assert "limit of 64 MB" in end_reason(report, settings, isolates=True)
    assert (await runner.exec(env, ("echo", "fine"))).out == b"fine\n"
    await runner.remove(env)


FORKS = """
import os, time
while True:
    try:
        if os.fork() == 0:
            time.sleep(600)
    except OSError:
        print("full", flush=True)
        time.sleep(600)
"""


async def test_a_workspace_full_of_processes_can_still_be_ended(
    environment: Environment, docker_engine: str
) -> None:
    settings = Settings(image=docker_engine, memory_mb=512, processes=40, network="none")
    env, runner = replace(environment, settings=settings), DockerRunner()
    await runner.ensure(env)
    run = await start(runner, env, "python3", "-c", FORKS)
    await until(lambda: b"full" in run.read("out", 0))
    await runner.terminate(env, run, 1.0)
    await until(lambda: not run.alive())
    await runner.ensure(env)
    assert (await runner.exec(env, ("echo", "usable"))).out == b"usable\n"
    await runner.remove(env)


async def test_a_container_killed_from_outside_loses_its_processes_and_says_so(
    environment: Environment, client: docker.DockerClient
) -> None:
    runner = DockerRunner()
    await runner.ensure(environment)
    run = await start(runner, environment, "cat")
    client.containers.get(name_of(environment)).kill()
    report = await end_of(runner, environment, run)
    assert report is None
    assert end_reason(report, environment.settings, isolates=True).startswith("lost")
    await runner.terminate(environment, run, 1.0)


async def test_the_sandbox_cannot_mislead_whoever_reads_its_run_directory(environment: Environment) -> None:
    runner = DockerRunner()
    secret = environment.root / "secret"
    await runner.ensure(environment)
    secret.write_text("secret")
    script = (
        f"read -r go; cd {environment.runs}/$BOATYARD_RUN; rm out; ln -s {secret} out; rm pid; mkfifo pid; "
        "rm exit; ln -s /dev/zero exit; rm in; ln -s /etc/passwd in; kill -9 $PPID; sleep 600"
    )
    run = await start(runner, environment, "sh", "-c", script)
    await run.write_input(b"go\n")  # only now: it would take away the files that its own start waits for
    seen = b""
    async with asyncio.timeout(30):
        async for event in follow(run, lambda: runner.alive(environment, run), liveness_seconds=0.2):
            if isinstance(event, Ended):
                assert event.report is None
            else:
                seen += event.data
    assert seen == b""
    with pytest.raises(ConflictError):
        await run.write_input(b"x")
    await runner.terminate(environment, run, 1.0)
    with contextlib.suppress(NotFound):
        await runner.remove(environment)
