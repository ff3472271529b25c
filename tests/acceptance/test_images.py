"""Where the image comes from: a Dockerfile of the repository, or its devcontainer.json."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import docker
import pytest

from core.errors import ConflictError, UsageError
from core.runners.docker.address import find_address
from core.values.entities import StepReport
from core.values.events import OperationChanged
from core.values.requests import NewWorkspace, RemoveWorkspace, RunCommand, WantedSettings
from core.values.states import OperationStatus, ProcessStatus, RunnerKind, WorkspaceState
from tests.yard import Yard, git

pytestmark = [pytest.mark.container, pytest.mark.slow]


@pytest.fixture
def api(yard: Yard, docker_engine: str) -> Iterator[docker.APIClient]:
    client = docker.APIClient(find_address(os.environ), version="auto")
    yield client
    label = f"boatyard.instance={yard.home.instance}"
    for container in client.containers(all=True, filters={"label": label}):
        client.remove_container(container["Id"], force=True)
    for image in client.images(filters={"label": f"boatyard.built-for={yard.home.instance}"}):
        client.remove_image(image["Id"], force=True)
    client.close()


def wanted(**more: object) -> WantedSettings:
    # The fields come by name from each test: a type checker cannot follow that.
    return WantedSettings(runner=RunnerKind.DOCKER, memory_mb=512, cpus=1.0, **more)  # type: ignore[arg-type]


async def output(yard: Yard, name: str, script: str) -> str:
    process = await yard.client.run_command(name, RunCommand(argv=("sh", "-c", script)))
    ended = await yard.client.wait_process(process.id)
    assert ended.status is ProcessStatus.COMPLETED, (await yard.client.log(process.id, stream="err")).text
    return (await yard.client.log(process.id)).text


async def test_a_dockerfile_is_built_with_its_arguments_and_told_while_it_happens(
    yard: Yard, api: docker.APIClient, docker_engine: str
) -> None:
    dockerfile = f"FROM {docker_engine}\nARG WORD\nCOPY hello /hello\nRUN echo $WORD >> /hello\n"
    repository = yard.repository("repo", {"docker/Dockerfile": dockerfile, "hello": "hello\n"})
    (repository / "hello").write_text("not committed\n")
    settings = wanted(dockerfile="docker/Dockerfile", build_args={"WORD": "world"})
    async with yard.watch() as watch:
        operation = await yard.begin(repository, name="built", settings=settings)
        await watch.until(OperationChanged, lambda e: "Step " in environment(e.operation.steps).detail)
        ended = await yard.done(operation)
    assert environment(ended.steps).detail == "image: built from docker/Dockerfile of repo"
    assert await output(yard, "built", "cat /hello") == "hello\nworld\n"
    assert "Successfully built" in await yard.client.build_log("built")
    first = (await yard.client.workspace("built")).settings.image

    again = await yard.workspace(repository, name="again", settings=settings)
    assert again.settings.image == first and await yard.client.build_log("again") == "", "it was built twice"
    other = wanted(dockerfile="docker/Dockerfile", build_args={"WORD": "moon"})
    assert (await yard.workspace(repository, name="other", settings=other)).settings.image != first
    (repository / "hello").write_text("changed\n")
    git(repository, "commit", "-qam", "change")
    assert (await yard.workspace(repository, name="later", settings=settings)).settings.image != first


def environment(steps: tuple[StepReport, ...]) -> StepReport:
    return next((step for step in steps if step.name == "environment"), StepReport(name="", label=""))


async def test_a_build_that_fails_says_which_step_and_keeps_the_workspace(
    yard: Yard, api: docker.APIClient, docker_engine: str
) -> None:
    repository = yard.repository("repo", {"Dockerfile": f"FROM {docker_engine}\nRUN echo dear me; exit 3\n"})
    operation = await yard.begin(repository, name="broken", settings=wanted(dockerfile="Dockerfile"))
    ended = await yard.client.wait_operation(operation.id)
    assert ended.status is OperationStatus.FAILED
    assert ended.error is not None and "returned a non-zero code: 3" in str(ended.error["message"])
    assert "dear me" in environment(ended.steps).detail.splitlines()
    assert "dear me" in str(ended.error["details"]) and "dear me" in await yard.client.build_log("broken")
    assert (await yard.client.workspace("broken")).state is WorkspaceState.FAILED
    for dockerfile, words in (
        ("missing", "no repository of the workspace has"),
        ("../x", "is not in a repo"),
    ):
        task = (await yard.client.tasks())[0]
        begun = await yard.client.new_workspace(
            NewWorkspace(task=task.id, settings=wanted(dockerfile=dockerfile))
        )
        assert words in str((await yard.client.wait_operation(begun.id)).error)
    with pytest.raises(UsageError, match="both given"):
        both = wanted(dockerfile="Dockerfile", image=docker_engine)
        await yard.client.new_workspace(NewWorkspace(task=task.id, settings=both))


async def test_a_workspace_whose_image_is_gone_can_be_removed_and_its_files_are_kept(
    yard: Yard, api: docker.APIClient, docker_engine: str
) -> None:
    repository = yard.repository("repo", {"Dockerfile": f"FROM {docker_engine}\nRUN true\n"})
    workspace = await yard.workspace(repository, name="gone", settings=wanted(dockerfile="Dockerfile"))
    Path(workspace.repos[0].path, "late.md").write_text("seen by nobody yet\n")
    image = (await yard.client.workspace("gone")).settings.image
    (container,) = await yard.client.containers()
    api.remove_container(container.id, force=True)
    api.remove_image(image, force=True)
    with pytest.raises(ConflictError, match="would lose cannot be counted: the image"):
        await yard.client.remove_workspace("gone", RemoveWorkspace())
    await yard.remove("gone")
    kept = yard.home.trash / "gone" / "code" / "repo" / "late.md"
    assert await yard.client.workspaces() == () and kept.read_text() == "seen by nobody yet\n"


async def test_a_devcontainer_is_honoured_where_no_image_is_given(
    yard: Yard, api: docker.APIClient, docker_engine: str
) -> None:
    text = """{
        // what this project needs
        "build": {"dockerfile": "Dockerfile", "args": {"BASE": "%s"}},
        "containerEnv": {"MODE": "dev", "HERE": "${containerWorkspaceFolder}"},
        "postCreateCommand": "echo made > post-create",
        "forwardPorts": [8080],
        "remoteUser": "vscode",
        "mounts": ["source=cache,target=/cache,type=volume", "target=/scratch,type=tmpfs"],
        "initializeCommand": "touch /tmp/pwned",
    }"""
    files = {
        ".devcontainer/devcontainer.json": text % docker_engine,
        ".devcontainer/Dockerfile": "ARG BASE\nFROM $BASE\nRUN echo yes > /made\n"
        "RUN mkdir -p /home/vscode/bin && echo 'echo tool' > /home/vscode/bin/tool\n",
    }
    repository = yard.repository("repo", files)
    workspace = await yard.workspace(repository, name="dev", settings=wanted())
    code = workspace.repos[0].path
    script = 'cat /made; echo "$MODE $HERE"; touch /cache/kept /scratch/x'
    assert await output(yard, "dev", script) == f"yes\ndev {code}\n"
    assert Path(code, "post-create").read_text() == "made\n"
    who = 'echo "$USER $HOME $(whoami)"; sh ~/bin/tool; echo kept > ~/note'
    assert await output(yard, "dev", who) == "vscode /home/vscode vscode\ntool\n"
    assert (yard.home.workspaces / "dev/volumes/cache/kept").exists()
    assert [port.inner for port in workspace.ports] == [8080]
    assert workspace.settings.unsupported == ("initializeCommand: it would run on this machine",)
    assert "devcontainer.json of repo" in workspace.settings.image_from

    await yard.done(await yard.client.close_workspace("dev"))
    for image in api.images(filters={"label": f"boatyard.built-for={yard.home.instance}"}):
        for container in api.containers(
            all=True, filters={"label": f"boatyard.instance={yard.home.instance}"}
        ):
            api.remove_container(container["Id"], force=True)
        api.remove_image(image["Id"], force=True)
    await yard.done(await yard.client.restore_workspace("dev"))
    assert await output(yard, "dev", "cat /made ~/note; ls /cache") == "yes\nkept\nkept\n"

    given = await yard.workspace(repository, name="plain", settings=wanted(image=docker_engine))
    assert await output(yard, "plain", 'echo "${MODE-}"; ls /made 2>/dev/null || :') == "\n"
    assert given.settings.image == docker_engine
