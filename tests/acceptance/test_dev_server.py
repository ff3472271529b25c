"""Dev servers: the same port inside every workspace, a port of its own outside, and its address found."""

from __future__ import annotations

import asyncio
import socket
import urllib.request
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from core.errors import ConflictError, UsageError
from core.values.entities import DevServer, Workspace
from core.values.events import WorkspaceChanged
from core.values.requests import DevServerRequest, RunCommand, UpdateRepo, WantedSettings
from core.values.states import ProcessStatus
from tests.yard import AGENTS, HOST, Yard, docker_settings

pytestmark = pytest.mark.slow

SERVE = """
echo "$BOATYARD_WORKSPACE" > where.txt
exec python3 -u -m http.server --bind "$HOST" "$PORT"
"""
SILENT = """
echo "$BOATYARD_WORKSPACE" > where.txt
exec python3 -m http.server --bind "$HOST" "$PORT" >/dev/null
"""
ALL = DevServerRequest()


@pytest.fixture(
    params=["host", *(pytest.param(each, marks=pytest.mark.container) for each in ("full", "allow", "none"))]
)
async def yard(request: pytest.FixtureRequest) -> AsyncIterator[Yard]:
    """On the host, and in containers with each kind of network."""
    if request.param != "host":
        request.getfixturevalue("docker_engine")
    async with Yard(HOST + AGENTS if request.param == "host" else AGENTS) as each:
        yield each
        for workspace in await each.client.workspaces():
            await each.remove(workspace.name)


@pytest.fixture
def settings(request: pytest.FixtureRequest, yard: Yard) -> WantedSettings:
    network = request.node.callspec.params["yard"]
    if network == "host":
        return WantedSettings()
    image = str(request.getfixturevalue("docker_engine"))
    hosts = ("example.org",) if network == "allow" else None
    return msgspec.structs.replace(docker_settings(image), network=network, allow_hosts=hosts)


async def serving(yard: Yard, name: str, settings: WantedSettings, script: str = SERVE) -> Workspace:
    """A workspace whose repository has a dev-server script."""
    repository = yard.repository()
    if not any(repo.path == str(repository) for repo in await yard.client.repos()):
        await yard.task("first", repository)
        await yard.client.update_repo(str(repository), UpdateRepo(dev_server_script=script))
    return await yard.workspace(repository, title=name, name=name, settings=settings)


async def address(yard: Yard, name: str) -> DevServer:
    """The workspace's dev server when its address is known."""
    async with yard.watch() as watch:
        (server,) = await yard.client.start_dev_servers(name, ALL)
        if not server.url:
            await watch.until(
                WorkspaceChanged,
                lambda e: e.workspace.name == name and any(each.url for each in e.workspace.dev_servers),
            )
    (server,) = await yard.client.dev_servers(name)
    return server


async def read(url: str) -> str:
    def fetch() -> str:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return str(answer.read().decode())

    return await asyncio.to_thread(fetch)


async def test_two_workspaces_serve_at_once_each_at_an_address_of_its_own(
    yard: Yard, settings: WantedSettings
) -> None:
    urls = {}
    for name in ("first", "second"):
        await serving(yard, name, settings)
        server = await address(yard, name)
        assert await read(f"{server.url}where.txt") == f"{name}\n"
        urls[name] = server.url
    assert urls["first"] != urls["second"]
    assert await yard.client.stop_dev_servers("first", ALL) == ()
    with pytest.raises(OSError):
        await read(urls["first"])
    assert await read(f"{urls['second']}where.txt") == "second\n"


async def test_a_server_that_says_nothing_is_found_by_its_port(yard: Yard, settings: WantedSettings) -> None:
    await serving(yard, "silent", settings, SILENT)
    server = await address(yard, "silent")
    assert await read(f"{server.url}where.txt") == "silent\n"


