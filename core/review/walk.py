"""Walking down a workspace's folders, component by component, following no link."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from core.errors import NotFoundError, UsageError
from core.git.path_text import text_to_name

FOLDER_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
FILE_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC


def path_parts(path: str) -> list[bytes]:
    """The components of a path below the workspace's folder.

    Raises:
        NotFoundError: It leads out of the workspace, or into git's own.
    """
    try:
        parts = [part for part in text_to_name(path).split(b"/") if part]
    except ValueError as error:
        raise NotFoundError(f"there is no file {path!r}", hint="Check the path.") from error
    if any(part in (b".", b"..", b".git") for part in parts):
        raise NotFoundError(
            f"{path!r} is no path inside the workspace", hint="Paths are relative, without `..` or `.git`."
        )
    return parts


@contextlib.contextmanager
def open_folder(root: Path, parts: Sequence[bytes], path: str) -> Iterator[int]:
    """Opens the folder that the parts lead to, following no link."""
    with told(path):
        descriptor = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            for part in parts:
                below = os.open(part, FOLDER_FLAGS, dir_fd=descriptor)
                os.close(descriptor)
                descriptor = below
        except BaseException:
            os.close(descriptor)
            raise
    try:
        yield descriptor
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def told(path: str) -> Iterator[None]:
    """The operating system's refusals in our words."""
    try:
        yield
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NotFoundError(
            f"there is no {path!r} in the workspace", hint="Look at the folder anew."
        ) from error
    except PermissionError as error:
        raise UsageError(
            f"{path!r} may not be read", hint="Change its rights inside the workspace: chmod u+r."
        ) from error
    except OSError as error:
        raise NotFoundError(
            f"{path!r} cannot be opened: {error.strerror}", hint="Is a link on the way?"
        ) from error


def small_file(root: Path, parts: Sequence[bytes], limit: int) -> bytes:
    """The beginning of a regular file below a folder; empty where there is none that can be read.

    Args:
        root: Where to begin.
        parts: The way from there; no link on it is followed.
        limit: Bytes at most.
    """
    try:
        with open_folder(root, parts[:-1], "") as folder:
            descriptor = os.open(parts[-1], FILE_FLAGS, dir_fd=folder)
            with os.fdopen(descriptor, "rb") as file:
                return file.read(limit) if stat.S_ISREG(os.fstat(descriptor).st_mode) else b""
    except (NotFoundError, UsageError, OSError):
        return b""
