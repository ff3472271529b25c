"""What of several workspaces' work would be in conflict, in one repository, computed in the depot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.git.changes import DIFF_OPTIONS, parse_changes
from core.git.depot import Depot
from core.git.merge import Work, comparison_base
from core.git.merge_tree import FileConflict, merge_trees

Pair = tuple[str, str]
"""Two snapshots, in order."""


@dataclass(frozen=True)
class Stand:
    """One workspace's work in a repository, as it is at one moment."""

    workspace: str
    work: Work
    target: str
    """The target branch's commit."""


@dataclass(frozen=True)
class Against:
    """How one workspace's work stands to its target branch."""

    conflicts: tuple[FileConflict, ...]
    behind: int
    paths: frozenset[bytes]
    """Files that it changes; none: there is nothing to land."""


async def against_target(depot: Depot, stand: Stand) -> Against:
    """What a merge into the target branch would say, and which files it would change."""
    work, target = stand.work, stand.target
    base = await comparison_base(depot, target, work)
    changed = await depot.git.run("diff-tree", "-z", "--raw", *DIFF_OPTIONS, base, work.snapshot)
    raw, _ = parse_changes(changed.out)
    paths = frozenset(name for change in raw for name in (change.name, change.old_name) if name)
    counted = await depot.git.run("rev-list", "--count", target, f"^{work.head}")
    if not paths:
        return Against((), int(counted.text), paths)
    landed = base if base == work.landed else None
    merged = await merge_trees(depot, target, work.snapshot, landed)
    return Against(merged.conflicts, int(counted.text), paths)


async def against_each_other(depot: Depot, one: Stand, other: Stand) -> tuple[FileConflict, ...]:
    """Where two workspaces' work does not go together."""
    return (await merge_trees(depot, one.work.snapshot, other.work.snapshot)).conflicts


def may_clash(one: frozenset[bytes], other: frozenset[bytes]) -> bool:
    """Whether two sets of changed files can be in conflict: a file is in both, or in a file's place."""
    if one & other:
        return True
    return _has_parent(one, other) or _has_parent(other, one)


def _has_parent(paths: frozenset[bytes], files: frozenset[bytes]) -> bool:
    for path in paths:
        while b"/" in path:
            path = path.rpartition(b"/")[0]
            if path in files:
                return True
    return False


def landing_order(candidates: Sequence[str], clashes: Mapping[str, frozenset[str]]) -> list[str]:
    """An order in which the fewest get in each other's way: next comes whoever clashes with the fewest of
    those that are left.

    Args:
        candidates: Workspaces that can land, in the order in which they would otherwise.
        clashes: By workspace, those that its work does not go together with.
    """
    left, order = list(candidates), list[str]()
    while left:
        waiting = frozenset(left)
        chosen = min(left, key=lambda name: len(clashes.get(name, frozenset()) & waiting))
        left.remove(chosen)
        order.append(chosen)
    return order
