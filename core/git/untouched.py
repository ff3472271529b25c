"""A look at a git directory that a sandbox can write, before it is fetched from.

Fetching runs nothing there, but a git directory can say that its objects or refs lie elsewhere, and the
fetch would then carry a stranger's commits into the depot, whose objects every sandbox of that repository
can read. So what points elsewhere is refused: another `commondir` or `.git`, other alternates, links.
A sandbox that swaps them between this look and the fetch is not caught.
"""

from __future__ import annotations

import asyncio
import os
import stat
from pathlib import Path

from core.errors import GitError

_FORBIDDEN = ("commondir", "gitdir", ".git")
_FOLDERS = ("objects", "objects/info", "objects/pack", "refs")
_ALTERNATES_LIMIT = 8192


async def refuse_redirected(git_dir: Path, alternates: bytes) -> None:
    """Looks at a git directory without following a link.

    Args:
        git_dir: The directory.
        alternates: What its `objects/info/alternates` has to hold.

    Raises:
        GitError: It takes objects or refs from elsewhere.
    """
    reason = await asyncio.to_thread(_redirection, git_dir, alternates)
    if reason:
        raise GitError(
            f"the git directory {git_dir} was changed to take its data from elsewhere: {reason}",
            hint="Undo that inside the workspace; nothing is fetched from it as it is.",
        )


def _redirection(git_dir: Path, alternates: bytes) -> str:
    for name in _FORBIDDEN:
        if os.path.lexists(git_dir / name):
            return f"it has a {name!r}"
    for name in _FOLDERS:
        try:
            mode = os.lstat(git_dir / name).st_mode
        except FileNotFoundError:
            return f"{name!r} is missing"
        if not stat.S_ISDIR(mode):
            return f"{name!r} is no folder"
    for folder in ("objects", "objects/pack"):
        with os.scandir(git_dir / folder) as entries:
            for entry in entries:
                if entry.is_symlink():
                    return f"{folder}/{entry.name!r} is a link"
    return _other_alternates(git_dir / "objects/info/alternates", alternates)


def _other_alternates(path: Path, expected: bytes) -> str:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        return f"its alternates cannot be read ({error.strerror})"
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return "its alternates are no file"
        found = file.read(_ALTERNATES_LIMIT)
    return "" if found == expected else "its alternates name other objects"
