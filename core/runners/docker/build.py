"""Images built from a Dockerfile; the engine keeps each step's result, so that a second build is quick."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import ScriptError
from core.runners.docker.connection import Connection, Refused

if TYPE_CHECKING:
    from docker import APIClient

BUILT_FOR = "boatyard.built-for"
"""The instance that an image was built for; containers made from it by others carry it too."""
READ_SECONDS = 900.0
"""How long one step may be silent."""
TOTAL_SECONDS = 7200.0
_TOLD = 15
"""Last lines of the log that an error tells."""


@dataclass(frozen=True)
class ImageRecipe:
    """What an image is built from."""

    name: str
    """What it is called; says all that it is made of, so that another recipe has another name."""
    context: Path
    """A tar archive."""
    dockerfile: str
    args: dict[str, str] = field(default_factory=dict)
    target: str = ""


async def build_image(
    connection: Connection, recipe: ImageRecipe, instance: str, tell: Callable[[str], None]
) -> None:
    """Builds, and tells each line of the log on the event loop.

    Raises:
        ScriptError: A step failed; the message has the end of the log.
        UnreachableError: The engine does not answer.
    """
    loop = asyncio.get_running_loop()
    last: deque[str] = deque(maxlen=_TOLD)

    def heard(line: str) -> None:
        last.append(line)
        loop.call_soon_threadsafe(tell, line)

    try:
        failure = await connection.call(
            f"build the image {recipe.name}",
            lambda client: _build(client, recipe, instance, heard),
            seconds=READ_SECONDS,
            total=TOTAL_SECONDS,
        )
    except Refused as refused:
        failure = refused.message
    if failure:
        raise ScriptError(
            f"the image cannot be built from {recipe.dockerfile}: {failure}",
            hint="Its log: boatyard workspace build-log NAME. Correct the Dockerfile and commit it, "
            "then start a new workspace; when only the network failed, retry.",
            details={"log": list(last)},
        )


def _build(client: APIClient, recipe: ImageRecipe, instance: str, heard: Callable[[str], None]) -> str:
    """Builds to the end; gives what went wrong, or an empty text. Runs in a thread."""
    with recipe.context.open("rb") as context:
        for report in client.build(
            fileobj=context,
            custom_context=True,
            dockerfile=recipe.dockerfile,
            tag=recipe.name,
            buildargs=recipe.args,
            target=recipe.target or None,
            labels={BUILT_FOR: instance},
            rm=True,
            forcerm=True,
            decode=True,
        ):
            if "error" in report:
                heard(str(report["error"]))
                return str(report["error"]).strip()
            for line in str(report.get("stream") or report.get("status") or "").splitlines():
                if line.strip():
                    heard(line)
    return ""
