"""Copying a folder that a sandbox writes to where the world may read it.

Every folder is opened below the one before it without following links, every file is looked at again once it
is open: what is swapped meanwhile is left out, and never leads outside. Left out as well is what no page
needs and a trick would use: links, names with a dot in front, devices, pipes, files that have a second name
(a hard link may be another's file), and what lies on another file system.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field
from pathlib import Path

from core.errors import NotFoundError, StorageError, UsageError

FILES_LIMIT = 10_000
BYTES_LIMIT = 512 * 2**20
DEPTH_LIMIT = 32
TOLD = 100
"""Things left out that are named."""
_CHUNK = 2**20
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


@dataclass
class PublicCopy:
    """What was copied, and what was not."""

    files: int = 0
    size: int = 0
    left_out: list[str] = field(default_factory=list)
    """Paths with the reason, in words; the first ones."""

    def leave(self, path: str, why: str) -> None:
        if len(self.left_out) < TOLD:
            self.left_out.append(f"{path}: {why}")


def checked_folder(folder: str) -> tuple[str, ...]:
    """The parts of a path below the workspace.

    Raises:
        UsageError: It is none, or leads out, or to something that is never published.
    """
    parts = tuple(part for part in folder.split("/") if part not in ("", "."))
    if folder.startswith("/") or any(part.startswith(".") or not part.isprintable() for part in parts):
        raise UsageError(
            f"{folder[:100]!r} cannot be published",
            hint="Name a folder below where the agent works, without dots in front: --folder canvas",
        )
    return parts


def copy_public(root: Path, parts: tuple[str, ...], target: Path) -> PublicCopy:
    """Copies the folder at `parts` below `root` to `target`, which must not exist.

    Raises:
        NotFoundError: There is no such folder.
        UsageError: There is nothing in it to publish, or too much.
        StorageError: The disk is full, or the target cannot be written.
    """
    source = _open_folder(root, parts)
    try:
        target.mkdir(mode=0o700)
        report = PublicCopy()
        into = os.open(target, _FOLDER)
        try:
            _Walk(report, os.fstat(source).st_dev).folder(source, into, "", 0)
        finally:
            os.close(into)
    except OSError as error:
        raise StorageError(
            f"{'/'.join(parts)!r} cannot be copied: {error.strerror}", hint="Check the disk's free space."
        ) from error
    finally:
        os.close(source)
    if not report.files:
        why = f" ({report.left_out[0]})" if report.left_out else ""
        raise UsageError(f"there is nothing to publish in {'/'.join(parts)!r}{why}", hint="Put files there.")
    return report


def _open_folder(root: Path, parts: tuple[str, ...]) -> int:
    current = None
    try:
        for part in (str(root), *parts):
            before, current = current, os.open(part, _FOLDER, dir_fd=current)
            if before is not None:
                os.close(before)
    except OSError as error:
        if current is not None:
            os.close(current)
        raise NotFoundError(
            f"there is no folder {'/'.join(parts)!r} in the workspace",
            hint="Name another one: boatyard workspace publish NAME --folder site",
        ) from error
    assert current is not None
    return current


class _Walk:
    """One walk; what is counted is counted over all folders."""

    def __init__(self, report: PublicCopy, device: int) -> None:
        self._report = report
        self._device = device

    def folder(self, source: int, target: int, path: str, depth: int) -> None:
        with os.scandir(source) as listed:
            names = sorted(entry.name for entry in listed)
        for name in names:
            here = f"{path}/{name}" if path else name
            if not (why := _unwanted_name(name)):
                why = self._entry(source, target, name, here, depth)
            if why:
                self._report.leave(here, why)

    def _entry(self, source: int, target: int, name: str, here: str, depth: int) -> str:
        """Copies what is there; why not, if not."""
        try:
            status = os.stat(name, dir_fd=source, follow_symlinks=False)
            if status.st_dev != self._device:
                return "it lies on another file system"
            if stat.S_ISDIR(status.st_mode):
                return self._below(source, target, name, here, depth + 1)
            if not stat.S_ISREG(status.st_mode):
                return "it is a link" if stat.S_ISLNK(status.st_mode) else "it is no file"
            opened = os.open(name, _FILE, dir_fd=source)
        except OSError as error:
            return str(error.strerror)
        try:
            return self._file(opened, status, target, name)
        finally:
            os.close(opened)

    def _below(self, source: int, target: int, name: str, here: str, depth: int) -> str:
        if depth > DEPTH_LIMIT:
            return f"it lies more than {DEPTH_LIMIT} folders deep"
        opened = os.open(name, _FOLDER, dir_fd=source)
        try:
            if os.fstat(opened).st_dev != self._device:
                return "it lies on another file system"
            os.mkdir(name, 0o700, dir_fd=target)
            into = os.open(name, _FOLDER, dir_fd=target)
            try:
                self.folder(opened, into, here, depth)
            finally:
                os.close(into)
        finally:
            os.close(opened)
        return ""

    def _file(self, opened: int, seen: os.stat_result, target: int, name: str) -> str:
        status = os.fstat(opened)
        if (status.st_dev, status.st_ino) != (seen.st_dev, seen.st_ino) or not stat.S_ISREG(status.st_mode):
            return "it was swapped meanwhile"
        if status.st_nlink != 1:
            return "it has a second name"
        self._report.files += 1
        if self._report.files > FILES_LIMIT:
            raise UsageError(f"there are more than {FILES_LIMIT} files", hint="Publish a smaller folder.")
        into = os.open(name, _NEW, 0o600, dir_fd=target)
        try:
            self._bytes(opened, into)
        finally:
            os.close(into)
        return ""

    def _bytes(self, source: int, target: int) -> None:
        while chunk := os.read(source, _CHUNK):
            self._report.size += len(chunk)
            if self._report.size > BYTES_LIMIT:
                raise UsageError(
                    f"there is more than {BYTES_LIMIT // 2**20} MiB", hint="Publish a smaller folder."
                )
            view = memoryview(chunk)
            while view:
                view = view[os.write(target, view) :]


def _unwanted_name(name: str) -> str:
    if name.startswith("."):
        return "names with a dot in front stay private"
    return "" if name.isprintable() else "its name holds what cannot be shown"
