"""Which conflicts of a stopped update nobody has resolved yet, as the files show it."""

from __future__ import annotations

from core.git.depot import Depot
from core.git.path_text import text_to_name
from core.git.readable_conflicts import has_marks
from core.git.tree_edit import TreeEntry, entry_at
from core.review.update import Halt


async def unresolved(depot: Depot, commit: str, halt: Halt) -> list[tuple[str, str]]:
    """Path and kind of the conflicts that are as they were when the update stopped.

    Args:
        depot: Where all of it is.
        commit: The workspace as it is now.
        halt: Where its update has stopped.
    """
    return [(path, kind) for path, kind in halt.conflicts if await _is_left(depot, commit, halt, path)]


async def _is_left(depot: Depot, commit: str, halt: Halt, path: str) -> bool:
    """Whether marks are left; where git made none, whether the file is the one that git left there."""
    name = text_to_name(path)
    now, ours, theirs = [await entry_at(depot, tree, name) for tree in (commit, halt.ours, halt.theirs)]
    if now is None:
        return False
    content = await _content(depot, now)
    if has_marks(content):
        return True
    if ours is not None and theirs is not None:
        return b"\0" in content and now == ours
    return now == (ours or theirs)


async def _content(depot: Depot, entry: TreeEntry) -> bytes:
    """A file's bytes; none of what is no file, such as a submodule."""
    return (await depot.git.run("cat-file", "blob", entry.id, ok=(0, 128))).out
