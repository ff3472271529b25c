"""The relay beside a workspace's container whose network is a list of hosts.

It shares the container's network namespace, which has a loopback and nothing else, and carries connections
from a port there to the proxy's socket, which only it can see (see `core.egress.proxy`). What runs in the
workspace can neither end nor change it. It is made anew whenever the container was started again: a new
start is a new namespace.
"""

from __future__ import annotations

import asyncio

from core.errors import BoatyardError, NotFoundError
from core.runners.docker.container import HELPER, ContainerSpec, Limits, container_name, labels_of
from core.runners.docker.engine import Container, ContainerEngine
from core.runners.docker.layout import MountPoint
from core.runners.docker.programs import Programs
from core.runners.docker.proxy_variables import PORT
from core.runners.runner import Environment, EnvironmentState

FOLDER = "/boatyard/egress"
BESIDE = "boatyard.beside"
"""Label: the container and its start that the relay belongs to."""
READY_SECONDS = 20.0
PAUSE_SECONDS = 0.03
_MEMORY = 128 * 2**20
SCRIPT = """
import asyncio, sys
async def copy(reader, writer):
    try:
        while piece := await reader.read(65536):
            writer.write(piece)
            await writer.drain()
        writer.write_eof()
    except OSError:
        writer.close()
async def serve(reader, writer):
    try:
        far_reader, far_writer = await asyncio.open_unix_connection(sys.argv[2])
    except OSError:
        text = b"Boatyard: its engine does not run, so nothing can be reached\\n"
        head = b"HTTP/1.1 503 Service Unavailable\\r\\nConnection: close\\r\\nContent-Length: %d\\r\\n\\r\\n"
        writer.write(head % len(text) + text)
        writer.close()
        return
    await asyncio.gather(copy(reader, far_writer), copy(far_reader, writer))
    far_writer.close()
    writer.close()
async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", int(sys.argv[1]))
    print("ready", flush=True)
    await server.serve_forever()
asyncio.run(main())
"""
"""For any python3 from 3.8 on."""


class Relays:
    """Makes relays and takes them away."""

    def __init__(self, engine: ContainerEngine, programs: Programs) -> None:
        self._engine = engine
        self._programs = programs

    async def settle(self, env: Environment, beside: Container) -> None:
        """Sees to it that there is a relay where one is wanted, beside this start of the container.

        Raises:
            NotFoundError: No image at hand can run it.
        """
        name = f"{container_name(env)}_relay"
        found = await self._engine.find(name)
        mark = f"{beside.id} {beside.started_at}"
        wanted = env.settings.network == "allow"
        if found is not None:
            running = found.state is EnvironmentState.RUNNING
            if wanted and running and found.labels.get(BESIDE) == mark:
                return
            await self._engine.remove(found.id)
        if wanted:
            await self._create(env, name, beside, mark)

    async def drop(self, env: Environment) -> None:
        """Takes the relay away, if there is one: its container is about to stop."""
        if env.settings.network == "allow":
            await self._engine.remove(f"{container_name(env)}_relay")

    async def _create(self, env: Environment, name: str, beside: Container, mark: str) -> None:
        try:
            image = await self._programs.image_with(env, "python3", beside.image)
        except NotFoundError as error:
            raise NotFoundError(
                f"no image on this machine can carry the network of {env.workspace}: {error.message}",
                hint=f"{error.hint} Or use --network none or full.",
            ) from error
        spec = ContainerSpec(
            name=name,
            labels={**labels_of(env), HELPER: "relay", BESIDE: mark},
            mounts=(MountPoint(env.root / "egress", FOLDER, read_only=True),),
            limits=Limits(memory_bytes=_MEMORY, nano_cpus=1_000_000_000, processes=16),
            network=f"container:{beside.id}",
            working_dir="/",
            entrypoint=("python3", "-c", SCRIPT, str(PORT), f"{FOLDER}/proxy.sock"),
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
