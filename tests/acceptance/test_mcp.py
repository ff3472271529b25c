"""An agent reads its task, makes others, keeps notes and starts workspaces, over the official SDK."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from core.cli.main import main
from core.values.requests import WantedSettings
from core.values.states import RunnerKind
from tests.engine import asking_agent
from tests.yard import AGENTS, HOST, Daemon, Yard, docker_settings

mcp = pytest.importorskip("mcp")


@asynccontextmanager
async def client(command: list[str], folder: str) -> AsyncIterator[Any]:
    """The SDK's client of a server of tools."""
    from mcp import ClientSession, StdioServerParameters
    from mcp.client.stdio import stdio_client

    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    server = StdioServerParameters(command=command[0], args=command[1:], env=env, cwd=folder)
    async with stdio_client(server) as (read, write), ClientSession(read, write) as session:
        await session.initialize()
        yield session


@asynccontextmanager
async def agent(daemon: Daemon, folder: str) -> AsyncIterator[Any]:
    """The SDK's client of `boatyard mcp`, run where an agent of a workspace runs."""
    command = [sys.executable, "-m", "core.cli.main", "--home", str(daemon.folder / "home"), "mcp"]
    async with client(command, folder) as session:
        yield session


async def call(session: Any, tool: str, **arguments: Any) -> Any:
    answer = await session.call_tool(tool, arguments)
    text = "".join(part.text for part in answer.content)
    assert not answer.isError, text
    return json.loads(text) if text[:1] in "{[" else text


async def refused(session: Any, tool: str, **arguments: Any) -> str:
    answer = await session.call_tool(tool, arguments)
    assert answer.isError
    return str(answer.content[0].text)


@pytest.mark.slow
@pytest.mark.parametrize("allowed", [False, True])
async def test_an_agent_and_its_tasks(allowed: bool) -> None:
    policy = f"[mcp]\nmay_start_workspaces = {str(allowed).lower()}\n"
    async with Daemon(HOST + policy + AGENTS) as daemon:
        await daemon.start()
        workspace = await daemon.workspace(title="Paint the hull", agent="writer", prompt="x")
        await daemon.turn(workspace.name)
        async with agent(daemon, workspace.folder) as session:
            names = {tool.name for tool in (await session.list_tools()).tools}
            assert names == {
                "read_task", "list_tasks", "create_task", "create_subtask", "add_note", "start_workspace",
            }  # fmt: skip
            task = await call(session, "read_task")
            assert (task["title"], task["workspace"]) == ("Paint the hull", workspace.name)
            await call(session, "create_task", title="Buy paint", description="Red.")
            part = await call(session, "create_subtask", title="Sand the keel")
            assert part["part_of"] == workspace.name
            await call(session, "add_note", text="The keel is soft.")
            await call(session, "add_note", text="So is the rudder.")
            again = await call(session, "read_task")
            assert [each["title"] for each in again["subtasks"]] == ["Sand the keel"]
            assert again["notes"] == "The keel is soft.\n\nSo is the rudder."
            assert "title has 1 to" in await refused(session, "create_task", title=" ")
            if allowed:
                started = await call(session, "start_workspace", task=part["id"])
                assert (await daemon.turn(await _made(daemon, started["workspace"]))).status == "completed"
            else:
                assert "does not allow" in await refused(session, "start_workspace", task=part["id"])
        titles = [each.title for each in await daemon.client.tasks("harbour")]
        assert titles == ["Paint the hull", "Buy paint", "Sand the keel"]


async def _made(daemon: Daemon, name: str) -> str:
    for operation in (await daemon.client.snapshot()).operations:
        await daemon.client.wait_operation(operation.id)
    return name


