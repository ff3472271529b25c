"""The client's calls about containers and the defaults that new ones are made with."""

from __future__ import annotations

from collections.abc import AsyncIterator

import msgspec

from core.client.connection import Connection
from core.client.parts import part
from core.values import requests as ask
from core.values.configuration import Setting
from core.values.containers import (
    ContainerInfo,
    ContainerLog,
    Defaults,
    NetworkReport,
    Notice,
    PruneReport,
    Usage,
    WorkspaceHealth,
)
from core.values.entities import Operation


class ContainerCalls:
    """A part of `core.client.Client`. A container is named by its workspace, its name or part of its id."""

    _http: Connection

    async def containers(self, *, stats: bool = False, disk: bool = False) -> tuple[ContainerInfo, ...]:
        """All containers of the home; with `stats` what each uses, which takes a second or two."""
        query = {name: "true" for name, wanted in (("stats", stats), ("disk", disk)) if wanted}
        return await self._http.call("GET", "/containers", tuple[ContainerInfo, ...], query=query)

    async def container(self, container: str) -> ContainerInfo:
        return await self._http.call("GET", f"/containers/{part(container)}", ContainerInfo)

    async def start_container(self, container: str) -> ContainerInfo:
        return await self._http.call("POST", f"/containers/{part(container)}/start", ContainerInfo)

    async def stop_container(self, container: str) -> ContainerInfo:
        return await self._http.call("POST", f"/containers/{part(container)}/stop", ContainerInfo)

    async def restart_container(self, container: str) -> ContainerInfo:
        return await self._http.call("POST", f"/containers/{part(container)}/restart", ContainerInfo)

    async def remove_container(self, container: str) -> ContainerInfo:
        """Removes it; its workspace stays, and gets a new one with its next process."""
        return await self._http.call("DELETE", f"/containers/{part(container)}", ContainerInfo)

    async def prune_containers(self, body: ask.PruneContainers) -> PruneReport:
        return await self._http.call("POST", "/prune-containers", PruneReport, body=body)

    async def container_log(self, container: str, *, lines: int = 200) -> ContainerLog:
        path = f"/containers/{part(container)}/log"
        return await self._http.call("GET", path, ContainerLog, query={"lines": lines})

    def container_usage(self, container: str) -> AsyncIterator[Usage]:
        """What a container uses, about once a second; ends with it."""
        return self._http.frames(f"/containers/{part(container)}/usage", msgspec.json.Decoder(Usage))

    async def workspace_health(self, name: str) -> WorkspaceHealth:
        """Whether all that a workspace is made of is there."""
        return await self._http.call("GET", f"/workspaces/{part(name)}/health", WorkspaceHealth)

    async def workspace_network(self, name: str) -> NetworkReport:
        """What a workspace may reach, and what it was refused."""
        return await self._http.call("GET", f"/workspaces/{part(name)}/network", NetworkReport)

    async def repair_workspace(self, name: str) -> Operation:
        """Begins to bring back what is missing of it, from its last snapshot."""
        return await self._http.call("POST", f"/workspaces/{part(name)}/repair", Operation)

    async def notices(self) -> tuple[Notice, ...]:
        """What has happened lately without the user's doing."""
        return await self._http.call("GET", "/notices", tuple[Notice, ...])

    async def defaults(self) -> Defaults:
        """What new workspaces get."""
        return await self._http.call("GET", "/defaults", Defaults)

    async def update_defaults(self, body: ask.UpdateDefaults) -> Defaults:
        """Writes defaults into `config.toml`, whose comments and order stay."""
        return await self._http.call("PATCH", "/defaults", Defaults, body=body)

    async def settings(self) -> tuple[Setting, ...]:
        """All settings of `config.toml`, those included that it does not name; read anew from the file."""
        return await self._http.call("GET", "/config", tuple[Setting, ...])

    async def set_config(self, body: ask.SetConfig) -> Defaults:
        """Writes one key into `config.toml`, or takes it out."""
        return await self._http.call("PATCH", "/config", Defaults, body=body)
