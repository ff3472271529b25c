"""A tree of the depot with some of its files put in, replaced or taken out, without a working tree."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from core.git.depot import Depot

_GONE = b"0" * 40
FILE, EXECUTABLE, LINK = "100644", "100755", "120000"
REGULAR = (FILE, EXECUTABLE)


@dataclass(frozen=True)
class TreeEntry:
    """What a tree has at a path."""

    mode: str
    """As git writes it."""
    id: str


async def with_entries(depot: Depot, tree: str, entries: Mapping[bytes, TreeEntry | None]) -> str:
    """The id of a tree that differs from `tree` in these paths only; None takes a path out.

    Args:
        depot: Where it is, and where the new one is written.
        tree: Id of a tree or commit.
        entries: By name from the top.
    """
    lines = [
        _line(name, entry) for name, entry in sorted(entries.items(), key=lambda item: item[1] is not None)
    ]
    with tempfile.TemporaryDirectory(prefix="boatyard-index-") as folder:
        git = depot.git.having({"GIT_INDEX_FILE": str(Path(folder) / "index")})
        await git.run("read-tree", await depot.tree(tree))
        await git.run("update-index", "-z", "--replace", "--index-info", stdin=b"".join(lines))
        return (await git.run("write-tree")).text


async def entry_at(depot: Depot, tree: str, name: bytes) -> TreeEntry | None:
    """What a tree or commit has at a path; None where it has nothing, or a folder."""
    listed = await depot.git.run("ls-tree", "-z", "--full-tree", tree, "--", name)
    info, _, found = listed.out.partition(b"\t")
    words = info.decode("ascii", "replace").split(" ")
    if found != name + b"\0" or len(words) != 3 or words[1] == "tree":
        return None
    return TreeEntry(words[0], words[2])


async def write_blob(depot: Depot, content: bytes) -> str:
    """Writes a file's content into the depot; gives its id."""
    return (await depot.git.run("hash-object", "-w", "--no-filters", "--stdin", stdin=content)).text


async def read_blob(depot: Depot, id_: str) -> bytes:
    """A file's content; empty for an empty id. At most what one git command may answer."""
    return (await depot.git.run("cat-file", "blob", id_)).out if id_ else b""


def _line(name: bytes, entry: TreeEntry | None) -> bytes:
    """As git-update-index(1) wants it, "Using --index-info"."""
    if entry is None:
        return b"0 " + _GONE + b"\t" + name + b"\0"
    return os.fsencode(f"{entry.mode} {entry.id}\t") + name + b"\0"
