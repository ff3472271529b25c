"""Files of a clone that are no part of the work: kept out of `git status` and of every snapshot.

The clone's own `info/exclude` keeps them from being added by accident; a sandbox may change that file, and
a `.gitignore` weighs more, so snapshots are told the names as well.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.git.clone import WorkspaceClone

FOLDER_LIMIT = 1000
"""A folder that was made for more files is left out as a whole: git tries each rule on each path."""
_SPECIAL = re.compile(rb"[\\*?\[ ]")


@dataclass(frozen=True)
class LeftOut:
    """Names below the working tree."""

    files: tuple[bytes, ...] = ()
    folders: tuple[bytes, ...] = ()

    @property
    def told(self) -> bytes:
        """The names as work_index.sh reads them: `:` before a file, `/` before a folder, NUL behind each."""
        signed = [*(b":" + name for name in self.files), *(b"/" + name for name in self.folders)]
        return b"".join(name + b"\0" for name in signed)


def left_out(files: Iterable[bytes], made: Sequence[bytes]) -> LeftOut:
    """The names to leave out, with folders instead of their files where those are too many.

    Args:
        files: Names of the files.
        made: Folders that did not exist before the files came, each before those below it.
    """
    rest = tuple(files)
    whole: list[bytes] = []
    for folder in made:
        start = folder + b"/"
        inside = sum(name.startswith(start) for name in rest)
        if inside > FOLDER_LIMIT and _is_text(folder):
            whole.append(folder)
            rest = tuple(name for name in rest if not name.startswith(start))
    return LeftOut(rest, tuple(whole))


def exclude(clone: WorkspaceClone, names: LeftOut) -> None:
    """Adds the names to the clone's `info/exclude`. Blocks; only before a sandbox can write there.

    A name with a line end cannot be written as a rule (gitignore(5)); snapshots leave it out all the same.
    """
    rules = [*names.files, *(folder + b"/" for folder in names.folders)]
    path = clone.git_dir / "info/exclude"
    old = path.read_bytes()
    new = [line for line in map(_rule, rules) if b"\n" not in line[:-1]]
    path.write_bytes(old + b"".join(line for line in new if line not in old))


def _rule(name: bytes) -> bytes:
    return b"/" + _SPECIAL.sub(rb"\\\g<0>", name) + b"\n"


def _is_text(name: bytes) -> bool:
    try:
        os.fsdecode(name).encode()
    except UnicodeEncodeError:
        return False
    return True
