"""The trash: what can be recovered, and its end, by age or on request."""

from __future__ import annotations

import asyncio
import contextlib
import os
import uuid
from pathlib import Path

import msgspec

from core.git.removal import remove_below
from core.lifecycle.context import Context
from core.lifecycle.operation import Step
from core.lifecycle.place import Place
from core.store import lookup
from core.store import models as m
from core.values.entities import Trashed
from core.values.states import WorkspaceState

KEPT_SECONDS = 30 * 24 * 3600.0
"""How long a removed workspace can be recovered."""
PURGE_STEPS = (
    ("folder", "delete the folder"),
    ("refs", "let go of the work in the depots"),
    ("row", "forget the workspace"),
)


class Trash:
    """What was removed."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def contents(self) -> tuple[Trashed, ...]:
        """Everything that can be recovered, the latest first, with its size on the disk."""
        found = await self._context.store.read(_removed)
        return tuple([await asyncio.to_thread(_measured, each, self._context.home.trash) for each in found])

    async def expired(self) -> list[str]:
        """The names of those that were removed too long ago."""
        found = await self._context.store.read(_removed)
        return [each.name for each in found if each.expires_at <= self._context.clock()]

    def purge_steps(self, name: str) -> list[Step]:
        """What deletes a removed workspace for good; each step can be repeated."""
        labels = dict(PURGE_STEPS)
        return [
            Step("folder", labels["folder"], lambda: self._delete_folder(name), keeps=True),
            Step("refs", labels["refs"], lambda: self._forget(name), keeps=True),
            Step("row", labels["row"], lambda: self._forget_row(name), keeps=True),
        ]

    async def _forget_row(self, name: str) -> None:
        await self._context.store.write(_delete_row, name)

    async def _delete_folder(self, name: str) -> None:
        trash = self._context.home.trash
        await asyncio.to_thread(_delete, trash, trash / name)

    async def _forget(self, name: str) -> None:
        for repo_id in await self._context.store.read(_repo_ids, name):
            depot = Place(self._context.home, name).depot(repo_id)
            if depot.exists():
                await depot.forget_workspace(name)


def _delete(trash: Path, folder: Path) -> None:
    """Away by a rename first, so that half of it is never taken for the whole."""
    leftovers = [each for each in trash.glob(f".{folder.name}.*") if each.name.count(".") == 2]
    if os.path.lexists(folder):
        gone = trash / f".{folder.name}.{uuid.uuid4().hex}"
        folder.rename(gone)
        leftovers.append(gone)
    for leftover in leftovers:
        remove_below(trash, leftover)


def _removed() -> list[Trashed]:
    rows = m.Workspace.select().where(m.Workspace.state == WorkspaceState.DELETED)
    return [
        Trashed(
            name=row.name,
            task_id=row.task_id,
            task_title=row.task.title,
            removed_at=row.deleted_at or 0.0,
            expires_at=(row.deleted_at or 0.0) + KEPT_SECONDS,
        )
        for row in rows.order_by(m.Workspace.deleted_at.desc())
    ]


def _measured(each: Trashed, trash: Path) -> Trashed:
    files = size = 0
    for folder, _, names in os.walk(trash / each.name):
        for name in names:
            with contextlib.suppress(OSError):
                size += os.lstat(os.path.join(folder, name)).st_blocks * 512
                files += 1
    return msgspec.structs.replace(each, files=files, size=size)


def _repo_ids(name: str) -> list[str]:
    return [place.repo_id for place in lookup.workspace(name).repos]


def _delete_row(name: str) -> None:
    m.Workspace.delete().where(
        m.Workspace.name == name, m.Workspace.state == WorkspaceState.DELETED
    ).execute()
