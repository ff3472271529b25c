"""Fixtures for tests that run real containers, and for both runners in one test.

Without a container engine such tests are skipped, with the reason; with `BOATYARD_REQUIRE_CONTAINERS=1`,
as under continuous integration, they fail instead.
"""

from __future__ import annotations

import os
import socket
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from core.errors import UnreachableError
from core.runners import Environment, Runner
from core.runners.docker import DockerRunner
from core.runners.docker.address import find_address
from core.runners.host import HostRunner
from core.values.entities import Settings

IMAGE = os.environ.get("BOATYARD_TEST_IMAGE", "boatyard-dev:ci")
"""A small image with git, sh, bash, busybox and python3; `.ci/docker-engine` makes it."""

REQUIRED = os.environ.get("BOATYARD_REQUIRE_CONTAINERS") == "1"


def _missing() -> str:
    """Why no container can be run here; empty when one can."""
    try:
        address = find_address(os.environ)
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as door:
            door.connect(address.removeprefix("unix://"))
    except (OSError, UnreachableError) as error:
        return f"no container engine answers: {error}"
    return _missing_image(address)


def _missing_image(address: str) -> str:
    import docker
    from docker.errors import DockerException, ImageNotFound

    try:
        client = docker.DockerClient(address, version="auto", timeout=10)
    except DockerException as error:
        return f"no container engine answers: {error}"
    try:
        client.images.get(IMAGE)
    except ImageNotFound:
        return f"the image {IMAGE} is missing: make it with .ci/docker-engine"
    finally:
        client.close()
    return ""


@pytest.fixture(scope="session")
def docker_engine() -> str:
    """The name of an image for containers; asks for an engine that has it."""
    reason = _missing()
    if reason and REQUIRED:
        pytest.fail(f"containers are required (BOATYARD_REQUIRE_CONTAINERS=1): {reason}")
    if reason:
        pytest.skip(reason)
    return IMAGE


@pytest.fixture
def instance(request: pytest.FixtureRequest) -> Iterator[str]:
    """An instance name of the test's own; whatever containers carry it are removed afterwards."""
    name = uuid.uuid4().hex[:12]
    yield name
    if request.node.get_closest_marker("container") and not _missing():
        _remove_containers(name)


def _remove_containers(instance: str) -> None:
    import docker
    from docker.errors import NotFound

    client = docker.APIClient(find_address(os.environ), version="auto")
    try:
        for container in client.containers(all=True, filters={"label": f"boatyard.instance={instance}"}):
            try:
                client.remove_container(container["Id"], force=True)
            except NotFound:
                continue  # A helper that removed itself meanwhile.
    finally:
        client.close()


@pytest.fixture
def environment(instance: str, tmp_path: Path) -> Environment:
    """A workspace without repositories, with the folders that a runner is promised."""
    root = tmp_path / "workspace"
    folder = root / "code"
    folder.mkdir(parents=True)
    settings = Settings(image=IMAGE, cpus=1.0, memory_mb=512, processes=128, network="none")
    return Environment("ws", instance, root, folder, settings=settings)


@pytest.fixture(params=["host", pytest.param("docker", marks=pytest.mark.container)])
async def runner(request: pytest.FixtureRequest, environment: Environment) -> AsyncIterator[Runner]:
    """Each runner in turn, with `environment` running; everything in it is ended afterwards."""
    if request.param == "docker":
        request.getfixturevalue("docker_engine")
    made: Runner = DockerRunner() if request.param == "docker" else HostRunner()
    await made.ensure(environment)
    yield made
    await made.remove(environment)
