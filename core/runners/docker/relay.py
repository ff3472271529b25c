"""The relay beside a workspace's container that has no network of its own.

It shares the container's network namespace, which has a loopback and nothing else. Outwards, it carries
connections from a port there to the proxy's socket, which only it can see (see `core.egress.proxy`);
inwards, connections from this machine to the workspace's ports (see `core.egress.published`). What runs in
the workspace can neither end nor change it. It is made anew whenever the container was started again: a new
start is a new namespace.
"""

from __future__ import annotations

import asyncio

from core.egress.proxy import SOCKET_NAME as PROXY_SOCKET
from core.egress.published import SOCKET_NAME as PORTS_SOCKET
from core.egress.published import unlink_socket
from core.errors import BoatyardError, NotFoundError
from core.runners.docker.container import HELPER, ContainerSpec, Limits, container_name, labels_of
from core.runners.docker.engine import Container, ContainerEngine
from core.runners.docker.layout import MountPoint
from core.runners.docker.programs import Programs
from core.runners.docker.proxy_variables import PORT
from core.runners.runner import Environment, EnvironmentState

FOLDER = "/boatyard/egress"
PORTS_FOLDER = "/boatyard/ports"
BESIDE = "boatyard.beside"
"""Label: the container and its start that the relay belongs to."""
READY_SECONDS = 20.0
PAUSE_SECONDS = 0.03
_MEMORY = 128 * 2**20
SCRIPT = """
import asyncio, sys
proxy_port, proxy, ports_socket, *ports = sys.argv[1:]
async def copy(reader, writer):
    try:
        while piece := await reader.read(65536):
            writer.write(piece)
            await writer.drain()
        writer.write_eof()
    except OSError:
        writer.close()
async def join(reader, writer, far_reader, far_writer):
    await asyncio.gather(copy(reader, far_writer), copy(far_reader, writer))
    far_writer.close()
    writer.close()
async def outwards(reader, writer):
    try:
        far = await asyncio.open_unix_connection(proxy)
    except OSError:
        text = b"Boatyard: its engine does not run, so nothing can be reached\\n"
        head = b"HTTP/1.1 503 Service Unavailable\\r\\nConnection: close\\r\\nContent-Length: %d\\r\\n\\r\\n"
        writer.write(head % len(text) + text)
        writer.close()
        return
    await join(reader, writer, *far)
async def inwards(reader, writer):
    port = (await reader.readline()).decode().strip()
    try:
        if port not in ports:
            raise OSError
        try:
            far = await asyncio.open_connection("127.0.0.1", int(port))
        except OSError:
            far = await asyncio.open_connection("::1", int(port))
    except OSError:
        writer.close()
        return
    await join(reader, writer, *far)
async def main():
    servers = []
    if proxy:
        servers.append(await asyncio.start_server(outwards, "127.0.0.1", int(proxy_port)))
    if ports:
        servers.append(await asyncio.start_unix_server(inwards, ports_socket))
    print("ready", flush=True)
    await asyncio.gather(*(server.serve_forever() for server in servers))
asyncio.run(main())
"""
"""For any python3 from 3.8 on."""


class Relays:
    """Makes relays and takes them away."""

    def __init__(self, engine: ContainerEngine, programs: Programs) -> None:
        self._engine = engine
        self._programs = programs
        self._obstacles: dict[str, str] = {}

    async def settle(self, env: Environment, beside: Container) -> None:
        """Sees to it that there is a relay where one is wanted, beside this start of the container.

        Raises:
            NotFoundError: No image at hand can run it, and without it the workspace lacks its network.
        """
        name = f"{container_name(env)}_relay"
        found = await self._engine.find(name)
        mark = f"{beside.id} {beside.started_at} {env.settings.network} {_inner(env)}"
        wanted = wants_relay(env)
        if found is not None:
            running = found.state is EnvironmentState.RUNNING
            if wanted and running and found.labels.get(BESIDE) == mark:
                return
            await self._engine.remove(found.id)
        self._obstacles.pop(env.workspace, None)
        if wanted:
            await self._create(env, name, beside, mark)

    def obstacle(self, workspace: str) -> str:
        """Why ports of the workspace lead nowhere, for people; empty: they do lead there."""
        return self._obstacles.get(workspace, "")

    async def drop(self, env: Environment) -> None:
        """Takes the relay away, if there is one: its container is about to stop."""
        if wants_relay(env):
            await self._engine.remove(f"{container_name(env)}_relay")

    async def _create(self, env: Environment, name: str, beside: Container, mark: str) -> None:
        try:
            image = await self._programs.image_with(env, "python3", beside.image)
        except NotFoundError as error:
            if env.settings.network != "allow":
                obstacle = f"no image on this machine can carry its ports: {error.message}"
                self._obstacles[env.workspace] = obstacle
                return
            raise NotFoundError(
                f"no image on this machine can carry the network of {env.workspace}: {error.message}",
                hint=f"{error.hint} Or use --network none or full.",
            ) from error
        spec = ContainerSpec(
            name=name,
            labels={**labels_of(env), HELPER: "relay", BESIDE: mark},
            mounts=await asyncio.to_thread(_mounts, env),
            limits=Limits(memory_bytes=_MEMORY, nano_cpus=1_000_000_000, processes=16),
            network=f"container:{beside.id}",
            working_dir="/",
            entrypoint=("python3", "-c", SCRIPT, *_arguments(env)),
        )
        await self._ready(await self._engine.create(spec, image), env.workspace)

    async def _ready(self, relay: str, workspace: str) -> None:
        """Returns when the relay listens: the first request must not be refused."""
        try:
            async with asyncio.timeout(READY_SECONDS):
                while b"ready" not in (said := await self._engine.output(relay)):
                    if said:
                        break
                    await asyncio.sleep(PAUSE_SECONDS)
                else:
                    return
        except TimeoutError:
            said = b"it does not begin to listen"
        raise BoatyardError(
            f"the relay of {workspace} does not work: {said.decode(errors='replace')[-500:]}",
            hint="Use --network none or full, and see the container engine's log.",
        )


def wants_relay(env: Environment) -> bool:
    """Whether the workspace has no network of its own, and something to be carried all the same."""
    network = env.settings.network
    return network == "allow" or (network == "none" and bool(env.ports))


def _inner(env: Environment) -> str:
    return " ".join(str(port.inner) for port in env.ports)


def _mounts(env: Environment) -> tuple[MountPoint, ...]:
    mounts = []
    if env.settings.network == "allow":
        mounts.append(MountPoint(env.root / "egress", FOLDER, read_only=True))
    if env.ports:
        folder = env.root / "ports"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        unlink_socket(folder)
        mounts.append(MountPoint(folder, PORTS_FOLDER))
    return tuple(mounts)


def _arguments(env: Environment) -> tuple[str, ...]:
    proxy = f"{FOLDER}/{PROXY_SOCKET}" if env.settings.network == "allow" else ""
    inner = [str(port.inner) for port in env.ports]
    return str(PORT), proxy, f"{PORTS_FOLDER}/{PORTS_SOCKET}", *inner
