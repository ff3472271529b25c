"""A workspace that may reach listed hosts reaches those and nothing else, whatever its programs do."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from core.values.events import Noticed
from core.values.requests import RunCommand, UpdateWorkspace, WantedSettings
from core.values.states import RunnerKind
from tests.yard import Yard

pytestmark = [pytest.mark.container, pytest.mark.slow]

FETCH = """
import sys, urllib.error, urllib.request
for url in sys.argv[1:]:
    try:
        print(urllib.request.urlopen(url, timeout=20).read().decode().strip())
    except urllib.error.HTTPError as error:
        print(error.code, error.read().decode().strip())
    except OSError as error:
        print("failed", error)
"""
DIRECT = """
import socket, sys
for host, port in (("172.17.0.1", int(sys.argv[1])), ("169.254.169.254", 80), ("8.8.8.8", 53)):
    try:
        socket.create_connection((host, port), 5)
        print("reached", host)
    except OSError:
        pass
try:
    socket.getaddrinfo("example.org", 80)
    print("resolved")
except OSError:
    print("no name server")
"""
TUNNEL = """
import http.client, sys
connection = http.client.HTTPConnection("127.0.0.1", 3128, timeout=20)
connection.set_tunnel("127.0.0.1", int(sys.argv[1]))
connection.request("GET", "/tunnel")
print(connection.getresponse().read().decode().strip())
"""


class Hello(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = f"hello from {self.path}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Tests are quiet."""


@pytest.fixture
def ports() -> Iterator[tuple[int, int]]:
    """Two servers of this machine; both listen on all addresses, as careless ones do."""
    servers = [ThreadingHTTPServer(("0.0.0.0", 0), Hello) for _ in range(2)]
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    yield servers[0].server_port, servers[1].server_port
    for server in servers:
        server.shutdown()
        server.server_close()


async def out_of(yard: Yard, name: str, script: str, *arguments: str) -> str:
    argv = ("python3", "-c", script, *arguments)
    process = await yard.client.run_command(name, RunCommand(argv=argv))
    await yard.client.wait_process(process.id)
    return (await yard.client.log(process.id)).text + (await yard.client.log(process.id, stream="err")).text


async def test_listed_hosts_are_reached_and_nothing_else_is(
    yard: Yard, docker_engine: str, ports: tuple[int, int]
) -> None:
    listed, other = ports
    hosts = f"127.0.0.1:{listed}", f"localhost:{listed}", f"localhost:{other}"
    settings = WantedSettings(
        runner=RunnerKind.DOCKER, image=docker_engine, network="allow", allow_hosts=hosts
    )
    workspace = await yard.workspace(settings=settings)
    name = workspace.name
    # 127.0.0.1 is not asked through a proxy unless a program is told to: NO_PROXY names it.
    fetch = "import os\nos.environ['no_proxy'] = os.environ['NO_PROXY'] = ''\n" + FETCH
    async with yard.watch() as watch:
        answers = await out_of(
            yard, name, fetch,
            f"http://127.0.0.1:{listed}/address", f"http://localhost:{listed}/name",
            f"http://127.0.0.1:{other}/", f"http://localhost:{other}/", "http://example.org/",
            "http://169.254.169.254/latest/meta-data/",
        )  # fmt: skip
        assert answers.count("403") == 4, answers
        event = await watch.until(Noticed)
    lines = answers.splitlines()
    assert lines[:2] == ["hello from /address", "hello from /name"], answers
    assert lines[2].startswith("403") and "is not on the list" in lines[2]
    assert lines[3].startswith("403") and "not public and not on the list itself" in lines[3]
    assert lines[4].startswith("403") and lines[5].startswith("403")
    assert "--allow-host" in event.notice.text
    assert await out_of(yard, name, TUNNEL, str(listed)) == "hello from /tunnel\n"
    assert await out_of(yard, name, DIRECT, str(other)) == "no name server\n"

    report = await yard.client.workspace_network(name)
    assert {(each.host, each.port) for each in report.refused} == {
        ("127.0.0.1", other), ("localhost", other), ("example.org", 80), ("169.254.169.254", 80),
    }  # fmt: skip

    # A longer list holds at once, after another start of the engine, and after one of the container.
    await yard.client.update_workspace(name, UpdateWorkspace(allow_hosts=(*hosts, f"127.0.0.1:{other}")))
    assert await out_of(yard, name, fetch, f"http://127.0.0.1:{other}/") == "hello from /\n"
    await yard.restart()
    assert await out_of(yard, name, fetch, f"http://127.0.0.1:{other}/") == "hello from /\n"
    await yard.client.restart_container(name)
    assert await out_of(yard, name, fetch, f"http://127.0.0.1:{other}/") == "hello from /\n"

    # Without the list there is nothing at all.
    await yard.client.update_workspace(name, UpdateWorkspace(network="none"))
    assert (await out_of(yard, name, fetch, f"http://127.0.0.1:{listed}/")).startswith("failed")
    assert [each.helper for each in await yard.client.containers()] == [False]


async def test_closing_and_removing_leave_no_relay(yard: Yard, docker_engine: str) -> None:
    settings = WantedSettings(
        runner=RunnerKind.DOCKER, image=docker_engine, network="allow", allow_hosts=("example.org",)
    )
    workspace = await yard.workspace(settings=settings)
    found = await yard.client.containers()
    assert sorted(each.helper for each in found) == [False, True]
    assert not any(each.orphan for each in found)
    await yard.done(await yard.client.close_workspace(workspace.name))
    assert [each.helper for each in await yard.client.containers()] == [False]
    await yard.done(await yard.client.restore_workspace(workspace.name))
    assert len(await yard.client.containers()) == 2
    await yard.remove(workspace.name)
    assert await yard.client.containers() == ()
