"""Bringing a home back from a backup: all is checked and unpacked beside the home, then takes its place.

What was in the home is moved aside as a whole and never deleted. Until the two renames at the end nothing
of the home changes; a kill between them leaves it moved aside, under a name that says so.
"""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import os
import shutil
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import ConflictError, NotFoundError, StorageError, UsageError
from core.git.depot_bundle import read_bundle
from core.git.zip_failures import BAD_ZIP
from core.lifecycle.backup_archive import CONFIG, DATABASE, Manifest, read_manifest, refused
from core.paths import Home
from core.store.backup import check_database, end_operations, running_processes
from core.values.value import Value

_CHUNK = 2**20


class Restored(Value, frozen=True, kw_only=True):
    """What a restore did, or would do."""

    manifest: Manifest
    moved_aside: str | None
    """Where what was in the home is now; None where there was nothing, or nothing was changed."""
    ended_operations: int
    kept: tuple[str, ...]
    """Files of the home's configuration that are as they were, since the backup's do not replace them."""


async def restore_backup(home: Home, source: Path, *, dry_run: bool = False) -> Restored:
    """Puts what a backup holds in the place of a home's data.

    Args:
        home: The home; no engine may run on it.
        source: The backup.
        dry_run: Whether everything is checked and unpacked, and then nothing changed.

    Raises:
        NotFoundError: There is no such file.
        UsageError: It is no backup, or something in it is not as it may be.
        ConflictError: The home's engine runs, or processes of its workspaces do.
        StorageError: The database in it is damaged or newer than this program, or the disk is full.
        GitError: A depot in it is damaged.
    """
    if not source.is_file():
        raise NotFoundError(f"there is no file {source}", hint="Name a file that 'boatyard backup' wrote.")
    await asyncio.to_thread(_make_folders, home)
    with _stopped(home), _storage_errors():
        with tempfile.TemporaryDirectory(dir=home.data.parent, prefix=".boatyard-restore-") as scratch:
            staged = Path(scratch, "data")
            manifest = await asyncio.to_thread(_unpack, source, Path(scratch), staged)
            ended = await _prepare(Path(scratch), staged, manifest)
            kept = tuple(name for name in _settings(manifest) if os.path.lexists(_place(home, name)))
            if dry_run:
                return Restored(manifest=manifest, moved_aside=None, ended_operations=ended, kept=kept)
            aside = await asyncio.to_thread(_take_place, home, staged)
            await asyncio.to_thread(_put_settings, home, Path(scratch), manifest)
    await asyncio.to_thread(home.create)
    return Restored(manifest=manifest, moved_aside=aside, ended_operations=ended, kept=kept)


def _make_folders(home: Home) -> None:
    for folder in (home.state, home.data.parent):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)


@contextmanager
def _stopped(home: Home) -> Iterator[None]:
    """Holds the engine's own lock, so that none starts meanwhile."""
    with home.lock.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ConflictError(
                "the home's engine runs", hint="Run 'boatyard engine stop', then restore again."
            ) from error
        if running := running_processes(home.database):
            raise ConflictError(
                f"{running} process{'es' if running > 1 else ''} of the home's workspaces may still run",
                hint="Stop them with 'boatyard workspace stop NAME', then the engine.",
            )
        yield


def _unpack(source: Path, scratch: Path, staged: Path) -> Manifest:
    """Checks an archive and unpacks it; nothing but names of known forms becomes a path."""
    try:
        with source.open("rb") as file, zipfile.ZipFile(file) as archive:
            manifest = read_manifest(archive, os.fstat(file.fileno()).st_size)
            _check_space(scratch, manifest)
            for folder in (staged, scratch / "depots", scratch / "config" / "themes", staged / "images"):
                folder.mkdir(mode=0o700, parents=True)
            for member in manifest.members:
                inside = member.name.startswith(("depots/", "config/"))
                target = (scratch if inside else staged) / member.name
                _extract(archive, member.name, member.size, member.sha256, target)
            return manifest
    except BAD_ZIP as error:
        raise UsageError(
            f"the backup is refused: it is no whole zip: {error}", hint="Nothing was changed."
        ) from error


def _check_space(folder: Path, manifest: Manifest) -> None:
    # Bundles are there a second time while their depots are made.
    needed = 2 * sum(member.size for member in manifest.members)
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise StorageError(
            f"restoring needs {needed / 2**30:.1f} GiB at {folder.parent}, where {free / 2**30:.1f} are free",
            hint="Nothing was changed. Free some space, or restore into another home with --home.",
        )


def _extract(archive: zipfile.ZipFile, name: str, size: int, sha256: str, target: Path) -> None:
    """Never more than was said, whatever comes out."""
    left, digest = size, hashlib.sha256()
    descriptor = os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with archive.open(name) as source, os.fdopen(descriptor, "wb") as out:
        while chunk := source.read(_CHUNK):
            left -= len(chunk)
            if left < 0:
                raise refused(name, "is larger than it says")
            digest.update(chunk)
            out.write(chunk)
    if left or digest.hexdigest() != sha256:
        raise refused(name, "is not what the manifest says")


async def _prepare(scratch: Path, staged: Path, manifest: Manifest) -> int:
    await asyncio.to_thread(check_database, staged / DATABASE)
    depots = staged / "depots"
    depots.mkdir(mode=0o700)
    for member in manifest.members:
        if member.name.endswith(".bundle"):
            bundle = scratch / member.name
            shallow = bundle.with_suffix(".shallow")
            cut = await asyncio.to_thread(shallow.read_bytes) if shallow.exists() else b""
            await read_bundle(bundle, cut, depots / f"{bundle.stem}.git")
            await asyncio.to_thread(bundle.unlink)
    return await asyncio.to_thread(end_operations, staged / DATABASE)


def _take_place(home: Home, staged: Path) -> str | None:
    """The two renames."""
    aside = None
    if home.data.exists():
        if any(files for _, _, files in os.walk(home.data)):
            aside = _free_name(home.data)
            home.data.rename(aside)
        else:
            shutil.rmtree(home.data)  # empty folders
    try:
        staged.rename(home.data)
    except OSError:
        if aside is not None:
            aside.rename(home.data)
        raise
    return str(aside) if aside else None


def _free_name(data: Path) -> Path:
    stamp = time.strftime("%Y%m%d-%H%M%S")
    names = (
        data.with_name(f"{data.name}.before-{stamp}{end}") for end in ("", *(f"-{n}" for n in range(99)))
    )
    return next(name for name in names if not os.path.lexists(name))


def _settings(manifest: Manifest) -> list[str]:
    return [member.name for member in manifest.members if member.name.startswith("config/")]


def _place(home: Home, name: str) -> Path:
    return home.config / name.removeprefix("config/")


def _put_settings(home: Home, scratch: Path, manifest: Manifest) -> None:
    """Settings and themes only where the home has none: the user's own files are never replaced."""
    for name in _settings(manifest):
        target = _place(home, name)
        if not os.path.lexists(target):
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            shutil.copyfile(scratch / name, target)
            if name == CONFIG:
                target.chmod(0o600)


@contextmanager
def _storage_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StorageError(
            f"the backup cannot be restored: {error.strerror or error}",
            hint="The home's data are as they were. Free some space, or restore into another home.",
        ) from error
