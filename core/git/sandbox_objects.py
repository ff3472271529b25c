"""The objects of a git directory that a sandbox can write, in a repository of our own to be fetched from.

A git directory can say that its objects or refs lie elsewhere (alternates, `commondir`, links), and can be
made to say so at any moment. A fetch from it would carry a stranger's commits into the depot, whose objects
every sandbox of that repository can read. So git on the host reads none that a sandbox can write: object
files alone are taken over, found without following a link; settings, refs and alternates are ours. Whatever
a sandbox swaps meanwhile, it can change only what it gives of its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from core.errors import GitError, StorageError
from core.git.clone import WorkspaceClone, alternates
from core.git.depot import Depot

_FANOUT = re.compile(r"[0-9a-f]{2}")
_LOOSE = re.compile(r"[0-9a-f]{38}(?:[0-9a-f]{24})?")
_PACK = re.compile(r"pack-[0-9a-f]{40}(?:[0-9a-f]{24})?\.(?:pack|idx)")
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


async def take_objects(clone: WorkspaceClone, depot: Depot) -> Path:
    """Brings a clone's object files, as they are now, into a repository beside it that no sandbox sees.

    They are second names of the same files where that is allowed, else copies; what is there is not brought
    again (gitrepository-layout(5)).

    Returns:
        The repository, to be fetched from by ids: it has no ref.

    Raises:
        GitError: The clone has no folder of objects, or has a link in its place.
        StorageError: They cannot be written.
    """
    return await asyncio.to_thread(_take_objects, clone, depot)


def _take_objects(clone: WorkspaceClone, depot: Depot) -> Path:
    try:
        _make_repository(clone.fetched, depot)
        _take_folders(clone.git_dir / "objects", clone.fetched / "objects")
    except OSError as error:
        raise StorageError(
            f"the commits of {clone.repo} in the workspace {clone.workspace!r} cannot be taken over: "
            f"{error.filename or clone.fetched}: {error.strerror}",
            hint="Free some space, or check who may write there. Nothing is lost: they are in the workspace.",
        ) from error
    return clone.fetched


def _make_repository(path: Path, depot: Depot) -> None:
    for folder in ("objects/info", "objects/pack", "refs"):
        (path / folder).mkdir(parents=True, exist_ok=True)
    extensions = "[extensions]\n\tobjectformat = sha256\n" if depot.sha256 else ""
    (path / "config").write_text(
        f"[core]\n\trepositoryformatversion = {int(depot.sha256)}\n\tbare = true\n{extensions}"
        "[uploadpack]\n\tallowAnySHA1InWant = true\n"
    )
    (path / "HEAD").write_text("ref: refs/heads/none\n")
    (path / "objects/info/alternates").write_bytes(alternates(depot))
    (path / "shallow").unlink(missing_ok=True)
    if (shallow := depot.path / "shallow").is_file():
        shutil.copyfile(shallow, path / "shallow")


def _take_folders(source: Path, target: Path) -> None:
    with _opened(source, f"{source} is no folder of git objects any more") as objects:
        found = {name for name in os.listdir(objects) if _FANOUT.fullmatch(name) or name == "pack"}
        for name in found:
            with contextlib.suppress(GitError), _opened(name, "", objects) as folder:
                (target / name).mkdir(exist_ok=True)
                _take_files(folder, target / name, _PACK if name == "pack" else _LOOSE)
    for gone in set(os.listdir(target)) - found - {"info", "pack"}:
        shutil.rmtree(target / gone)


@contextlib.contextmanager
def _opened(path: Path | str, refusal: str, parent: int | None = None) -> Iterator[int]:
    try:
        descriptor = os.open(path, _FOLDER, dir_fd=parent)
    except OSError as error:
        raise GitError(
            refusal, hint="Undo what was done to it inside the workspace; its files are as they were."
        ) from error
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _take_files(source: int, target: Path, wanted: re.Pattern[str]) -> None:
    """Makes a folder of ours hold what one of the sandbox's does."""
    there, found = _files(os.fspath(target), wanted), _files(source, wanted)
    for name in there.keys() - found.keys():
        (target / name).unlink()
    for name, seen in found.items():
        if there.get(name) != seen:
            (target / name).unlink(missing_ok=True)
            _bring(source, name, target / name)


def _files(folder: int | str, wanted: re.Pattern[str]) -> dict[str, tuple[int, int]]:
    """Size and time of change of the regular files whose names fit; a link to one is none."""
    found = {}
    with os.scandir(folder) as entries:
        for entry in entries:
            if wanted.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                with contextlib.suppress(FileNotFoundError):  # packed meanwhile
                    status = entry.stat(follow_symlinks=False)
                    found[entry.name] = (status.st_size, status.st_mtime_ns)
    return found


def _bring(source: int, name: str, target: Path) -> None:
    """By a second name; a link or a FIFO that was swapped in gets one that is taken away at once."""
    try:
        os.link(name, target, src_dir_fd=source, follow_symlinks=False)
    except FileNotFoundError:
        return
    except OSError:  # another file system, another owner, too many names
        _copy(source, name, target)
        return
    if not stat.S_ISREG(os.lstat(target).st_mode):
        target.unlink()


def _copy(source: int, name: str, target: Path) -> None:
    try:
        descriptor = os.open(name, _FILE, dir_fd=source)
    except OSError:  # gone, a link, or closed to us: if it is needed, the fetch says so
        return
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if stat.S_ISREG(status.st_mode):
            with target.open("wb") as copy:
                shutil.copyfileobj(file, copy, 2**20)
            os.utime(target, ns=(status.st_atime_ns, status.st_mtime_ns))
