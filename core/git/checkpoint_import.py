"""A checkpoint's zip read again: all of it is looked at before anything is written into a depot.

The file may come from anywhere. Its names never become paths on this machine: contents go into numbered
files, and the tree is put together by git, which looks at the names once more.
"""

from __future__ import annotations

import errno
import os
import stat
import tempfile
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from core.errors import StorageError, UsageError
from core.git.checkpoint_manifest import MANIFEST, MANIFEST_LIMIT, Manifest, read_manifest
from core.git.checkpoint_names import NAME_LIMIT, check_link, checked_path, refuse_clashes, refused
from core.git.depot import Depot
from core.git.zip_failures import BAD_ZIP

ENTRY_LIMIT = 250_000
FILE_LIMIT = 2 * 2**30
"""Bytes of one file."""
TOTAL_LIMIT = 8 * 2**30
"""Bytes of all files."""
RATIO_LIMIT = 200
"""How often larger than the zip all files may be, once they are larger than `RATIO_FROM`."""
RATIO_FROM = 64 * 2**20
_MODES = {stat.S_IFREG | 0o644: "100644", stat.S_IFREG | 0o755: "100755", stat.S_IFLNK: "120000"}
_CHUNK = 256 * 1024


@dataclass(frozen=True)
class ImportedFile:
    """One file of the zip, its content in a numbered file of ours."""

    mode: str
    name: bytes
    path: Path


@dataclass
class ImportedRepo:
    """One repo's part."""

    files: list[ImportedFile] = field(default_factory=list)
    submodules: dict[bytes, str] = field(default_factory=dict)
    folders: tuple[str, ...] = ()


@dataclass
class Contents:
    """All of a zip that was found to be in order; `close` deletes its files."""

    manifest: Manifest
    repos: dict[str, ImportedRepo]
    folder: tempfile.TemporaryDirectory[str]

    def close(self) -> None:
        self.folder.cleanup()


def read_checkpoint(source: BinaryIO, scratch: Path, repos: Iterable[str]) -> Contents:
    """Reads and checks a zip. Blocks: call in a thread.

    Args:
        source: The open file.
        scratch: Folder in which a folder for the contents is made.
        repos: The repositories that it has to be of, by their folders in the workspace.

    Raises:
        UsageError: It is no such zip, or something in it is not as it may be.
        StorageError: The disk is full.
    """
    folder = tempfile.TemporaryDirectory(dir=scratch, prefix="import-")
    try:
        with zipfile.ZipFile(source) as file:
            infos = file.infolist()
            _check_sizes(infos, os.fstat(source.fileno()).st_size)
            manifest = _manifest(file, infos)
            _check_repos(manifest, set(repos))
            contents = Contents(manifest, _described(manifest), folder)
            _read_files(file, infos, contents)
            for repo in contents.repos.values():
                refuse_clashes([*(each.name for each in repo.files), *repo.submodules])
            return contents
    except BAD_ZIP as error:
        folder.cleanup()
        raise UsageError(
            f"the file is not imported: it is no whole zip: {error}", hint="Nothing was changed."
        ) from error
    except OSError as error:
        folder.cleanup()
        if error.errno == errno.EINVAL:  # a place before the file's beginning was named
            raise refused("its directory", "leads nowhere") from error
        raise StorageError(f"the file cannot be read: {error.strerror}", hint="Free some space.") from error
    except BaseException:
        folder.cleanup()
        raise


def _check_sizes(infos: Sequence[zipfile.ZipInfo], size: int) -> None:
    if len(infos) > ENTRY_LIMIT:
        raise refused(str(len(infos)), f"entries are more than {ENTRY_LIMIT}")
    for info in infos:
        if info.file_size > FILE_LIMIT:
            raise refused(info.filename, f"is larger than {FILE_LIMIT} bytes")
        if info.flag_bits & 1 or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise refused(info.filename, "is encrypted, or packed in a way that is not read")
    total = sum(info.file_size for info in infos)
    if total > TOTAL_LIMIT or (total > RATIO_FROM and total > RATIO_LIMIT * size):
        raise refused(f"{total} bytes", "come out of it, which is too much")


