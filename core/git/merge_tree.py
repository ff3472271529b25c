"""Three-way merges of trees in the depot, where no working tree is and no driver of a repository runs.

git 2.39's `merge-tree --write-tree` takes its base from history alone. Where another base is wanted, the
two sides are put on top of it as commits made for the purpose, which nothing refers to afterwards.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass

from core.errors import GitError
from core.git.depot import Depot
from core.git.path_text import name_to_text

_CONFLICT = re.compile(r"CONFLICT \(([^)]*)\)")
_SCAFFOLD = {
    "GIT_AUTHOR_NAME": "Boatyard", "GIT_AUTHOR_EMAIL": "boatyard@localhost",
    "GIT_COMMITTER_NAME": "Boatyard", "GIT_COMMITTER_EMAIL": "boatyard@localhost",
    "GIT_AUTHOR_DATE": "@0 +0000", "GIT_COMMITTER_DATE": "@0 +0000",
}  # fmt: skip


@dataclass(frozen=True)
class FileConflict:
    """A file that two sides changed in ways that do not go together."""

    path: str
    kind: str
    """git's word: `content`, `add/add`, `modify/delete`, `rename/rename`, …"""


@dataclass(frozen=True)
class MergedTree:
    """The tree that a merge gives, or why it gives none."""

    tree: str
    """With conflicts, its files have git's conflict marks in them."""
    conflicts: tuple[FileConflict, ...]
    sides: tuple[str, str] = ("", "")
    """What git was given to merge, and what its conflict marks call the two sides."""


async def merge_trees(depot: Depot, ours: str, theirs: str, base: str | None = None) -> MergedTree:
    """Merges two commits.

    Args:
        depot: Where they are.
        ours: Id of a commit.
        theirs: Id of a commit.
        base: Id of a commit or tree to compare both with; None: what history says.
    """
    if base is not None:
        root = await scaffold(depot, base)
        ours = await scaffold(depot, ours, root)
        theirs = await scaffold(depot, theirs, root)
    answer = await depot.git.run(
        "merge-tree", "--write-tree", "-z", "--allow-unrelated-histories", ours, theirs, ok=(0, 1)
    )
    return parse_merge(answer.out, clean=answer.code == 0, sides=(ours, theirs))


async def scaffold(depot: Depot, tree_of: str, parent: str | None = None) -> str:
    """A commit of the same tree on another parent, always the same one for the same input."""
    parents = () if parent is None else ("-p", parent)
    git = depot.git.having(_SCAFFOLD)
    return (await git.run("commit-tree", await depot.tree(tree_of), *parents, "-m", "base")).text


async def empty_tree(depot: Depot) -> str:
    """Id of the tree without entries, written so that the depot surely has it."""
    return (await depot.git.run("hash-object", "-t", "tree", "-w", "/dev/null")).text


def parse_merge(output: bytes, *, clean: bool, sides: tuple[str, str] = ("", "")) -> MergedTree:
    """Reads `merge-tree --write-tree -z` (git-merge-tree(1), OUTPUT).

    Args:
        output: What git printed.
        clean: Whether git said by its exit code that there is no conflict.
        sides: What git was given to merge; it names files `path~side` when both cannot have the path.

    Raises:
        GitError: The output is no such thing.
    """
    fields = output.split(b"\0")
    tree = fields[0].decode("ascii", "replace")
    if not re.fullmatch(r"[0-9a-f]{40}(?:[0-9a-f]{24})?", tree):
        raise GitError("git's answer to a merge cannot be read", hint="Check that git is 2.39 or newer.")
    if clean:
        return MergedTree(tree, ())
    stages, rest = _stages(fields[1:])
    kinds = _kinds(rest)
    for name, numbers in stages.items():
        kinds.setdefault(name, _kind_of(numbers))
    moved_aside = re.compile(f"~(?:{'|'.join(map(re.escape, sides))})(?:_[0-9]+)?$".encode())
    found: dict[bytes, str] = {}
    for name, kind in kinds.items():
        found.setdefault(moved_aside.sub(b"", name), kind)
    conflicts = tuple(FileConflict(name_to_text(name), found[name]) for name in sorted(found))
    return MergedTree(tree, conflicts, sides)


def _stages(fields: list[bytes]) -> tuple[dict[bytes, set[int]], list[bytes]]:
    """The conflicted entries by name, and what follows the empty field after them."""
    stages: dict[bytes, set[int]] = {}
    for index, entry in enumerate(fields):
        if not entry:
            return stages, fields[index + 1 :]
        info, tab, name = entry.partition(b"\t")
        if not tab or not info[-1:].isdigit():
            break
        stages.setdefault(name, set()).add(int(info[-1:]))
    raise GitError("git's list of conflicts cannot be read", hint="Check that git is 2.39 or newer.")


def _kinds(fields: list[bytes]) -> dict[bytes, str]:
    """The kind by name, from messages: a count, that many names, a type, a sentence."""
    kinds: dict[bytes, str] = {}
    at = 0
    try:
        while at < len(fields) and fields[at]:
            count = int(fields[at])
            names = fields[at + 1 : at + 1 + count]
            short, sentence = (os.fsdecode(text) for text in fields[at + 1 + count : at + 3 + count])
            at += 3 + count
            if found := _CONFLICT.match(sentence) or _CONFLICT.match(short):
                for name in names:
                    kinds.setdefault(name, found[1])
    except (ValueError, IndexError) as error:
        raise GitError("git's words about conflicts cannot be read", hint="Check git's version.") from error
    return kinds


def _kind_of(stages: set[int]) -> str:
    """When no message names the file: what the three sides (1 base, 2 ours, 3 theirs) have of it."""
    if stages == {2, 3}:
        return "add/add"
    return "content" if stages == {1, 2, 3} else "modify/delete"
