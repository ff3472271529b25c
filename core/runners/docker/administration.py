"""All containers of one home: listed with what they use, started, stopped, removed.

Every act names the container by its full id after its label was looked at, so that a container which took
over the name meanwhile, or belongs to another home or to nobody, is never touched.
"""

from __future__ import annotations

import asyncio
import calendar
import contextlib
import json
import time
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any

from core.errors import NotFoundError, UnreachableError
from core.runners.docker.connection import CREATE_SECONDS, Connection, Refused
from core.runners.docker.container import HELPER, INSTANCE, WORKSPACE
from core.runners.docker.deeds import Deeds
from core.runners.docker.http import EngineHttp
from core.runners.docker.usage import usage_of
from core.values.containers import ContainerInfo, Usage

SAMPLE_SECONDS = 5.0
"""How long the first usable sample of a container may take; usually it is there after one second."""
DISK_SECONDS = 60.0
"""The engine walks all files of a container to say how much it has written."""
_AT_ONCE = 16
_EVENTS = ("start", "die", "destroy", "oom", "pause", "unpause", "health_status")


@dataclass(frozen=True)
class ContainerEvent:
    """Something that has happened to a workspace's container."""

    action: str
    """`start`, `die`, `destroy`, `oom`, `pause`, `unpause` or `health_status`."""
    workspace: str
    ours: bool
    """We have just stopped or removed it ourselves."""


class Administration:
    """The calls for everything that carries an instance's label."""

    def __init__(self, connection: Connection, deeds: Deeds) -> None:
        self.http = EngineHttp(connection)
        self._deeds = deeds

    async def close(self) -> None:
        await self.http.close()

    async def list(self, instance: str) -> list[ContainerInfo]:
        """The instance's containers, running or not, by name; one that goes away meanwhile is left out."""
        query = {"all": "true", "filters": _label_filter(instance)}
        rows: list[dict[str, Any]] = await self.http.document(
            "/containers/json", "list containers", query=query
        )
        gate = asyncio.Semaphore(_AT_ONCE)

        async def look(container: str) -> ContainerInfo | None:
            async with gate:
                return await self.find(container, instance)

        found = await asyncio.gather(*(look(str(row["Id"])) for row in rows))
        return sorted(filter(None, found), key=lambda each: each.name)

    async def find(self, container: str, instance: str) -> ContainerInfo | None:
        """One container by its id, if there is one and it is the instance's."""
        try:
            document = await self.http.document(f"/containers/{container}/json", "look at a container")
        except Refused as refused:
            if refused.status == 404:
                return None
            raise
        info = _info(document)
        return info if (document["Config"].get("Labels") or {}).get(INSTANCE) == instance else None

    async def disk(self, instance: str) -> dict[str, int]:
        """Bytes that each container of the instance has written over its image, by id."""
        query = {"all": "true", "size": "true", "filters": _label_filter(instance)}
        rows: list[dict[str, Any]] = await self.http.document(
            "/containers/json", "measure containers", query=query, seconds=DISK_SECONDS
        )
        return {str(row["Id"]): int(row.get("SizeRw") or 0) for row in rows}

    async def start(self, container: ContainerInfo) -> None:
        await self._act(container, "start")

    async def stop(self, container: ContainerInfo) -> None:
        await self._act(container, "stop", {"t": "5"})

    async def remove(self, container: ContainerInfo) -> None:
        """Removes it, running or not, with its anonymous volumes; one that is gone is no error."""
        self._deeds.note(container.id)
        try:
            await self.http.request(
                "DELETE", f"/containers/{container.id}", f"remove the container {container.name}",
                query={"force": "true", "v": "true"}, seconds=CREATE_SECONDS,
            )  # fmt: skip
        except Refused as refused:
            if refused.status not in (404, 409):  # 409: its removal is under way already
                raise

    async def _act(self, container: ContainerInfo, verb: str, query: dict[str, str] | None = None) -> None:
        self._deeds.note(container.id)
        try:
            await self.http.request(
                "POST", f"/containers/{container.id}/{verb}", f"{verb} the container {container.name}",
                query=query, seconds=CREATE_SECONDS,
            )  # fmt: skip
        except Refused as refused:
            if refused.status == 404:
                raise NotFoundError(
                    f"the container {container.name} is gone", hint="See 'boatyard container list'."
                ) from refused
            raise

    async def events(self, instance: str, since: float) -> AsyncGenerator[ContainerEvent]:
        """What happens to the instance's containers after a time, until the engine goes away.

        Raises:
            UnreachableError: It went away.
        """
        filters = {"type": ["container"], "label": [f"{INSTANCE}={instance}"], "event": list(_EVENTS)}
        query = {"since": f"{since:.3f}", "filters": json.dumps(filters)}
        stream = self.http.documents("/events", "watch the containers", query=query)
        async with contextlib.aclosing(stream):
            async for document in stream:
                labels = document["Actor"].get("Attributes") or {}
                if HELPER not in labels:
                    names = str(document["Actor"]["ID"]), str(labels.get("name", ""))
                    yield ContainerEvent(
                        action=str(document["Action"]).partition(":")[0],
                        workspace=str(labels.get(WORKSPACE, "")),
                        ours=self._deeds.has(*names),
                    )
        raise UnreachableError(
            "the container engine has ended its events", hint="It is stopped, or being restarted."
        )

    async def log(self, container: ContainerInfo, lines: int) -> str:
        """The last lines that the container's own process has written, both streams as they came."""
        query = {"stdout": "true", "stderr": "true", "tail": str(lines)}
        payload = await self.http.request(
            "GET", f"/containers/{container.id}/logs", f"read the log of {container.name}", query=query
        )
        return _demultiplexed(payload).decode(errors="replace")

    async def usage(self, container: ContainerInfo) -> AsyncGenerator[Usage]:
        """What a container uses, about once a second, until it ends."""
        what = f"watch what {container.name} uses"
        async for sample in self.http.documents(f"/containers/{container.id}/stats", what):
            if "usage" not in (sample.get("memory_stats") or {}):
                return  # It has stopped; the engine would go on with empty samples until it starts again.
            usage = usage_of(sample)
            if usage is not None:
                yield usage

    async def sample(self, container: ContainerInfo) -> Usage | None:
        """What a container uses now; None when it does not run."""
        stream = self.usage(container)
        try:
            async with asyncio.timeout(SAMPLE_SECONDS):
                return await anext(stream, None)
        except (TimeoutError, Refused):
            return None
        finally:
            await stream.aclose()


