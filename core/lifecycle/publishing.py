"""Publishing: a folder of a workspace copied to where the public file server finds it.

Below `data/public`, `versions/NAME.N` holds copies, and the link `served/NAME` leads to the one that is
served. It is swapped by one rename, once the new copy is whole: whatever fails before, the old one stays.
"""

from __future__ import annotations

import asyncio
import os
import re
import uuid
from pathlib import Path

from core.git.removal import remove_below
from core.lifecycle.context import Context
from core.lifecycle.facts import workspace_facts
from core.lifecycle.operation import Step
from core.lifecycle.place import Place
from core.lifecycle.public_copy import checked_folder, copy_public
from core.lifecycle.telling import tell_workspace
from core.paths import Home
from core.store import lookup
from core.store import models as m
from core.store.models.fields import now
from core.values.entities import Operation

PUBLISH_STEPS = (
    ("copy", "copy the folder"),
    ("switch", "let the copy be served"),
    ("record", "write it down"),
    ("clean", "delete the copies before it"),
)
UNPUBLISH_STEPS = (
    ("link", "serve it no longer"),
    ("record", "write it down"),
    ("clean", "delete the copies"),
)
SHOWN = 20
"""Things left out that are told while it happens; the result has more."""
_PART = ".part"
_TO_VERSIONS = "../versions/"


class Publishing:
    """The steps of publishing and of taking back."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def publish_steps(self, operation: Operation, folder: str, by: str) -> list[Step]:
        """The steps; each can be repeated, and until the switch the old copy is served."""
        name, labels = operation.workspace, dict(PUBLISH_STEPS)

        async def discard() -> None:
            await asyncio.to_thread(_discard_parts, self._context.home, name)

        return [
            Step("copy", labels["copy"], lambda: self._copy(operation, folder), discard),
            Step("switch", labels["switch"], lambda: self._switch(operation), keeps=True),
            Step("record", labels["record"], lambda: self._record(name, by), keeps=True),
            Step("clean", labels["clean"], lambda: self._clean(name), keeps=True),
        ]

    def unpublish_steps(self, name: str) -> list[Step]:
        labels = dict(UNPUBLISH_STEPS)
        return [
            Step("link", labels["link"], lambda: self._unlink(name), keeps=True),
            Step("record", labels["record"], lambda: self._forget(name), keeps=True),
            Step("clean", labels["clean"], lambda: self._clean(name), keeps=True),
        ]

    async def withdraw(self, name: str) -> None:
        """Takes back what was published of a workspace, without words; may be repeated."""
        for step in self.unpublish_steps(name):
            await step.do()

    async def _copy(self, operation: Operation, folder: str) -> None:
        facts = await self._context.store.read(workspace_facts, operation.workspace)
        root = Path(Place(self._context.home, facts.name).working_directory(facts))
        parts = checked_folder(folder)

        def copy() -> tuple[str, dict[str, object], list[str]]:
            _discard_parts(self._context.home, facts.name)
            version = f"{facts.name}.{_newest(self._context.home, facts.name) + 1}"
            part = self._context.home.published / f"{version}{_PART}"
            try:
                report = copy_public(root, parts, part)
            except BaseException:
                _discard_parts(self._context.home, facts.name)
                raise
            part.rename(self._context.home.published / version)
            told = {"files": report.files, "size": report.size, "left_out": report.left_out}
            return version, told, report.left_out

        version, told, left_out = await asyncio.to_thread(copy)
        await self._context.operations.report(operation.id, "copy", detail="\n".join(left_out[:SHOWN]))
        await self._context.operations.set_result(operation.id, version=version, **told)

    async def _switch(self, operation: Operation) -> None:
        version = str((await self._context.operations.get(operation.id)).result["version"])
        await asyncio.to_thread(_lead_to, self._context.home, operation.workspace, version)

    async def _unlink(self, name: str) -> None:
        await asyncio.to_thread((self._context.home.served / name).unlink, missing_ok=True)

    async def _record(self, name: str, by: str) -> None:
        def write() -> None:
            row = lookup.workspace(name)
            row.published_at, row.published_by = now(), by
            row.save(only=[m.Workspace.published_at, m.Workspace.published_by])

        await self._context.store.write(write)
        await tell_workspace(self._context, name)

    async def _forget(self, name: str) -> None:
        def write() -> bool:
            row = lookup.workspace(name)
            was = row.published_at is not None
            row.published_at = row.published_by = None
            row.save(only=[m.Workspace.published_at, m.Workspace.published_by])
            return was

        if await self._context.store.write(write):
            await tell_workspace(self._context, name)

    async def _clean(self, name: str) -> None:
        await asyncio.to_thread(_delete_unserved, self._context.home, name)


def served_version(home: Home, name: str) -> str | None:
    """The copy that is served under a name; None: none is."""
    try:
        version = os.readlink(home.served / name).removeprefix(_TO_VERSIONS)
    except OSError:
        return None
    return version if re.fullmatch(re.escape(name) + r"\.\d+", version) else None


def _versions(home: Home, name: str) -> list[Path]:
    """All copies of a workspace, also those that were cut off."""
    own = re.compile(re.escape(name) + r"\.\d+(\.part)?")
    return [path for path in home.published.iterdir() if own.fullmatch(path.name)]


def _newest(home: Home, name: str) -> int:
    return max((int(path.name.split(".")[1]) for path in _versions(home, name)), default=0)


def _discard_parts(home: Home, name: str) -> None:
    for path in _versions(home, name):
        if path.name.endswith(_PART):
            remove_below(home.published, path)


def _lead_to(home: Home, name: str, version: str) -> None:
    """Swaps the link by one rename."""
    fresh = home.served / f".{name}.{uuid.uuid4().hex}"
    os.symlink(_TO_VERSIONS + version, fresh)
    os.rename(fresh, home.served / name)


def _delete_unserved(home: Home, name: str) -> None:
    served = served_version(home, name)
    for path in _versions(home, name):
        if path.name != served:
            remove_below(home.published, path)
    for fresh in home.served.glob(f".{name}.*"):
        fresh.unlink(missing_ok=True)
