"""Which entries of a workspace's folder git ignores, told apart by the depot and by rules read as data.

What the latest snapshot has is not ignored. The rest is held against the rules that lie in the folder and
above it, read without following a link; git itself is asked, in a folder of ours.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from core.errors import GitError
from core.git.depot import Depot
from core.git.ignored import RULES_LIMIT
from core.git.ignoring import ignored_names
from core.review.folders import Entry
from core.review.walk import small_file

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Ground:
    """A repository of a workspace as rules are read from it."""

    depot: Depot
    commit: str
    """Its latest snapshot."""
    worktree: Path
    git_dir: Path
    """The clone's own; a sandbox may have written anything there."""


async def snapshot_paths(ground: Ground, folder: bytes) -> frozenset[bytes]:
    """Paths of what the latest snapshot has in a folder (from the top; empty for the top itself)."""
    only = ("--", folder + b"/") if folder else ()
    has = await ground.depot.git.run("ls-tree", "-z", "--name-only", "--full-tree", ground.commit, *only)
    return frozenset(has.out.split(b"\0")) - {b""}


async def ignored_entries(
    ground: Ground, folder: bytes, entries: Sequence[Entry], kept: frozenset[bytes]
) -> frozenset[bytes]:
    """The names of the entries that git ignores; none where its rules cannot be matched.

    Args:
        ground: The repository.
        folder: From its top; empty for the top itself.
        entries: What is in it.
        kept: What of it the latest snapshot has (`snapshot_paths`).
    """
    below = folder + b"/" if folder else b""
    if all(below + entry.name in kept for entry in entries):
        return frozenset()
    rules, own = await asyncio.to_thread(_rules, ground, folder)
    try:
        if below and not kept and await ignored_names(ground.depot, [below], rules, own):
            return frozenset([entry.name for entry in entries])  # the folder is, and with it all
        rest = [
            below + entry.name + (b"/" if entry.folder else b"")
            for entry in entries
            if below + entry.name not in kept
        ]
        found = await ignored_names(ground.depot, rest, rules, own)
    except GitError as error:
        _LOG.warning("what git ignores in %s is not known: %s", ground.worktree, error.message)
        return frozenset()
    return frozenset(name.removeprefix(below).removesuffix(b"/") for name in found)


def _rules(ground: Ground, folder: bytes) -> tuple[dict[bytes, bytes], bytes]:
    parts = folder.split(b"/") if folder else []
    places = [parts[:count] for count in range(len(parts) + 1)]
    found = {
        b"/".join(place): text
        for place in places
        if (text := small_file(ground.worktree, [*place, b".gitignore"], RULES_LIMIT))
    }
    return found, small_file(ground.git_dir, [b"info", b"exclude"], RULES_LIMIT)
