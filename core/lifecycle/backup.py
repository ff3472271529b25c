"""Making a backup: everything that cannot be made again, as one file, while engine and agents go on.

It reads only, needs no engine, and works beside one that hangs. The database is copied first: a depot
only gains objects, so that what the copy speaks of is in the bundles made after it.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import msgspec

from core.errors import ConflictError, NotFoundError, StorageError
from core.git.depot import Depot
from core.git.depot_bundle import write_bundle
from core.lifecycle.backup_archive import (
    CONFIG,
    DATABASE,
    FORMAT,
    MANIFEST,
    NAMES,
    SMALL_LIMIT,
    Manifest,
    Member,
)
from core.paths import Home
from core.store.backup import copy_database

_CHUNK = 2**20


async def make_backup(home: Home, target: Path) -> Manifest:
    """Writes a backup of a home; it appears under its name when it is complete.

    Args:
        home: The home; its engine may run.
        target: The file to make.

    Raises:
        NotFoundError: The home has no database yet.
        ConflictError: The file is there already.
        StorageError: The database is damaged, or the disk is full.
        GitError: A depot is damaged.
    """
    if not home.database.exists():
        raise NotFoundError(
            f"there is nothing to back up in {home.data}", hint="Choose the home with --home."
        )
    if os.path.lexists(target):
        raise ConflictError(f"{target} is there already", hint="Choose another name; nothing is replaced.")
    with _storage_errors(target):
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".boatyard-backup-") as folder:
            writing = _Writing(Path(folder))
            manifest = await _fill(writing, home)
            await asyncio.to_thread(_publish, writing, target)
    return manifest


@dataclass
class _Writing:
    """An archive under way."""

    folder: Path
    members: list[Member] = field(default_factory=list)

    @property
    def part(self) -> Path:
        return self.folder / "part.zip"

    def __post_init__(self) -> None:
        os.close(os.open(self.part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))

    def add(self, name: str, source: Path, *, packed: bool = False) -> None:
        """Adds a file as it is now; reads it once, so that size and digest are of what went in."""
        info = _info(name, zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED)
        total, digest = 0, hashlib.sha256()
        with zipfile.ZipFile(self.part, "a") as archive, source.open("rb") as file:
            with archive.open(info, "w", force_zip64=True) as out:
                while chunk := file.read(_CHUNK):
                    total += len(chunk)
                    digest.update(chunk)
                    out.write(chunk)
        self.members.append(Member(name=name, size=total, sha256=digest.hexdigest()))

    def add_text(self, name: str, text: bytes) -> None:
        path = self.folder / "text"
        path.write_bytes(text)
        self.add(name, path)


def _info(name: str, kind: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, time.localtime()[:6])
    info.compress_type = kind
    info.external_attr = 0o100600 << 16
    return info


async def _fill(writing: _Writing, home: Home) -> Manifest:
    copy = writing.folder / DATABASE
    schema = await asyncio.to_thread(copy_database, home.database, copy)
    await asyncio.to_thread(writing.add, DATABASE, copy)
    await asyncio.to_thread(copy.unlink)
    for path in sorted(home.depots.glob("*.git")):
        await _add_depot(writing, Depot(path))
    await asyncio.to_thread(_add_files, writing, home)
    manifest = Manifest(
        format=FORMAT,
        version=version("boatyard"),
        schema=schema,
        made_at=time.time(),
        members=tuple(writing.members),
    )
    await asyncio.to_thread(writing.add_text, MANIFEST, msgspec.json.encode(manifest))
    return manifest


async def _add_depot(writing: _Writing, depot: Depot) -> None:
    name = f"depots/{depot.path.stem}.bundle"
    if not NAMES.fullmatch(name) or not depot.exists():
        return
    bundle = writing.folder / "bundle"
    if await write_bundle(depot, bundle):
        await asyncio.to_thread(writing.add, name, bundle, packed=True)
        await asyncio.to_thread(bundle.unlink)
        shallow = depot.path / "shallow"
        if shallow.exists():
            await asyncio.to_thread(writing.add, f"depots/{depot.path.stem}.shallow", shallow)


def _add_files(writing: _Writing, home: Home) -> None:
    for path in sorted(home.images.glob("*")):
        if NAMES.fullmatch(f"images/{path.name}") and path.is_file() and not path.is_symlink():
            writing.add(f"images/{path.name}", path, packed=True)
    themes = home.config / "themes"
    for path in sorted(themes.glob("*.toml")):
        name = f"config/themes/{path.name}"
        if NAMES.fullmatch(name) and path.is_file() and path.stat().st_size <= SMALL_LIMIT:
            writing.add(name, path)
    settings = home.config / "config.toml"
    if settings.is_file() and settings.stat().st_size <= SMALL_LIMIT:
        text = without_secrets(settings.read_text(encoding="utf-8", errors="replace"))
        if text is not None:
            writing.add_text(CONFIG, text.encode())


def without_secrets(text: str) -> str | None:
    """A settings file without what may hold a secret; None where it cannot be read, and so not be cleaned.

    Comments go too: a key that was commented out is still a key.
    """
    import tomllib

    import tomlkit

    try:
        document: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None
    document.pop("attention", None)
    agents = document.get("agents")
    for agent in agents.values() if isinstance(agents, dict) else ():
        if isinstance(agent, dict):
            agent.pop("env", None)
    return tomlkit.dumps(document)


def _publish(writing: _Writing, target: Path) -> None:
    with writing.part.open("rb") as file:
        os.fsync(file.fileno())
    # Not a rename: that would take the place of a file made there meanwhile.
    os.link(writing.part, target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextmanager
def _storage_errors(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StorageError(
            f"the backup {target} cannot be written: {error.strerror or error}",
            hint="Nothing is left of it. Choose a folder with more space, or one you may write to.",
        ) from error
