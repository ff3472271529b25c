"""The container engine fails in the middle of an operation: that is told, and the operation can be repeated.

Between the engine and the real container engine lies a socket that lets so many requests through, spoils
one, and then works again.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from core.errors import BoatyardError
from core.runners.docker.address import find_address
from core.values.entities import Operation
from core.values.requests import EmptyTrash, NewWorkspace, RemoveWorkspace, RunCommand
from core.values.states import OperationStatus, WorkspaceState
from tests.road import Road
from tests.yard import AGENTS, Yard, docker_settings

pytestmark = [pytest.mark.container, pytest.mark.slow, pytest.mark.timeout(600)]

BROKEN = b'{"message": "storage is broken"}'
LEFT_BEGUN = {
    "its task is left": b'{"message": "task fc4aaa736cbe4e85: already exists"}',
    "its folder is left": b'{"message": "failed to start shim: mkdir /run/containerd/moby/fc4a: file exists: '
    b'unknown"}',
}
"""A start's answer, taken from a container engine that had been killed in the middle of the one before."""


def refusal(body: bytes) -> bytes:
    return (
        b"HTTP/1.1 500 Internal Server Error\r\nContent-Type: application/json\r\n"
        b"Content-Length: %d\r\nConnection: close\r\n\r\n%s" % (len(body), body)
    )


FAULTS = {
    "cuts the connection": b"",
    "answers 500": refusal(BROKEN),
    "sends half a frame": b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
    b'Content-Length: 900\r\n\r\n{"Id": "',
}
AT = (1, 2, 4, 7)
"""Which request is spoilt, counted from the beginning of an operation."""


@pytest.fixture(params=list(FAULTS.values()), ids=list(FAULTS))
def fault(request: pytest.FixtureRequest) -> bytes:
    """What the spoilt request is answered with."""
    assert isinstance(request.param, bytes)
    return request.param


@pytest.fixture
async def road(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, docker_engine: str) -> AsyncIterator[Road]:
    road = Road(tmp_path / "docker.sock", find_address(os.environ))
    await road.open()
    monkeypatch.setenv("DOCKER_HOST", f"unix://{road.path}")
    yield road
    await road.close()


async def ended(yard: Yard, begin: Awaitable[Operation]) -> Operation | None:
    """The operation at its end; None: it was refused before it began."""
    try:
        operation = await yard.client.wait_operation((await begin).id)
    except BoatyardError as error:
        assert "unexpected" not in error.message, error
        return None
    assert operation.status is not OperationStatus.RUNNING
    assert operation.error is None or "unexpected" not in str(operation.error["message"]), operation.error
    return operation


async def test_it_is_told_and_the_operation_can_be_repeated(
    road: Road, fault: bytes, docker_engine: str
) -> None:
    async def answer() -> bytes:
        return fault

    async with Yard(AGENTS) as yard:
        task = await yard.task("Do it", yard.repository())
        removal = RemoveWorkspace(force=True)
        body = NewWorkspace(task=task.id, name="do-it", settings=docker_settings(docker_engine))

        async def spoilt(number: int, begin: Callable[[], Awaitable[Operation]]) -> Operation | None:
            road.at(number, answer)
            try:
                async with asyncio.timeout(200):
                    return await ended(yard, begin())
            finally:
                road.clear()

        for number in AT:
            made = await spoilt(number, lambda: yard.client.new_workspace(body))
            if made is None or made.status is OperationStatus.UNDONE:
                assert await yard.client.workspaces() == (), "half of it was left"
                await yard.done(await yard.client.new_workspace(body))
            elif made.status is OperationStatus.FAILED:
                await yard.done(await yard.client.retry_setup("do-it"))
            road.at(number, answer)
            try:
                await yard.client.run_command("do-it", RunCommand(argv=("true",)))
            except BoatyardError as error:
                assert "unexpected" not in error.message, error
            road.clear()
            process = await yard.client.run_command("do-it", RunCommand(argv=("echo", "on")))
            assert (await yard.client.wait_process(process.id)).exit_code == 0
            assert len(await yard.client.containers()) == 1
            for begin, state in (
                (yard.client.close_workspace, WorkspaceState.CLOSED),
                (yard.client.restore_workspace, WorkspaceState.OPEN),
            ):
                await spoilt(number, lambda: begin("do-it"))  # noqa: B023
                if (await yard.client.workspace("do-it")).state is not state:
                    await yard.done(await begin("do-it"))
            gone = await spoilt(number, lambda: yard.client.remove_workspace("do-it", removal))
            if gone is None or gone.status is not OperationStatus.DONE:
                await yard.done(await yard.client.remove_workspace("do-it", removal))
            assert await yard.client.workspaces() == ()
            assert await yard.client.containers() == ()
            await yard.client.empty_trash(EmptyTrash(names=("do-it",)))
        assert road.happened >= len(AT), "nothing was spoilt"


@pytest.mark.parametrize("left", LEFT_BEGUN.values(), ids=LEFT_BEGUN.keys())
async def test_a_container_whose_start_was_cut_off_for_good_is_made_anew(
    road: Road, docker_engine: str, left: bytes
) -> None:
    """An engine that was killed while it started a container refuses every later start of it."""

    async def answer() -> bytes:
        return refusal(left)

    async with Yard(AGENTS) as yard:
        task = await yard.task("Do it", yard.repository())
        body = NewWorkspace(task=task.id, name="do-it", settings=docker_settings(docker_engine))
        await yard.done(await yard.client.new_workspace(body))
        await yard.done(await yard.client.close_workspace("do-it"))
        road.at(1, answer, asking=b"/start ")
        await yard.done(await yard.client.restore_workspace("do-it"))
        assert road.happened == 1, "the start was not refused"
        process = await yard.client.run_command("do-it", RunCommand(argv=("echo", "on")))
        assert (await yard.client.wait_process(process.id)).exit_code == 0
        assert len(await yard.client.containers()) == 1
        await yard.done(await yard.client.remove_workspace("do-it", RemoveWorkspace(force=True)))
        await yard.client.empty_trash(EmptyTrash(names=("do-it",)))
