"""What is asked of the container engine, one method per thing: containers, processes in them, facts."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.errors import BoatyardError, ConflictError
from core.runners.docker.connection import CREATE_SECONDS, PROBE_SECONDS, USUAL_SECONDS, Connection, Refused
from core.runners.docker.container import HELPER, INSTANCE, WORKSPACE, ContainerSpec, Limits, user
from core.runners.docker.deeds import Deeds
from core.runners.runner import EnvironmentState, Owned

if TYPE_CHECKING:
    from docker import APIClient

_STOP_SECONDS = 5
_LEFT_BEGUN = re.compile(r"\btask \S+ already exists|failed to start shim: mkdir .*: file exists")
"""What containerd says of a container whose first start was cut off, late or early in it; no further start
gets past it."""
_STATES = {"running": EnvironmentState.RUNNING, "paused": EnvironmentState.RUNNING}


class LeftBegunError(BoatyardError):
    """The container engine was killed while it started the container: this one will never start."""


@dataclass(frozen=True)
class Container:
    """A container as the engine reports it."""

    id: str
    status: str
    image: str
    labels: dict[str, str]
    started_at: str = ""
    """As the engine writes it; another one after each start."""
    limits: Limits | None = None

    @property
    def state(self) -> EnvironmentState:
        return _STATES.get(self.status, EnvironmentState.STOPPED)


@dataclass(frozen=True)
class Facts:
    """The engine itself."""

    version: str
    cpus: int
    unenforced: tuple[str, ...]
    """Limits that the engine accepts and does not keep."""


class ContainerEngine:
    """The calls; errors are told in words that name the container or image."""

    def __init__(self, connection: Connection, deeds: Deeds | None = None) -> None:
        self._connection = connection
        self._deeds = deeds or Deeds()
        self._cpus: int | None = None
        self._creating = asyncio.Semaphore(2 * (os.cpu_count() or 1))
        """Creating is bound by the processor: more at once only makes each one slower."""

    async def facts(self) -> Facts:
        info: dict[str, Any] = await self._connection.call(
            "ask for its state", lambda client: client.info(), seconds=PROBE_SECONDS
        )
        limits = {"MemoryLimit": "memory", "CpuCfsQuota": "CPU", "PidsLimit": "process"}
        return Facts(
            version=str(info.get("ServerVersion", "")),
            cpus=int(info.get("NCPU") or 1),
            unenforced=tuple(name for key, name in limits.items() if not info.get(key)),
        )

    async def cpus(self) -> int:
        """Processors of the machine that containers run on; asked once."""
        if self._cpus is None:
            self._cpus = (await self.facts()).cpus
        return self._cpus

    async def find(self, name: str) -> Container | None:
        try:
            found: dict[str, Any] = await self._connection.call(
                f"look for the container {name}", lambda client: client.inspect_container(name)
            )
        except Refused as refused:
            if refused.status == 404:
                return None
            raise
        return Container(
            id=str(found["Id"]),
            status=str(found["State"]["Status"]),
            image=str(found["Image"]),
            labels=dict(found["Config"].get("Labels") or {}),
            limits=_limits(found["HostConfig"]),
            started_at=str(found["State"].get("StartedAt", "")),
        )

    async def entered(self, name: str) -> bool:
        """Whether a command runs in a container beside its first one."""
        try:
            found: dict[str, Any] = await self._connection.call(
                f"look into the container {name}", lambda client: client.inspect_container(name)
            )
        except Refused as refused:
            if refused.status == 404:
                return False
            raise
        return bool(found.get("ExecIDs"))

    async def create(self, spec: ContainerSpec, image: str) -> str:
        """Creates and starts a container; one that does not start is removed again.

        Raises:
            ConflictError: The name is taken.
            BoatyardError: The engine refuses the container, or cannot start it.
        """
        async with self._creating:
            try:
                container: str = await self._connection.call(
                    f"create the container {spec.name}",
                    lambda client: spec.create(client, image),
                    seconds=CREATE_SECONDS,
                )
            except Refused as refused:
                if refused.status == 409:
                    raise ConflictError(f"the container name {spec.name} is taken") from refused
                raise
            try:
                await self.start(container, spec.name)
            except BoatyardError:
                await self.remove(container)
                raise
        return container

    async def limit(self, container: str, spec: ContainerSpec) -> None:
        """Gives a container the limits of `spec`, whether it runs or not.

        Raises:
            ConflictError: The engine refuses them.
        """
        limits = spec.limits
        body = {
            "Memory": limits.memory_bytes, "MemorySwap": limits.memory_bytes,
            "NanoCpus": limits.nano_cpus, "PidsLimit": limits.processes,
        }  # fmt: skip

        def use(client: APIClient) -> str:
            # The SDK's own call knows neither processes nor whole processors.
            url = f"{client.base_url}/v{client.api_version}/containers/{container}/update"
            answer = client.post(url, json=body, timeout=USUAL_SECONDS)
            return "" if answer.ok else str(answer.json().get("message", answer.status_code))

        what = f"change the limits of the container {spec.name}"
        refusal = await self._connection.call(what, use)
        if refusal:
            raise ConflictError(
                f"cannot {what}: {refusal}",
                hint="Less memory than is in use cannot be given: stop what runs first.",
            )

    async def start(self, container: str, name: str) -> None:
        """Starts, or wakes a paused container.

        Raises:
            LeftBegunError: It never will; another one can be made in its place.
            BoatyardError: It does not start.
        """
        try:
            await self._connection.call(
                f"start the container {name}", lambda client: client.start(container), seconds=CREATE_SECONDS
            )
        except Refused as refused:
            kind = LeftBegunError if _LEFT_BEGUN.search(refused.message) else BoatyardError
            raise kind(refused.message, hint=_start_hint(refused.message)) from refused

    async def wake(self, container: str) -> None:
        await self._connection.call(
            f"wake the container {container}", lambda client: client.unpause(container)
        )

    async def stop(self, container: str) -> None:
        self._deeds.note(container)
        await self._unless_gone(
            f"stop the container {container}",
            lambda client: client.stop(container, timeout=_STOP_SECONDS),
        )

    async def kill(self, container: str) -> None:
        self._deeds.note(container)
        await self._unless_gone(f"kill the container {container}", lambda client: client.kill(container))

    async def remove(self, container: str) -> None:
        """Removes it, running or not, with its anonymous volumes; returns when it is gone."""

        self._deeds.note(container)

        def use(client: APIClient) -> None:
            from docker.errors import APIError

            try:
                client.remove_container(container, force=True, v=True)
            except APIError as error:
                if error.status_code != 409:
                    raise
                client.wait(container, condition="removed")  # Its removal is under way already.

        await self._unless_gone(f"remove the container {container}", use)

    async def _unless_gone(self, what: str, use: Callable[[APIClient], object]) -> None:
        try:
            await self._connection.call(what, use, seconds=CREATE_SECONDS)
        except Refused as refused:
            # 304: stopped already; 404: gone; 409: not running, so that there is nothing to kill.
            if refused.status not in (304, 404, 409):
                raise

    async def output(self, container: str) -> bytes:
        """What a container's own process has written so far."""

        def use(client: APIClient) -> bytes:
            return bytes(client.logs(container))

        return await self._connection.call(f"read the log of {container}", use)

    async def execute(self, container: str, argv: Sequence[str], variables: dict[str, str]) -> None:
        """Starts a command in a running container, detached.

        Raises:
            ConflictError: The container does not run.
        """

        def use(client: APIClient) -> None:
            made = client.exec_create(
                container, list(argv), stdout=False, stderr=False, user=user(), environment=variables
            )
            client.exec_start(made["Id"], detach=True)

        try:
            await self._connection.call(
                f"start a process in the container {container}", use, seconds=CREATE_SECONDS
            )
        except Refused as refused:
            if refused.status in (404, 409):
                raise ConflictError(
                    f"the container {container} does not run", hint="Restore the workspace first."
                ) from refused
            raise

    async def owned(self, instance: str, *, workspace: str = "") -> list[Owned]:
        """Containers with the instance's label, those of one workspace when it is named."""
        labels = [f"{INSTANCE}={instance}"] + ([f"{WORKSPACE}={workspace}"] if workspace else [])
        found: list[dict[str, Any]] = await self._connection.call(
            "list containers", lambda client: client.containers(all=True, filters={"label": labels})
        )
        return [
            Owned(
                workspace=str(container["Labels"].get(WORKSPACE, "")),
                name=str(container["Names"][0]).removeprefix("/"),
                state=_STATES.get(str(container["State"]), EnvironmentState.STOPPED),
                image=str(container["Image"]),
                helper=HELPER in container["Labels"],
            )
            for container in found
            if container.get("Names")
        ]


def _limits(host: dict[str, Any]) -> Limits:
    return Limits(
        memory_bytes=int(host.get("Memory") or 0),
        nano_cpus=int(host.get("NanoCpus") or 0),
        processes=int(host.get("PidsLimit") or 0),
    )


def _start_hint(message: str) -> str:
    if "executable file not found" in message:
        return "The image has no `sh`; choose another image for the workspace."
    if "mount" in message:
        return "A folder of the workspace is missing; restore it, or delete the workspace."
    return "See the container engine's log."
