"""The container engine is killed, or hangs, in the middle of everything that asks it for something.

What is asked for ends within a bounded time with words about the container engine, or well; nothing is lost,
and once the engine is back the same can be asked for again, without a restart.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from core.errors import BoatyardError, UnreachableError
from core.runners.docker.connection import Connection
from core.runners.docker.http import EngineHttp
from core.values.entities import Operation, Process
from core.values.requests import (
    EmptyTrash,
    MergeWorkspace,
    NewWorkspace,
    RemoveWorkspace,
    RunCommand,
    SendPrompt,
    TakeCheckpoint,
)
from core.values.states import OperationStatus, ProcessStatus, WorkspaceState
from tests.road import Road
from tests.second_engine import SecondEngine
from tests.yard import AGENTS, Yard, docker_settings

pytestmark = [pytest.mark.container, pytest.mark.slow, pytest.mark.timeout(600)]

NAME = "do-it"
PATIENT_SECONDS = 3.0
"""How long an answer is waited for here; longer waits end the same way."""
BOUND_SECONDS = 90.0
"""Within which everything ends while the container engine is away."""
TOLD = (
    "container engine",
    "does not answer",
    "cannot",
    "lost",
    "interrupted",
    "ended by",
    "exit code",
    "sandbox",
)


class Story:
    """What a user does with a workspace in a container, one after the other; each can be repeated."""

    def __init__(self, yard: Yard, image: str) -> None:
        self.yard = yard
        self._image = image
        self._task = ""
        self.prompts = 0

    async def create(self) -> Operation:
        client = self.yard.client
        if not self._task:
            self._task = (await self.yard.task("Do it", self.yard.repository())).id
        there = {each.name: each for each in await client.workspaces()}
        if NAME in there and there[NAME].state is WorkspaceState.FAILED:
            return await client.retry_setup(NAME)
        body = NewWorkspace(task=self._task, name=NAME, settings=docker_settings(self._image))
        return await client.new_workspace(body)

    async def list(self) -> None:
        assert len(await self.yard.client.containers()) == 1

    async def command(self) -> Process:
        body = RunCommand(argv=("sh", "-c", "echo x >> commands"))
        return await self.yard.client.run_command(NAME, body)

    async def turn(self) -> Process | None:
        self.prompts += 1
        sent = await self.yard.client.send(NAME, SendPrompt(prompt=f"prompt {self.prompts}", agent="writer"))
        return sent if isinstance(sent, Process) else None

    async def checkpoint(self) -> None:
        await self.yard.client.take_checkpoint(NAME, TakeCheckpoint(message="by hand"))

    async def merge(self) -> None:
        await self.yard.client.merge(NAME, MergeWorkspace())

    async def close(self) -> Operation | None:
        if (await self.yard.client.workspace(NAME)).state is WorkspaceState.CLOSED:
            return None
        return await self.yard.client.close_workspace(NAME)

    async def restore(self) -> Operation | None:
        if (await self.yard.client.workspace(NAME)).state is WorkspaceState.OPEN:
            return None
        return await self.yard.client.restore_workspace(NAME)

    async def repair(self) -> Operation:
        return await self.yard.client.repair_workspace(NAME)

    async def remove(self) -> Operation | None:
        if not await self.yard.client.workspaces():
            return None
        return await self.yard.client.remove_workspace(NAME, RemoveWorkspace(force=True))


ACTIONS = (
    "create", "list", "command", "turn", "checkpoint", "merge", "close", "restore", "repair", "remove",
)  # fmt: skip


async def ended(story: Story, action: str) -> str:
    """Does it and waits for its end; what went wrong, for people: empty when nothing did."""
    try:
        done = await getattr(story, action)()
        if isinstance(done, Operation):
            operation = await story.yard.client.wait_operation(done.id)
            return "" if operation.status is OperationStatus.DONE else str((operation.error or {})["message"])
        if isinstance(done, Process):
            process = await story.yard.client.wait_process(done.id)
            return "" if process.status is ProcessStatus.COMPLETED else process.reason
    except BoatyardError as error:
        if isinstance(error, UnreachableError):
            assert error.exit_code == 5 and error.hint
        return error.message
    return ""


async def through(
    story: Story,
    road: Road,
    number: int,
    away: Callable[[], Awaitable[None]],
    back: Callable[[], Awaitable[None]],
) -> list[str]:
    """All actions; in the middle of each the container engine goes away. What was told, by action."""
    told = []
    for action in ACTIONS:
        seen, gone = road.happened, asyncio.Event()

        async def leave(gone: asyncio.Event = gone) -> None:
            await away()
            gone.set()

        road.at(number, leave)
        async with asyncio.timeout(BOUND_SECONDS):
            wrong = await ended(story, action)
        road.clear()
        if road.happened > seen:  # it may be on its way out only just now
            await gone.wait()
            await back()
        if wrong:
            assert "unexpected" not in wrong and any(word in wrong for word in TOLD), (action, wrong)
            told.append(f"{action}: {wrong}")
            assert await settled(story, action) == "", action
        if action not in ("close", "remove"):
            assert len(await story.yard.client.containers()) == 1, f"after {action}"
    return told


async def settled(story: Story, action: str) -> str:
    """The same once more, now that the container engine is there."""
    wrong = await ended(story, action)
    if "under way" in wrong or "is being" in wrong:  # what was begun before ends now
        wrong = await ended(story, action)
    return wrong


@pytest.fixture
async def second(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, docker_engine: str
) -> AsyncIterator[SecondEngine]:
    if os.geteuid() != 0 or not (shutil.which("dockerd") and shutil.which("unshare")):
        pytest.skip("a container engine of the test's own needs root, dockerd and unshare")
    options = getattr(request, "param", ())
    engine = SecondEngine(tmp_path_factory.mktemp("d"), *options)
    try:
        await engine.start()
        engine.load(docker_engine)
        yield engine
    finally:
        await engine.end()


@pytest.fixture
async def road(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, second: SecondEngine) -> AsyncIterator[Road]:
    road = Road(tmp_path / "docker.sock", second.address)
    await road.open()
    monkeypatch.setenv("DOCKER_HOST", f"unix://{road.path}")
    yield road
    await road.close()


def check_nothing_lost(yard: Yard, story: Story) -> None:
    """What was merged is in the user's repository: the turn that ended well, and each command once or not."""
    folder = yard.folder / "repo"
    assert (folder / "WORK.md").read_text().splitlines()[-1] == f"prompt {story.prompts}"
    assert set((folder / "commands").read_text().split()) == {"x"}


