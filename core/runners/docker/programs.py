"""Which images have a program: asked inside of each once."""

from __future__ import annotations

from core.errors import NotFoundError
from core.processes.command import Command
from core.runners.docker.helper import Helpers
from core.runners.docker.image import DEFAULT_IMAGE, Images
from core.runners.docker.inside import Inside
from core.runners.runner import Environment

_ASK_SECONDS = 60.0


class Programs:
    """Remembers by image id, which never comes to mean other contents."""

    def __init__(self, images: Images, inside: Inside, helpers: Helpers) -> None:
        self._images = images
        self._inside = inside
        self._helpers = helpers
        self._known: dict[tuple[str, str], bool] = {}

    async def inside(self, env: Environment, image: str, program: str) -> bool:
        """Whether the running container, made from `image`, has the program; no program: yes."""
        key = (image, program)
        if program and key not in self._known:
            result = await self._inside.run(env, _question(program), _ASK_SECONDS)
            self._known[key] = result.exit_code == 0
        return not program or self._known[key]

    async def image_with(self, env: Environment, program: str, own: str) -> str:
        """The image `own`, or another one at hand when only that has the program.

        Raises:
            NotFoundError: None has it.
        """
        if not program:
            return own
        others = [*await self._images.labelled(), await self._images.local(DEFAULT_IMAGE)]
        for image in dict.fromkeys(image for image in (own, *others) if image):
            key = (image, program)
            if key not in self._known:
                result = await self._helpers.run(env, image, _question(program), _ASK_SECONDS)
                self._known[key] = result.exit_code == 0
            if self._known[key]:
                return image
        raise NotFoundError(
            f"neither the image of {env.workspace} nor another one on this machine has {program}",
            hint=f"Install {program} in the image, or pull one that has it: `docker pull {DEFAULT_IMAGE}`.",
        )


def _question(program: str) -> Command:
    return Command(("sh", "-c", 'command -v -- "$1"', "boatyard", program), "/", stdin=b"")
