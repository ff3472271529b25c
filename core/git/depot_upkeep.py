"""Keeps a depot quick: what many snapshots have left in it is brought together, and nothing is let go of.

Every snapshot adds a few files of objects, and git looks into each pack for every object it wants. Small
packs and loose objects become one pack (git-repack(1), `--geometric`), whether or not a ref leads to them:
a workspace may borrow an object that no ref has any more. A large pack, such as the history that a depot
shares with the user's repository by hard links, stays as it is.
"""

from __future__ import annotations

from core.git.depot import LONG, Depot

LOOSE_LIMIT = 2_000
"""Loose objects from which on they are packed."""
PACK_LIMIT = 40
"""Packs from which on the small ones are brought together."""


async def bring_together(depot: Depot) -> bool:
    """Packs what is loose or in small packs, if it is much; whether it was. Nobody has to wait meanwhile.

    Raises:
        GitError: It failed; the depot is as it was, for git removes nothing before its new pack is whole.
    """
    counted = (await depot.git.run("count-objects", "-v")).text
    counts = dict(line.split(": ", 1) for line in counted.splitlines() if ": " in line)
    if int(counts.get("count", 0)) < LOOSE_LIMIT and int(counts.get("packs", 0)) < PACK_LIMIT:
        return False
    await depot.git.run("repack", "--geometric=2", "-d", "-l", "-q", seconds=LONG)
    return True