def test_where_no_engine_can_be_reached_it_says_so_and_starts_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--home", str(tmp_path / "elsewhere"), "mcp", "--workspace", "x"]) == 5
    assert "by design" in capsys.readouterr().err
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.slow
@pytest.mark.container
@pytest.mark.parametrize("network", ["none", "full"])
async def test_an_agent_in_a_container_has_the_tools_of_its_own_workspace(
    docker_engine: str, network: str
) -> None:
    async with Daemon(HOST + AGENTS) as daemon:
        await daemon.start()
        settings = msgspec.structs.replace(docker_settings(docker_engine), network=network)
        for title in ("Paint the hull", "Sand the keel"):
            workspace = await daemon.workspace(title=title, settings=settings)
            found = await daemon.client.containers()
            container = next(each for each in found if each.workspace == workspace.name)
            exec_ = ["docker", "exec", "-i", container.name, "python3", "/boatyard/agents/boatyard_tools.py"]
            async with client(exec_, "/") as session:
                task = await call(session, "read_task")
                assert (task["title"], task["workspace"]) == (title, workspace.name)
                part = await call(session, "create_subtask", title="A part of it")
                assert part["part_of"] == workspace.name
        await daemon.restart()
        await daemon.client.workspaces()
        async with client(exec_, "/") as session:
            assert (await call(session, "read_task"))["workspace"] == workspace.name


@pytest.mark.slow
@pytest.mark.container
async def test_a_workspace_that_an_agent_in_a_container_starts_is_confined_like_its_own(
    docker_engine: str,
) -> None:
    """Also where the defaults would have it on the host, with all of the network."""
    policy = "[mcp]\nmay_start_workspaces = true\n"
    async with Daemon(f'{HOST}image = "{docker_engine}"\n{policy}{AGENTS}') as daemon:
        await daemon.start()
        other = await daemon.task("Elsewhere", daemon.repository("elsewhere"), project="another")
        workspace = await daemon.workspace(title="Paint", settings=docker_settings(docker_engine))
        (container,) = await daemon.client.containers()
        exec_ = ["docker", "exec", "-i", container.name, "python3", "/boatyard/agents/boatyard_tools.py"]
        async with client(exec_, "/") as session:
            assert "no task" in await refused(session, "start_workspace", task=other.id, agent="writer")
            part = await call(session, "create_subtask", title="Sand")
            started = await call(session, "start_workspace", task=part["id"], agent="writer")
        made = await daemon.client.workspace(await _made(daemon, started["workspace"]))
        assert (workspace.settings.network, made.settings.network) == ("none", "none")
        assert made.runner is RunnerKind.DOCKER
        assert len(await daemon.client.workspaces()) == 2


@pytest.mark.slow
@pytest.mark.parametrize("offer", [False, True])
@pytest.mark.parametrize("runner", ["host", pytest.param("docker", marks=pytest.mark.container)])
async def test_agents_are_told_of_the_tools_where_the_user_wants_it(
    request: pytest.FixtureRequest, runner: str, offer: bool
) -> None:
    config = f"""{HOST}
[mcp]
offer = {str(offer).lower()}
[agents.asks]
kind = "acp"
command = ["python3", "agent.py"]
"""
    async with Yard(config) as yard:
        files = {"agent.py": Path(asking_agent.__file__).read_text()}
        settings = WantedSettings()
        if runner == "docker":
            settings = docker_settings(request.getfixturevalue("docker_engine"))
        workspace = await yard.workspace(
            yard.repository(files=files), agent="asks", prompt='[["servers", {}]]', settings=settings
        )
        turn = await yard.turn(workspace.name)
        (told,) = json.loads((await yard.client.turn(turn.id)).summary)
        servers = told["servers"]
        assert len(servers) == offer
        if offer and runner == "host":
            (server,) = servers
            async with client([server["command"], *server["args"]], "/") as session:
                assert (await call(session, "read_task"))["workspace"] == workspace.name
        elif offer:
            assert servers[0]["args"] == ["/boatyard/agents/boatyard_tools.py"]
        await yard.remove(workspace.name)
