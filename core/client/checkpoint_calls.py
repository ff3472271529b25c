"""The client's calls about checkpoints."""

from __future__ import annotations

from core.client.connection import Connection
from core.client.parts import part
from core.values import requests as ask
from core.values.answers import ExportAnswer
from core.values.entities import Checkpoint, Operation


class CheckpointCalls:
    """A part of `core.client.Client`."""

    _http: Connection

    async def checkpoints(self, name: str) -> tuple[Checkpoint, ...]:
        """A workspace's checkpoints, the first at the beginning."""
        return await self._http.call("GET", f"/workspaces/{part(name)}/checkpoints", tuple[Checkpoint, ...])

    async def take_checkpoint(self, name: str, body: ask.TakeCheckpoint) -> Checkpoint:
        """Keeps everything that is in the workspace now."""
        path = f"/workspaces/{part(name)}/checkpoints"
        return await self._http.call("POST", path, Checkpoint, body=body)

    async def export_checkpoint(self, name: str, body: ask.ExportCheckpoint) -> ExportAnswer:
        """Writes a zip into the home's exchange folder; see `core.client.exchange` for the whole way."""
        path = f"/workspaces/{part(name)}/checkpoint-export"
        return await self._http.call("POST", path, ExportAnswer, body=body, patient=True)

    async def import_checkpoint(self, name: str, body: ask.ImportCheckpoint) -> Checkpoint:
        """Makes a new checkpoint of a zip in the exchange folder; nothing is restored."""
        path = f"/workspaces/{part(name)}/checkpoint-import"
        return await self._http.call("POST", path, Checkpoint, body=body, patient=True)

    async def restore_to(self, name: str, body: ask.RestoreTo) -> Operation:
        """Begins to bring all repos back to a checkpoint; the present is kept as another one first."""
        return await self._http.call("POST", f"/workspaces/{part(name)}/restore-to", Operation, body=body)

    async def rewind(self, name: str, body: ask.RewindWorkspace) -> Operation:
        """Begins to take a turn and all later ones back, files included; `restore_to` undoes it."""
        return await self._http.call("POST", f"/workspaces/{part(name)}/rewind", Operation, body=body)