def _manifest(file: zipfile.ZipFile, infos: Sequence[zipfile.ZipInfo]) -> Manifest:
    found = [info for info in infos if info.filename == MANIFEST]
    if len(found) != 1 or found[0].file_size > MANIFEST_LIMIT:
        raise refused(MANIFEST, "is missing, there twice, or too large")
    return read_manifest(file.read(found[0]))


def _check_repos(manifest: Manifest, expected: set[str]) -> None:
    if set(manifest.repos) != expected:
        has, wants = (", ".join(sorted(names)) or "none" for names in (manifest.repos, expected))
        raise UsageError(
            f"the file is not imported: it has the repos {has[:200]}, and the workspace {wants[:200]}",
            hint="Import it into a workspace of the same repositories. Nothing was changed.",
        )


def _described(manifest: Manifest) -> dict[str, ImportedRepo]:
    repos = {}
    for name, described in manifest.repos.items():
        submodules = {checked_path(path): oid for path, oid in described.submodules.items()}
        for path, oid in described.submodules.items():
            if len(oid) not in (40, 64) or set(oid) - set("0123456789abcdef"):
                raise refused(path, "is an embedded repository at no commit")
        for folder in described.folders:
            checked_path(folder)
        repos[name] = ImportedRepo(submodules=submodules, folders=described.folders)
    return repos


def _read_files(file: zipfile.ZipFile, infos: Sequence[zipfile.ZipInfo], contents: Contents) -> None:
    for number, info in enumerate(infos):
        if info.filename == MANIFEST:
            continue
        top, _, rest = info.orig_filename.partition("/")
        repo_name, _, path = rest.partition("/")
        if top != "repos" or repo_name not in contents.repos:
            raise refused(info.orig_filename, "belongs to no repository of the workspace")
        if info.is_dir():
            checked_path(path.rstrip("/") or "x")
            continue
        name, mode = checked_path(path), _mode(info)
        target = Path(contents.folder.name, str(number))
        _extract(file, info, target)
        if mode == _MODES[stat.S_IFLNK]:
            if info.file_size > NAME_LIMIT:
                raise refused(path, "is a link without a target that can be")
            check_link(path, target.read_bytes())
        contents.repos[repo_name].files.append(ImportedFile(mode, name, target))


def _mode(info: zipfile.ZipInfo) -> str:
    mode = info.external_attr >> 16
    kind = stat.S_IFMT(mode) or stat.S_IFREG
    if kind == stat.S_IFREG:
        return _MODES[stat.S_IFREG | (0o755 if mode & 0o100 else 0o644)]
    if kind == stat.S_IFLNK:
        return _MODES[stat.S_IFLNK]
    raise refused(info.filename, "is neither a file nor a link")


def _extract(file: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path) -> None:
    """Never more than the zip's directory said, whatever comes out."""
    left = info.file_size
    with file.open(info) as source, target.open("xb") as out:
        while chunk := source.read(_CHUNK):
            left -= len(chunk)
            if left < 0:
                raise refused(info.filename, "is larger than it says")
            out.write(chunk)
    if left:
        raise refused(info.filename, "is smaller than it says")


async def write_tree(depot: Depot, repo: ImportedRepo) -> str:
    """Puts a repo's files into its depot; gives the id of their tree.

    Raises:
        GitError: git refuses one of the names.
    """
    oids = await _write_blobs(depot, repo.files)
    entries = [(each.mode, oid, each.name) for each, oid in zip(repo.files, oids, strict=True)]
    entries += [("160000", oid, name) for name, oid in repo.submodules.items()]
    listed = b"".join(f"{mode} {oid}\t".encode() + name + b"\0" for mode, oid, name in entries)
    with tempfile.TemporaryDirectory(dir=depot.path.parent, prefix="index-") as folder:
        guarded = {"core.protectHFS": "true", "core.protectNTFS": "true"}
        git = depot.git.having({"GIT_INDEX_FILE": str(Path(folder, "index"))}, config=guarded)
        await git.run("read-tree", "--empty")
        if listed:
            await git.run("update-index", "-z", "--add", "--index-info", stdin=listed)
        return (await git.run("write-tree")).text


async def _write_blobs(depot: Depot, files: Sequence[ImportedFile]) -> list[str]:
    if not files:
        return []
    paths = b"".join(os.fsencode(each.path) + b"\n" for each in files)
    answer = await depot.git.run("hash-object", "-w", "--no-filters", "--stdin-paths", stdin=paths)
    return answer.text.splitlines()
