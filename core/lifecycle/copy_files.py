"""Copy-files: what the user's working tree has beside git, such as `.env`, brought into a new clone.

Both trees are walked by descriptors and no link is followed, in the source because it may lead out of the
repository, in the clone because a branch can hold one. What the clone has already stays. Everything that
was copied is written down beside the clone, out of a sandbox's reach: snapshots leave it out for ever.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from core.errors import StorageError
from core.git.left_out import LeftOut, left_out
from core.git.path_text import name_to_text, text_to_name
from core.git.removal import temporary_write
from core.lifecycle.patterns import Patterns, Position

DEPTH_LIMIT = 100
"""Folders below each other that are entered."""
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


@dataclass
class Copied:
    """What became of the patterns: paths are relative to the repository, as `name_to_text` gives them."""

    files: list[str] = field(default_factory=list)
    """Copied, links included."""
    kept: list[str] = field(default_factory=list)
    """Matched, but the clone has something there already."""
    left: list[tuple[str, str]] = field(default_factory=list)
    """Matched, but not copied, and why."""
    unmatched: list[str] = field(default_factory=list)
    """The patterns that chose nothing."""
    made: list[str] = field(default_factory=list)
    """Folders that were made for the copies, each before those below it."""

    def summary(self) -> str:
        """The report in a line."""
        parts = [f"{len(self.files)} copied"]
        parts += [f"{len(self.kept)} already there"] if self.kept else []
        parts += [f"{path} left out: {why}" for path, why in self.left[:5]]
        parts += [f"{len(self.left) - 5} more left out"] if len(self.left) > 5 else []
        parts += [f"nothing matches {', '.join(self.unmatched)}"] if self.unmatched else []
        return "; ".join(parts)


def copy_files(source: Path, clone: Path, patterns: Patterns) -> Copied:
    """Copies what the patterns choose, with modes and times. Blocks: call in a thread.

    Raises:
        StorageError: The disk is full, or a tree cannot be read at all.
    """
    report = Copied()
    try:
        with _opened(source) as top, _opened(clone) as target:
            walk = _Walk(patterns, report, target)
            walk.folder(top, b"", patterns.begin())
    except OSError as error:
        raise StorageError(
            f"the files of {source} cannot be copied: {error.strerror}",
            hint="Free some space, or check who may read and write there, and try again.",
        ) from error
    report.unmatched = [text for text in patterns.wanted if text not in walk.chose]
    return report


class _Walk:
    """One walk through the source."""

    def __init__(self, patterns: Patterns, report: Copied, target: int) -> None:
        self.chose: set[str] = set()
        """The patterns that chose something."""
        self._patterns = patterns
        self._report = report
        self._target = target

    def folder(self, folder: int, path: bytes, at: Position, depth: int = 0) -> None:
        """Copies from one folder and those below it."""
        with os.scandir(folder) as listed:
            names = sorted(entry.name for entry in listed if entry.name != ".git")
        for name in names:
            try:
                status = os.stat(name, dir_fd=folder, follow_symlinks=False)
            except FileNotFoundError:
                continue  # Gone meanwhile.
            is_folder = stat.S_ISDIR(status.st_mode)
            below = self._patterns.step(at, name, folder=is_folder)
            here = path + b"/" * bool(path) + os.fsencode(name)
            if is_folder:
                self._enter(folder, name, here, below, depth + 1)
            elif self._patterns.takes(below):
                self.chose.add(self._patterns.decided_by(below))
                self._copy(folder, name, here, status)

    def _enter(self, parent: int, name: str, path: bytes, at: Position, depth: int) -> None:
        if not self._patterns.may_take_below(at):
            return
        if depth > DEPTH_LIMIT:
            self._leave(path, f"more than {DEPTH_LIMIT} folders deep")
            return
        try:
            folder = os.open(name, _FOLDER, dir_fd=parent)
        except OSError as error:
            self._leave(path, str(error.strerror))
            return
        try:
            self.folder(folder, path, at, depth)
        finally:
            os.close(folder)

    def _copy(self, folder: int, name: str, path: bytes, status: os.stat_result) -> None:
        try:
            with parent_folder(self._target, path, self._report.made) as parent:
                if stat.S_ISLNK(status.st_mode):
                    self._copy_link(folder, name, path, parent)
                elif stat.S_ISREG(status.st_mode):
                    _copy_file(folder, name, parent)
                else:
                    self._leave(path, "neither a file nor a link")
                    return
        except FileExistsError:
            self._report.kept.append(name_to_text(path))
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EIO):
                raise
            self._leave(path, str(error.strerror))
        else:
            self._report.files.append(name_to_text(path))

    def _copy_link(self, folder: int, name: str, path: bytes, parent: int) -> None:
        goal = os.fsencode(os.readlink(name, dir_fd=folder))
        if not stays_inside(path, goal):
            raise OSError(errno.ELOOP, "a link that leads out of the repository")
        os.symlink(goal, os.fsencode(name), dir_fd=parent)

    def _leave(self, path: bytes, why: str) -> None:
        self._report.left.append((name_to_text(path), why))


@contextlib.contextmanager
def parent_folder(top: int, path: bytes, made: list[str]) -> Iterator[int]:
    """The folder that a path below `top` is in, made where it is missing; links are not followed.

    Args:
        top: Descriptor of the folder to begin at.
        path: Relative, without `..`.
        made: The folders that were made are added to this.

    Raises:
        OSError: Something that is no folder is in the way.
    """
    folder = os.dup(top)
    done = b""
    try:
        for part in path.split(b"/")[:-1]:
            done = done + b"/" * bool(done) + part
            with contextlib.suppress(FileExistsError):
                os.mkdir(part, 0o755, dir_fd=folder)
                made.append(name_to_text(done))
            try:
                below = os.open(part, _FOLDER, dir_fd=folder)
            except OSError as error:
                raise OSError(error.errno, "the branch has no folder there") from error
            os.close(folder)
            folder = below
        yield folder
    finally:
        os.close(folder)


def write_new(clone: Path, path: str, content: bytes) -> bool:
    """Writes a file into a clone unless something is there already; whether it did. Blocks.

    Raises:
        OSError: A folder of its path cannot be made, or the disk is full.
    """
    name = text_to_name(path)
    try:
        with _opened(clone) as top, parent_folder(top, name, []) as parent:
            descriptor = os.open(name.rpartition(b"/")[2], _CREATE, 0o644, dir_fd=parent)
            with open(descriptor, "wb") as file:
                file.write(content)
    except FileExistsError:
        return False
    return True


def stays_inside(path: bytes, goal: bytes) -> bool:
    """Whether a link at `path` leads to a place below the same top; `..` counts only at its beginning."""
    parts = goal.split(b"/")
    up = next((i for i, part in enumerate(parts) if part != b".."), len(parts))
    return not goal.startswith(b"/") and b".." not in parts[up:] and up <= path.count(b"/")


def _copy_file(folder: int, name: str, parent: int) -> None:
    with open(os.open(name, _READ, dir_fd=folder), "rb") as source:
        status = os.fstat(source.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.EINVAL, "no regular file any more")
        with open(os.open(name, _CREATE, 0o600, dir_fd=parent), "wb") as target:
            shutil.copyfileobj(source, target, 2**20)
            target.flush()
            os.fchmod(target.fileno(), status.st_mode & 0o777)
            os.utime(target.fileno(), ns=(status.st_atime_ns, status.st_mtime_ns))


@contextlib.contextmanager
def _opened(folder: Path) -> Iterator[int]:
    descriptor = os.open(folder, _FOLDER)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


# What was copied, kept beside the clone


def keep_report(path: Path, report: Copied) -> None:
    """Writes the report down; it is there as a whole or not at all."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    temporary_write(path, json.dumps(report.__dict__).encode())


def kept_report(path: Path) -> Copied | None:
    """What was copied into the clone; None when the repo has no patterns."""
    try:
        return Copied(**json.loads(path.read_bytes()))
    except FileNotFoundError:
        return None


def names_left_out(path: Path) -> LeftOut:
    """What snapshots have to leave out of a clone, by the report that was kept of its making."""
    report = kept_report(path)
    return _names(report) if report else LeftOut()


def _names(report: Copied) -> LeftOut:
    return left_out(map(text_to_name, report.files), [text_to_name(folder) for folder in report.made])


def copied_names(path: Path) -> bytes:
    """The names of the copied files, a line each; a line end inside of one is a NUL."""
    report = kept_report(path)
    swap = bytes.maketrans(b"\n\0", b"\0\n")
    return b"".join(text_to_name(name).translate(swap) + b"\n" for name in report.files) if report else b""
