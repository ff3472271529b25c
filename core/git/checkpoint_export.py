"""A checkpoint written as a zip: every file of every repo, with modes and links, and a manifest."""

from __future__ import annotations

import asyncio
import stat
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import msgspec

from core.errors import GitError, StorageError
from core.git.checkpoint_manifest import MANIFEST, Manifest, RepoManifest
from core.git.depot import Depot
from core.git.path_text import name_to_text

_TIME = (1980, 1, 1, 0, 0, 0)
"""The same checkpoint gives the same bytes."""


@dataclass(frozen=True)
class ExportedRepo:
    """One repo's part of a checkpoint."""

    name: str
    depot: Depot
    commit: str
    folders: tuple[str, ...]


@dataclass(frozen=True)
class _Entry:
    mode: int
    oid: bytes
    name: bytes


async def export_checkpoint(path: Path, manifest: Manifest, repos: Sequence[ExportedRepo]) -> None:
    """Writes the zip; `manifest` lacks only what its repos are made of.

    Raises:
        StorageError: The disk is full; nothing is left behind.
    """
    try:
        with zipfile.ZipFile(path, "x", zipfile.ZIP_DEFLATED, strict_timestamps=False) as file:
            described = {}
            for repo in repos:
                entries = await _entries(repo)
                linked = {
                    name_to_text(entry.name): entry.oid.decode()
                    for entry in entries
                    if entry.mode == 0o160000
                }
                described[repo.name] = RepoManifest(folders=repo.folders, submodules=linked)
                await _write(file, repo, [entry for entry in entries if entry.mode != 0o160000])
            manifest = msgspec.structs.replace(manifest, repos=described)
            file.writestr(_info(MANIFEST, stat.S_IFREG | 0o644), msgspec.json.encode(manifest))
    except OSError as error:
        path.unlink(missing_ok=True)
        raise StorageError(
            f"the checkpoint cannot be written to {path}: {error.strerror}", hint="Free some space."
        ) from error
    except BaseException:
        path.unlink(missing_ok=True)
        raise


async def _entries(repo: ExportedRepo) -> list[_Entry]:
    listed = await repo.depot.git.run("ls-tree", "-r", "-z", "--full-tree", repo.commit)
    entries = []
    for record in listed.out.split(b"\0")[:-1]:
        head, name = record.split(b"\t", 1)
        mode, _, oid = head.split(b" ")
        entries.append(_Entry(int(mode, 8), oid, name))
    return entries


async def _write(file: zipfile.ZipFile, repo: ExportedRepo, entries: Sequence[_Entry]) -> None:
    asked = b"".join(entry.oid + b"\n" for entry in entries)
    if not asked:
        return
    writer = _Writer(file, repo.name, iter(entries))
    async with aclosing(repo.depot.git.stream("cat-file", "--batch", stdin=asked)) as chunks:
        async for chunk in chunks:
            await asyncio.to_thread(writer.feed, chunk)
    if not writer.done:
        raise GitError("git's answer ended in the middle of a file", hint="Try again.")


class _Writer:
    """Takes the answer of `git cat-file --batch` apart and puts each object into the zip."""

    def __init__(self, file: zipfile.ZipFile, repo: str, entries: Iterator[_Entry]) -> None:
        self._file = file
        self._repo = repo
        self._entries = entries
        self._rest = b""
        self._left = -1
        """Bytes of the object, and the line end behind it, that are to come; -1: a header comes."""
        self._out: IO[bytes] | None = None

    @property
    def done(self) -> bool:
        return self._left < 0 and not self._rest and next(self._entries, None) is None

    def feed(self, chunk: bytes) -> None:
        data = self._rest + chunk
        self._rest = b""
        while data:
            if self._left >= 0:
                data = self._content(data)
            elif b"\n" in data:
                data = self._header(data)
            else:
                self._rest = data
                return

    def _header(self, data: bytes) -> bytes:
        header, _, data = data.partition(b"\n")
        words, entry = header.split(b" "), next(self._entries)
        if len(words) != 3 or words[0] != entry.oid:
            raise GitError(f"an object is missing in the depot: {header!r}", hint="Run git fsck there.")
        self._left = int(words[2]) + 1
        name = f"repos/{self._repo}/{name_to_text(entry.name)}"
        self._out = self._file.open(_info(name, entry.mode), "w", force_zip64=self._left > 2**30)
        return data

    def _content(self, data: bytes) -> bytes:
        part, data = data[: self._left], data[self._left :]
        self._left -= len(part)
        assert self._out is not None
        self._out.write(part if self._left else part[:-1])
        if not self._left:
            self._out.close()
            self._left = -1
        return data


def _info(name: str, mode: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _TIME)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.create_system = 3  # Unix: the upper half of the attributes is the mode
    info.external_attr = mode << 16
    return info