def _label_filter(instance: str) -> str:
    return json.dumps({"label": [f"{INSTANCE}={instance}"]})


def _info(document: dict[str, Any]) -> ContainerInfo:
    state, config = document["State"], document["Config"]
    labels = config.get("Labels") or {}
    status = str(state["Status"])
    return ContainerInfo(
        id=str(document["Id"]),
        name=str(document["Name"]).removeprefix("/"),
        workspace=str(labels.get(WORKSPACE, "")),
        state=status,
        health=_health(state),
        image=str(config.get("Image", "")),
        created_at=_seconds(str(document.get("Created", ""))),
        started_at=_seconds(str(state.get("StartedAt", ""))) or None,
        exit_code=int(state["ExitCode"]) if status in ("exited", "dead") else None,
        out_of_memory=bool(state.get("OOMKilled")),
        helper=HELPER in labels,
    )


def _health(state: dict[str, Any]) -> str:
    status = str((state.get("Health") or {}).get("Status", ""))
    return "" if status == "none" else status


def _seconds(text: str) -> float:
    """A time as the engine writes it, in seconds since 1970; 0 where it means "never"."""
    try:
        whole = calendar.timegm(time.strptime(text[:19], "%Y-%m-%dT%H:%M:%S"))
    except ValueError:
        return 0.0
    fraction = text[19:].rstrip("Z")
    try:
        return max(0.0, whole + float(fraction or 0))
    except ValueError:
        return max(0.0, float(whole))


def _demultiplexed(payload: bytes) -> bytes:
    """The output of a container without a terminal, out of frames of eight bytes and their content."""
    pieces = []
    at = 0
    while at + 8 <= len(payload) and payload[at] in (0, 1, 2) and payload[at + 1 : at + 4] == b"\0\0\0":
        size = int.from_bytes(payload[at + 4 : at + 8], "big")
        pieces.append(payload[at + 8 : at + 8 + size])
        at += 8 + size
    return b"".join(pieces) if pieces else payload