@pytest.mark.parametrize(
    ("second", "number"),
    [(("--live-restore",), 1), (("--live-restore",), 4), ((), 2)],
    ids=["kept, at once", "kept, later", "containers die with it"],
    indirect=["second"],
)
async def test_it_is_killed_and_started_again(
    second: SecondEngine, road: Road, number: int, docker_engine: str
) -> None:
    async with Yard(AGENTS) as yard:
        story = Story(yard, docker_engine)
        told = await through(story, road, number, second.kill, second.start)
        assert told, "it was never missed"
        assert await yard.client.workspaces() == () == await yard.client.containers()
        check_nothing_lost(yard, story)
        await yard.client.empty_trash(EmptyTrash(names=(NAME,)))


@pytest.mark.parametrize("second", [("--live-restore",)], ids=["kept"], indirect=True)
async def test_a_workspace_is_restored_after_the_start_of_its_container_was_cut_off(
    second: SecondEngine, road: Road, docker_engine: str
) -> None:
    """Such a container refuses every later start, with whatever engine: another one takes its place."""
    kills: list[asyncio.Task[None]] = []

    async def leave() -> None:
        kills.append(asyncio.create_task(second.killed_while_it_starts()))

    async with Yard(AGENTS) as yard:
        story = Story(yard, docker_engine)
        for action in ("create", "command", "close"):
            assert await ended(story, action) == "", action
        road.at(1, leave, asking=b"/start ")
        assert await ended(story, "restore") != "", "it was never missed"
        await kills[0]
        await second.start()
        for action in ("restore", "command", "remove"):
            assert await settled(story, action) == "", action
        assert await yard.client.containers() == ()
        await yard.client.empty_trash(EmptyTrash(names=(NAME,)))


@pytest.mark.parametrize("number", [1, 3])
async def test_it_hangs_and_goes_on(
    second: SecondEngine, road: Road, number: int, docker_engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A request that was given up is still there for a container engine that goes on: it harms nothing."""
    wait_less(monkeypatch)

    async def hang() -> None:
        second.hang()

    async def go_on() -> None:
        second.go_on()

    async with Yard(AGENTS) as yard:
        story = Story(yard, docker_engine)
        try:
            told = await through(story, road, number, hang, go_on)
        finally:
            second.go_on()
        assert any("does not answer within" in each for each in told), told
        assert await yard.client.workspaces() == () == await yard.client.containers()
        check_nothing_lost(yard, story)
        await yard.client.empty_trash(EmptyTrash(names=(NAME,)))


def wait_less(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limits of single requests are seconds here, not a minute."""
    call, request = Connection.call, EngineHttp.request

    async def quick_call(self: Connection, what: str, use: Any, **more: Any) -> Any:
        return await call(self, what, use, **{**more, "seconds": PATIENT_SECONDS})

    async def quick_request(self: EngineHttp, method: str, path: str, what: str, **more: Any) -> bytes:
        return await request(self, method, path, what, **{**more, "seconds": PATIENT_SECONDS})

    monkeypatch.setattr(Connection, "call", quick_call)
    monkeypatch.setattr(EngineHttp, "request", quick_request)
