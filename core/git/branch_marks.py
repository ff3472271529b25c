"""Whether branches may have moved, told by files alone: cheap enough to be asked every few seconds."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

Marks = tuple[tuple[int, int, int] | None, ...]
"""Of each file its time of change in ns, its size in bytes and its inode; None: it is not there."""


def branch_marks(common_dir: Path, branches: Iterable[str]) -> Marks:
    """Marks of the files that hold these branches, local or remote-tracking; once one moves, they are others.

    Sources: gitrepository-layout(5) for loose and packed refs; git's reftable format, whose list of tables is
    written anew with each change.
    """
    names = ["packed-refs", "reftable/tables.list"]
    names += [f"refs/{kind}/{branch}" for branch in branches for kind in ("heads", "remotes")]
    return tuple(_mark(common_dir / name) for name in names)


def _mark(file: Path) -> tuple[int, int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
