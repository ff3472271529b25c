"""Conflict marks that people can read: git names the sides by commit ids, here they get their names."""

from __future__ import annotations

import re

from core.errors import GitError
from core.git.depot import Depot
from core.git.merge_tree import MergedTree
from core.git.path_text import text_to_name
from core.git.tree_edit import REGULAR, TreeEntry, read_blob, with_entries, write_blob

SIZE_LIMIT = 16 * 1024 * 1024
"""Bytes of a conflicted file whose marks are renamed."""
_MARK = re.compile(rb"^(?:<{7}|>{7}) ", re.MULTILINE)


def has_marks(content: bytes) -> bool:
    """Whether a file has git's conflict marks in it."""
    return len(_MARK.findall(content)) >= 2


async def readable(depot: Depot, merged: MergedTree, *, ours: str, theirs: str) -> str:
    """The merge's tree with names in place of ids, in conflict marks and in names of files put aside.

    Args:
        depot: Where it is.
        merged: A merge with conflicts.
        ours: Name of the side that was given first.
        theirs: Name of the other one.
    """
    labels = dict(zip(map(str.encode, merged.sides), (ours, theirs), strict=True))
    entries: dict[bytes, TreeEntry | None] = {}
    for conflict in merged.conflicts:
        await _relabel(depot, merged.tree, text_to_name(conflict.path), labels, entries)
    for name, entry in (await _aside(depot, merged.tree, labels)).items():
        side = next(label for oid, label in labels.items() if b"~" + oid in name)
        oid = next(oid for oid in labels if b"~" + oid in name)
        entries[name] = None
        entries[name.replace(b"~" + oid, b"~" + _plain(side))] = entry
    return await with_entries(depot, merged.tree, entries) if entries else merged.tree


async def _relabel(
    depot: Depot, tree: str, name: bytes, labels: dict[bytes, str], entries: dict[bytes, TreeEntry | None]
) -> None:
    listed = await depot.git.run("ls-tree", "-z", "-l", "--full-tree", tree, "--", name)
    found = re.match(rb"([0-7]{6}) blob ([0-9a-f]+) +(\d+)\t", listed.out)
    if found is None or found[1].decode() not in REGULAR or int(found[3]) > SIZE_LIMIT:
        return
    content = await read_blob(depot, found[2].decode())
    changed = content
    for oid, label in labels.items():
        mark = re.compile(rb"^([<>]{7}) " + re.escape(oid) + rb"(?=[:\r\n]|$)", re.MULTILINE)
        changed = mark.sub(rb"\1 " + _plain(label).replace(b"\\", b"\\\\"), changed)
    if changed != content:
        entries[name] = TreeEntry(found[1].decode(), await write_blob(depot, changed))


async def _aside(depot: Depot, tree: str, labels: dict[bytes, str]) -> dict[bytes, TreeEntry]:
    """Files that could not keep their name, such as `path~0123…`."""
    listed = await depot.git.run("ls-tree", "-r", "-z", "--full-tree", tree)
    marks = [b"~" + oid for oid in labels]
    found = {}
    for record in listed.out.split(b"\0"):
        info, _, name = record.partition(b"\t")
        if not any(mark in name for mark in marks):
            continue
        words = info.decode("ascii", "replace").split(" ")
        if len(words) != 3:
            raise GitError("git's list of a tree cannot be read", hint="Check git's version.")
        found[name] = TreeEntry(words[0], words[2])
    return found


def _plain(label: str) -> bytes:
    """A branch's name as part of a file's name or a mark."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", label).encode()
