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


async def ignored_entries(ground: Ground, folder: bytes, entries: Sequence[Entry]) -> frozenset[bytes]:
    """The names of the entries that git ignores; none where its rules cannot be matched.

    Args:
        ground: The repository.
        folder: From its top; empty for the top itself.
        entries: What is in it.
    """
    below = folder + b"/" if folder else b""
    has = await ground.depot.git.run(
        "ls-tree", "-z", "--name-only", "--full-tree", ground.commit, *(("--", below) if below else ())
    )
    kept = set(has.out.split(b"\0"))
    rest = [
        below + entry.name + (b"/" if entry.folder else b"")
        for entry in entries
        if below + entry.name not in kept
    ]
    if not rest:
        return frozenset()
    rules, own = await asyncio.to_thread(_rules, ground, folder)
    try:
        if below and not has.out and await ignored_names(ground.depot, [below], rules, own):
            return frozenset(entry.name for entry in entries)  # the folder is, and with it all
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
