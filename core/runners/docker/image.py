"""Which image a workspace's container is made from."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from core.errors import BoatyardError, NotFoundError
from core.runners.docker.build import BUILT_FOR
from core.runners.docker.connection import Connection, Refused
from core.runners.runner import Progress

if TYPE_CHECKING:
    from docker import APIClient

DEFAULT_IMAGE = "python:3.12-bookworm"
"""Used when nothing is configured: a Docker Official Image (Debian) that has git, sh, bash, compilers and
python3, which is what agents and their tools take for granted. The slim variant lacks git."""

LABEL = "boatyard.image"
"""An image with this label is meant for Boatyard: it is preferred to the default."""

_PULL_READ_SECONDS = 120.0
_PULL_SECONDS = 1800.0
_REPORT_SECONDS = 0.5


class Images:
    """Finds and fetches images of one engine."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def local(self, configured: str) -> str | None:
        """The id of the image to use, when it is on this machine.

        Args:
            configured: Name or id; empty: the newest image labelled for Boatyard, else the default.
        """
        if not configured:
            labelled = await self.labelled()
            if labelled:
                return labelled[0]
        return await self._id_of(configured or DEFAULT_IMAGE)

    async def resolve(self, configured: str, progress: Progress | None = None) -> str:
        """As `local`; what is missing is pulled.

        Raises:
            NotFoundError: The image is neither here nor to be had.
        """
        found = await self.local(configured)
        if found is None:
            await self._pull(configured or DEFAULT_IMAGE, configured, progress)
            found = await self.local(configured)
        if found is None:
            raise _missing(configured or DEFAULT_IMAGE, "it was pulled, and is still not there", configured)
        return found

    async def labelled(self) -> list[str]:
        """Ids of the images labelled for Boatyard, the newest first."""
        found: list[dict[str, Any]] = await self._connection.call(
            "list images", lambda client: client.images(filters={"label": LABEL})
        )
        meant = [image for image in found if BUILT_FOR not in (image.get("Labels") or {})]
        return [str(image["Id"]) for image in sorted(meant, key=lambda i: -int(i["Created"]))]

    async def _id_of(self, name: str) -> str | None:
        try:
            image: dict[str, Any] = await self._connection.call(
                f"look for the image {name}",
                # The SDK's stubs leave this method's argument without a type.
                lambda client: client.inspect_image(name),  # type: ignore[no-untyped-call]
            )
        except Refused as refused:
            if refused.status in (400, 404):
                return None
            raise
        return str(image["Id"])

    async def _pull(self, name: str, configured: str, progress: Progress | None) -> None:
        loop = asyncio.get_running_loop()

        def tell(text: str) -> None:
            if progress is not None:
                loop.call_soon_threadsafe(progress, text)

        tell(f"pulling the image {name}")
        try:
            failure = await self._connection.call(
                f"pull the image {name}",
                lambda client: _pull(client, name, tell),
                seconds=_PULL_READ_SECONDS,
                total=_PULL_SECONDS,
            )
        except Refused as refused:
            failure = refused.message
        if failure:
            raise _missing(name, failure, configured)


def _pull(client: APIClient, name: str, tell: Callable[[str], None]) -> str:
    """Pulls to the end; gives what went wrong, or an empty text. Runs in a thread."""
    from docker.utils import parse_repository_tag

    repository, tag = parse_repository_tag(name)
    told = 0.0
    for report in client.pull(repository, tag=tag or "latest", stream=True, decode=True):
        if "error" in report:
            return str(report["error"])
        if time.monotonic() - told >= _REPORT_SECONDS:
            told = time.monotonic()
            tell(f"pulling {name}: {report.get('status', '')} {report.get('progress', '')}".strip())
    return ""


def _missing(name: str, why: str, configured: str) -> BoatyardError:
    hint = f"Check the name and the network (`docker pull {name}`), or set another image."
    if not configured:
        hint = f"Connect to the network, label a local image with {LABEL}=1, or set the workspace's image."
    return NotFoundError(f"the image {name} is not on this machine and cannot be pulled: {why}", hint=hint)