async def test_the_address_stays_after_a_close(yard: Yard, settings: WantedSettings) -> None:
    workspace = await serving(yard, "kept", settings)
    before = await address(yard, "kept")
    await yard.done(await yard.client.close_workspace("kept"))
    assert (await yard.client.workspace("kept")).dev_servers == ()
    with pytest.raises(ConflictError, match="closed"):
        await yard.client.start_dev_servers("kept", ALL)
    await yard.done(await yard.client.restore_workspace("kept"))
    assert (await address(yard, "kept")).url == before.url
    assert (await yard.client.workspace("kept")).ports == workspace.ports


async def test_a_port_that_another_program_took_is_chosen_anew(yard: Yard, settings: WantedSettings) -> None:
    workspace = await serving(yard, "moved", settings)
    (port,) = workspace.ports
    await yard.done(await yard.client.close_workspace("moved"))
    with socket.socket() as thief:
        thief.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        thief.bind(("127.0.0.1", port.outer))
        thief.listen()
        await yard.done(await yard.client.restore_workspace("moved"))
        (moved,) = (await yard.client.workspace("moved")).ports
        assert (moved.inner, moved.outer != port.outer) == (port.inner, True)
        server = await address(yard, "moved")
        assert await read(f"{server.url}where.txt") == "moved\n"


async def test_scripts_and_agents_are_told_where_they_are(yard: Yard, settings: WantedSettings) -> None:
    workspace = await serving(yard, "told", settings)
    (port,) = workspace.ports
    listen = port.outer if yard.config.startswith(HOST) else port.inner
    script = "set -u; echo $BOATYARD_WORKSPACE $BOATYARD_FOLDER $BOATYARD_BRANCH $BOATYARD_TARGET_BRANCH"
    script += f" $BOATYARD_PORT $BOATYARD_PORT_{port.inner} $BOATYARD_URL_{port.inner}"
    process = await yard.client.run_command("told", RunCommand(argv=("sh", "-c", script)))
    await yard.client.wait_process(process.id)
    url = f"http://127.0.0.1:{port.outer}"
    folder = str(Path(workspace.repos[0].path).parent)
    said = (await yard.client.log(process.id)).text.split()
    assert said == ["told", folder, workspace.branch, "main", str(listen), str(listen), url]


async def test_without_a_script_nothing_is_started(yard: Yard, settings: WantedSettings) -> None:
    workspace = await yard.workspace(settings=settings)
    with pytest.raises(UsageError, match="dev-server script") as caught:
        await yard.client.start_dev_servers(workspace.name, ALL)
    assert "boatyard repo set repo --dev-server-script" in caught.value.hint
    assert await yard.client.processes(workspace.name) == ()


async def test_a_server_that_ends_is_not_shown_as_running(yard: Yard, settings: WantedSettings) -> None:
    await serving(yard, "broken", settings, "echo no such module >&2; exit 3")
    async with yard.watch() as watch:
        await yard.client.start_dev_servers("broken", ALL)
        await watch.until(
            WorkspaceChanged, lambda e: e.workspace.name == "broken" and not e.workspace.dev_servers
        )
    (process,) = await yard.client.processes("broken")
    ended = await yard.client.wait_process(process.id)
    assert (ended.status, ended.exit_code) == (ProcessStatus.FAILED, 3)


async def test_the_next_engine_leads_to_a_server_that_ran_on(yard: Yard, settings: WantedSettings) -> None:
    await serving(yard, "lasting", settings)
    server = await address(yard, "lasting")
    await yard.restart()
    (found,) = await yard.client.dev_servers("lasting")
    assert (found.process_id, found.url) == (server.process_id, server.url)
    assert await read(f"{server.url}where.txt") == "lasting\n"


@pytest.mark.container
async def test_why_a_server_cannot_be_reached_is_told(docker_engine: str) -> None:
    async with Yard(AGENTS) as yard:
        other = SERVE.replace("$PORT", "4567")
        settings = msgspec.structs.replace(docker_settings(docker_engine), network="full")
        await serving(yard, "elsewhere", settings, other)
        async with yard.watch() as watch:
            await yard.client.start_dev_servers("elsewhere", ALL)
            told = await watch.until(
                WorkspaceChanged,
                lambda e: any(server.notice for server in e.workspace.dev_servers),
            )
        assert "port 4567" in told.workspace.dev_servers[0].notice
        await yard.remove("elsewhere")
