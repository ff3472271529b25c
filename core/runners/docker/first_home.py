"""What an image has in the home folder of its user, brought into the workspace's own home once.

A workspace's home is a folder of its own, so that it outlives containers; mounted over the image's, it would
hide what the image has there, such as a language's tools. So it is filled from the image before its first
container, as a new volume is. What the user's ids may not read in the image is left out.
"""

from __future__ import annotations

import asyncio
import uuid

from core.errors import BoatyardError
from core.runners.docker.container import HELPER, ContainerSpec, container_name, labels_of, limits_of
from core.runners.docker.engine import ContainerEngine
from core.runners.docker.layout import MountPoint, home_of
from core.runners.runner import Environment

_INTO = "/boatyard/home"
_DONE = "boatyard: done"
_SCRIPT = f'if [ -d "$1" ]; then cp -RP "$1/." {_INTO}/ 2>/dev/null; fi; echo "{_DONE}"'
SECONDS = 120.0
PAUSE_SECONDS = 0.1


class FirstHomes:
    """Fills homes that are still empty."""

    def __init__(self, engine: ContainerEngine) -> None:
        self._engine = engine

    async def furnish(self, env: Environment, image: str) -> None:
        """Fills the home of a workspace whose image has a user of its own, if that has not been done yet.

        Raises:
            BoatyardError: It takes too long, or the container engine refuses.
        """
        home = env.root / "home"
        mark = env.root / "etc" / "home-furnished"
        if not env.settings.login or await asyncio.to_thread(mark.exists):
            return
        spec = ContainerSpec(
            name=f"{container_name(env)}-{uuid.uuid4().hex[:8]}",
            labels={**labels_of(env), HELPER: "1"},
            mounts=(MountPoint(home, _INTO),),
            limits=limits_of(env, await self._engine.cpus()),
            network="none",
            working_dir="/",
            entrypoint=("/bin/sh", "-c", _SCRIPT, "boatyard", home_of(env.settings)),
        )
        container = await self._engine.create(spec, image)
        try:
            await self._done(container, env.workspace)
            await asyncio.to_thread(mark.touch)
        finally:
            await self._engine.remove(container)

    async def _done(self, container: str, workspace: str) -> None:
        try:
            async with asyncio.timeout(SECONDS):
                while True:
                    if _DONE.encode() in await self._engine.output(container):
                        return
                    await asyncio.sleep(PAUSE_SECONDS)
        except TimeoutError:
            raise BoatyardError(
                f"the home folder of the image of {workspace} is not copied after {SECONDS:g} seconds",
                hint="Make it smaller, or leave remoteUser out of devcontainer.json.",
            ) from None
