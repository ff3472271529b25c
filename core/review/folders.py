"""What is in a workspace's folders, one level at a time, with what git thinks of it.

Every path is walked down from the root, component by component, and no link is followed. A folder is read
in a thread, and no more of it than can be looked at.
"""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import Collection, Iterable, Mapping
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from core.git.path_text import name_to_text
from core.review.walk import open_folder, path_parts
from core.values.review import FOLDER_LIMIT, Change, FileChange, FileNode

SCAN_LIMIT = 200_000
"""Entries of a folder whose names are read at most."""


class Entry(NamedTuple):
    """A name in a folder."""

    name: bytes
    folder: bool


def change_marks(changes: Iterable[FileChange], folders: Mapping[str, str]) -> dict[str, Change]:
    """What the diff says of each path below the workspace's folder; folders above a change are modified.

    Args:
        changes: Of all repositories.
        folders: Each repository's folder in the workspace, by the repository's id.
    """
    marks: dict[str, Change] = {}
    for change in changes:
        path = f"{folders[change.repo_id]}/{change.path}"
        marks[path] = change.change
        while "/" in path:
            path = path.rpartition("/")[0]
            if marks.setdefault(path, Change.MODIFIED) is Change.DELETED:
                marks[path] = Change.MODIFIED
    return marks


async def scan_folder(root: Path, path: str = "") -> list[Entry]:
    """The names in a folder, folders first, without git's own `.git`.

    Args:
        root: The workspace's folder.
        path: Relative to it; empty for the folder itself.

    Raises:
        NotFoundError: There is no such folder, or a link is on the way.
        UsageError: It is no folder, or may not be read.
    """
    return await asyncio.to_thread(_scan, root, path)


async def described(
    root: Path, path: str, entries: Iterable[Entry], marks: Mapping[str, Change], ignored: Collection[bytes]
) -> tuple[FileNode, ...]:
    """The first `FOLDER_LIMIT` entries of a folder with sizes and marks.

    Args:
        root: The workspace's folder.
        path: Relative to it.
        entries: From `scan_folder`.
        marks: From `change_marks`.
        ignored: Names of entries that git ignores.

    Raises:
        NotFoundError: The folder has gone, or a link is on the way.
    """
    return await asyncio.to_thread(_describe, root, path, entries, marks, ignored)


async def list_folder(
    root: Path, path: str = "", marks: Mapping[str, Change] | None = None
) -> tuple[FileNode, ...]:
    """Both in one, where it makes no difference what git ignores."""
    return await described(root, path, await scan_folder(root, path), marks or {}, ())


def _scan(root: Path, path: str) -> list[Entry]:
    with open_folder(root, path_parts(path), path) as descriptor, os.scandir(descriptor) as entries:
        files, folders = list[bytes](), list[bytes]()
        for each in islice(entries, SCAN_LIMIT):
            (folders if each.is_dir(follow_symlinks=False) else files).append(os.fsencode(each.name))
    kept = [Entry(name, True) for name in sorted(folders) if name != b".git"]
    return kept + [Entry(name, False) for name in sorted(files) if name != b".git"]


def _describe(
    root: Path, path: str, entries: Iterable[Entry], marks: Mapping[str, Change], ignored: Collection[bytes]
) -> tuple[FileNode, ...]:
    parts = path_parts(path)
    below = f"{path.strip('/')}/" if parts else ""
    with open_folder(root, parts, path) as descriptor:
        nodes = (_node(descriptor, entry.name, below, marks, entry.name in ignored) for entry in entries)
        return tuple(islice((node for node in nodes if node is not None), FOLDER_LIMIT))


def _node(
    descriptor: int, name: bytes, below: str, marks: Mapping[str, Change], ignored: bool
) -> FileNode | None:
    try:
        found = os.stat(name, dir_fd=descriptor, follow_symlinks=False)
    except FileNotFoundError:
        return None
    text, mode = name_to_text(name), found.st_mode
    path = below + text
    return FileNode(
        path=path, name=text, folder=stat.S_ISDIR(mode), size=found.st_size, link=stat.S_ISLNK(mode),
        change=marks.get(path), ignored=ignored,
    )  # fmt: skip
