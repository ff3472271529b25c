"""Undoing a fast-forward that stopped half-way: by a hook that refused, a full disk or a kill.

The branch is still at the old commit. The index was written as a whole or not at all. A file is put back
only when it is missing, or has the new content or the beginning of it; anything else is the user's and
is kept. Before the fast-forward every touched file was checked to be unchanged, so nothing can be lost.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import stat
from contextlib import aclosing
from pathlib import Path

from core.git.command import Git, owner_git, reader_git
from core.git.depot import Depot
from core.git.obstacles import touched


async def restore_files(worktree: Path, depot: Depot, old: str, new: str) -> None:
    """Takes a half-done move from `old` to `new` back. Does nothing where nothing was done.

    Raises:
        GitError: git cannot write there.
    """
    changes = await touched(depot, old, new)
    git = owner_git(worktree).having(config={"core.hooksPath": "/dev/null"})
    moved = await reader_git(worktree).run("diff-index", "--cached", "--name-only", "-z", old)
    if {change.name for change in changes} & set(moved.out.split(b"\0")):
        await git.run("read-tree", "-m", "-u", new, old)
        return
    wrong: list[bytes] = []
    for change in changes:
        if change.status == "A":
            if await _has_new(worktree, depot, new, change.name):
                await asyncio.to_thread(_remove, worktree, change.name)
        elif await _is_missing(worktree, change.name) or await _differs_by_us(
            git, worktree, depot, old, new, change.name, deleted=change.status == "D"
        ):
            wrong.append(change.name)
    if wrong:
        await git.run(
            "checkout-index", "--force", "--index", "-z", "--stdin", stdin=b"".join(n + b"\0" for n in wrong)
        )


def _path(worktree: Path, name: bytes) -> bytes:
    return os.path.join(os.fsencode(worktree), name)


async def _is_missing(worktree: Path, name: bytes) -> bool:
    return not await asyncio.to_thread(os.path.lexists, _path(worktree, name))


async def _differs_by_us(
    git: Git, worktree: Path, depot: Depot, old: str, new: str, name: bytes, *, deleted: bool
) -> bool:
    if deleted:
        return False
    return not await _has(worktree, depot, old, name) and await _has_new(worktree, depot, new, name)


async def _has(worktree: Path, depot: Depot, commit: str, name: bytes) -> bool:
    """Whether the file is byte for byte what the commit has."""
    data = await asyncio.to_thread(_content, _path(worktree, name))
    size = await depot.git.run("cat-file", "-s", commit.encode() + b":" + name, ok=(0, 128))
    return data is not None and size.text == str(len(data)) and await _begins(depot, commit, name, data)


async def _has_new(worktree: Path, depot: Depot, new: str, name: bytes) -> bool:
    """Whether the file has the new content or the beginning of it."""
    data = await asyncio.to_thread(_content, _path(worktree, name))
    return data is not None and await _begins(depot, new, name, data)


async def _begins(depot: Depot, commit: str, name: bytes, data: bytes) -> bool:
    at = 0
    async with aclosing(depot.git.stream("cat-file", "blob", commit.encode() + b":" + name)) as chunks:
        async for chunk in chunks:
            part = data[at : at + len(chunk)]
            if not chunk.startswith(part):
                return False
            at += len(chunk)
            if at >= len(data):
                return True
    return at >= len(data)


def _content(path: bytes) -> bytes | None:
    """What git would store of a file or link; None when there is no such thing."""
    try:
        mode = os.lstat(path).st_mode
    except (FileNotFoundError, NotADirectoryError):
        return None
    if stat.S_ISLNK(mode):
        return os.readlink(path)
    if not stat.S_ISREG(mode):
        return None
    with open(path, "rb") as file:
        return file.read()


def _remove(worktree: Path, name: bytes) -> None:
    os.unlink(_path(worktree, name))
    folder = os.path.dirname(name)
    with contextlib.suppress(OSError):
        while folder:
            os.rmdir(_path(worktree, folder))
            folder = os.path.dirname(folder)
