"""Deleting and replacing files below a root that must not be left, even where a sandbox wrote last."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

from core.errors import StorageError


def remove_below(root: Path, path: Path) -> None:
    """Deletes a file or folder below `root`, whatever is in it; links are deleted and never followed.

    Raises:
        StorageError: The path leads out of the root, or something could not be deleted.
    """
    if ".." in path.parts or not path.is_relative_to(root) or path == root:
        raise StorageError(f"{path} is not below {root}, so it is not deleted")
    if _has_link_between(root, path):
        raise StorageError(
            f"a link lies on the way from {root} to {path}, so it is not deleted",
            hint="Look at it by hand.",
        )
    try:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, onerror=_force)
        else:
            path.unlink(missing_ok=True)
    except OSError as error:
        raise StorageError(
            f"{error.filename or path} cannot be deleted: {error.strerror}",
            hint="Check who owns it, and delete it by hand.",
        ) from error


def temporary_write(path: Path, data: bytes) -> None:
    """Writes a file so that it is there as a whole or not at all, also after a power cut."""
    part = path.with_name(path.name + ".part")
    with part.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def _has_link_between(root: Path, path: Path) -> bool:
    between = path.relative_to(root).parents
    return any((root / part).is_symlink() for part in between if part.parts)


def _force(call: Callable[..., Any], path: str, info: Any) -> None:
    """Folders whose rights forbid it are opened first: an agent may well leave such."""
    error = info[1]
    if not isinstance(error, PermissionError):
        if isinstance(error, FileNotFoundError):
            return
        raise error
    parent = os.path.dirname(path)
    for folder in (parent, path):
        with contextlib.suppress(FileNotFoundError):
            if stat.S_ISDIR(os.lstat(folder).st_mode):
                os.chmod(folder, 0o700)
    if stat.S_ISDIR(os.lstat(path).st_mode):
        shutil.rmtree(path)
    else:
        os.unlink(path)
