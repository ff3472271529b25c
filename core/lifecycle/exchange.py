"""Checkpoints out of the home as zips, and in again.

Files pass through one folder of the home, so that a request never names a path of the machine.
"""

from __future__ import annotations

import asyncio
import os
import re
import uuid
from pathlib import Path
from typing import BinaryIO

from core.errors import ConflictError, NotFoundError, StorageError
from core.git.checkpoint_export import ExportedRepo, export_checkpoint
from core.git.checkpoint_import import Contents, ImportedRepo, read_checkpoint, write_tree
from core.git.checkpoint_manifest import FORMAT, VERSION, Manifest
from core.git.depot import Depot
from core.git.merge import write_commit
from core.git.user_repository import Identity
from core.lifecycle.checkpoint_records import RepoState, checkpoint_states, list_checkpoints
from core.lifecycle.context import Context
from core.lifecycle.facts import RepoFacts, WorkspaceFacts, workspace_facts
from core.lifecycle.place import Place
from core.lifecycle.snapshots import UNCHANGING, Snapshots
from core.values.entities import Checkpoint
from core.values.states import CheckpointKind

_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,127}\.zip")
_BOATYARD = Identity(name="Boatyard", email="boatyard@localhost")


class Exchange:
    """What brings checkpoints out and in."""

    def __init__(self, context: Context, snapshots: Snapshots) -> None:
        self._context = context
        self._snapshots = snapshots

    async def export(self, name: str, number: int) -> Path:
        """Writes a checkpoint into the exchange folder; gives the file."""
        facts = await self._context.store.read(workspace_facts, name)
        states = await self._context.store.read(checkpoint_states, name, number)
        every = await self._context.store.read(list_checkpoints, name)
        told = next(each for each in every if each.number == number)
        manifest = Manifest(
            format=FORMAT, version=VERSION, workspace=name, number=number, kind=told.kind.value,
            message=told.message, created_at=told.created_at, repos={},
        )  # fmt: skip
        path = self._context.home.exchange / f"{name}-{number}-{uuid.uuid4().hex[:8]}.zip"
        repos = [
            ExportedRepo(repo.name, self._depot(name, repo), state.commit, state.folders)
            for repo in facts.repos
            if (state := states.get(repo.repo_id)) is not None
        ]
        await export_checkpoint(path, manifest, repos)
        return path

    async def bring_in(self, name: str, file: str) -> Checkpoint:
        """Makes a new checkpoint of a zip in the exchange folder, and deletes the file."""
        facts = await self._context.store.read(workspace_facts, name)
        if facts.state in UNCHANGING:
            raise ConflictError(
                f"the workspace {name!r} is {facts.state.value}", hint="Try again when it is ready."
            )
        path = self._incoming(file)
        source = await asyncio.to_thread(_open, path)
        try:
            with source:
                scratch, names = self._context.home.exchange, [repo.name for repo in facts.repos]
                contents = await asyncio.to_thread(read_checkpoint, source, scratch, names)
        finally:
            await asyncio.to_thread(path.unlink, missing_ok=True)
        try:
            return await self._record(facts, contents)
        finally:
            await asyncio.to_thread(contents.close)

    async def _record(self, facts: WorkspaceFacts, contents: Contents) -> Checkpoint:
        states = [await self._written(facts, repo, contents.repos[repo.name]) for repo in facts.repos]
        manifest = contents.manifest
        message = f"imported {manifest.workspace}-{manifest.number}: {manifest.message}"
        line = " ".join(message.replace("\0", " ").split()).removesuffix(":")[:500]
        return await self._snapshots.keep(facts, CheckpointKind.MANUAL, line, states)

    async def _written(self, facts: WorkspaceFacts, repo: RepoFacts, imported: ImportedRepo) -> RepoState:
        depot = self._depot(facts.name, repo)
        tree = await write_tree(depot, imported)
        commit = await write_commit(depot, tree, (repo.head,), "Snapshot", _BOATYARD)
        return RepoState(repo.repo_id, commit, repo.head, imported.folders)

    def _depot(self, name: str, repo: RepoFacts) -> Depot:
        return Place(self._context.home, name).depot(repo.repo_id)

    def _incoming(self, file: str) -> Path:
        if not _FILE.fullmatch(file):
            raise NotFoundError(
                f"{file[:80]!r} is no name of a file in the exchange folder",
                hint=f"Put the zip into {self._context.home.exchange} and give its name alone.",
            )
        return self._context.home.exchange / file


def _open(path: Path) -> BinaryIO:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError as error:
        raise NotFoundError(
            f"there is no {path.name!r} in the exchange folder", hint="Put it there first."
        ) from error
    except OSError as error:
        raise StorageError(
            f"{path.name!r} cannot be opened: {error.strerror}", hint="Is it a file?"
        ) from error
    return os.fdopen(descriptor, "rb")
