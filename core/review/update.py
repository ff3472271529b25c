"""The target branch's new commits brought into a workspace, by merge or rebase, computed in the depot.

Commits come first, then what was not committed is put on top of them again. Where both sides changed the
same places, the computation stops: the workspace gets the files with git's conflict marks in them, and goes
on from what somebody made of them. git itself knows nothing of it: no merge or rebase is under way in the
workspace's repository, so nothing can be left there that only git's command line would get out of.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import msgspec

from core.errors import ConflictError
from core.git.depot import Depot
from core.git.merge import Work, authorship, commits_to_take, comparison_base, write_commit
from core.git.merge_tree import MergedTree, merge_trees, scaffold
from core.git.path_text import text_to_name
from core.git.readable_conflicts import has_marks, readable
from core.git.user_repository import Identity
from core.values.conflicts import UpdateStyle


class Stage(StrEnum):
    COMMITS = "commits"
    """A commit of the target or of the workspace does not fit; it is made when this is resolved."""
    UNCOMMITTED = "uncommitted"
    """What was not committed does not fit on the commits, which are all there."""


class Halt(msgspec.Struct, frozen=True, kw_only=True):
    """Where an update of one repository has stopped, as it is kept."""

    repo_id: str
    style: UpdateStyle
    branch: str
    """The target branch."""
    target: str
    """Its commit."""
    old_head: str
    """The workspace's before."""
    old_snapshot: str
    """All that it had, committed or not."""
    tip: str
    """The last commit that was made."""
    stage: Stage
    conflicts: tuple[tuple[str, str], ...]
    """Path and git's word for the kind."""
    base: str = ""
    ours: str = ""
    theirs: str = ""
    """Commits or trees: the three sides of the conflicts."""
    current: str = ""
    """The commit that does not fit; it gives message and author."""
    left: tuple[tuple[str, str], ...] = ()
    """Commits that come after it, each with its parent."""


@dataclass(frozen=True)
class Updated:
    """What a repository of the workspace gets."""

    head: str
    commit: str
    """A commit of all that the files will be."""
    halt: Halt | None = None


@dataclass(frozen=True)
class Updating:
    """What an update of one repository needs to know."""

    depot: Depot
    repo_id: str
    workspace: str
    branch: str
    target: str
    work: Work
    identity: Identity
    style: UpdateStyle


async def begin_update(wanted: Updating) -> Updated | None:
    """Computes as far as it goes; None when the workspace has all of the target branch already."""
    depot, work, target = wanted.depot, wanted.work, wanted.target
    if await depot.is_ancestor(target, work.head):
        return None
    start = Halt(
        repo_id=wanted.repo_id, style=wanted.style, branch=wanted.branch, target=target, old_head=work.head,
        old_snapshot=work.snapshot, tip=work.head, stage=Stage.COMMITS, conflicts=(),
    )  # fmt: skip
    if await depot.is_ancestor(work.head, target):
        return await _on_top(wanted, msgspec.structs.replace(start, tip=target))
    base = await comparison_base(depot, target, work)
    landed = base if base == work.landed else None
    if wanted.style is UpdateStyle.REBASE:
        left = await commits_to_take(depot, work.head, target, landed)
        pairs = [(commit, parent or "") for commit, parent in left]
        if landed and pairs:
            pairs[0] = (pairs[0][0], landed)
        start = msgspec.structs.replace(start, tip=target, left=tuple(pairs))
        return await _take(wanted, start)
    merged = await merge_trees(depot, work.head, target, landed)
    if merged.conflicts:
        sides = (base, work.head, target)
        return await _halted(wanted, start, merged, sides, onto=work.head)
    tip = await write_commit(depot, merged.tree, (work.head, target), merge_message(wanted), wanted.identity)
    return await _on_top(wanted, msgspec.structs.replace(start, tip=tip))


async def go_on(wanted: Updating, halt: Halt) -> Updated:
    """Goes on with what was made of the conflicts: `wanted.work` is the workspace as it is now.

    Raises:
        ConflictError: There are conflict marks left.
    """
    await refuse_marks(wanted.depot, wanted.work.snapshot, halt.conflicts)
    if halt.stage is Stage.UNCOMMITTED:
        return Updated(wanted.work.head, wanted.work.snapshot)
    tip = await _resolved(wanted, halt)
    done = msgspec.structs.replace(halt, tip=tip, current="", conflicts=())
    if halt.style is UpdateStyle.REBASE:
        return await _take(wanted, done)
    return await _on_top(wanted, done)


async def refuse_marks(depot: Depot, commit: str, conflicts: Sequence[tuple[str, str]]) -> None:
    """Refuses to go on while a file has conflict marks in it.

    Raises:
        ConflictError: One has; it names them.
    """
    marked = []
    for path, _ in conflicts:
        name = f"{commit}:".encode() + text_to_name(path)
        answer = await depot.git.run("cat-file", "blob", name, ok=(0, 128))
        if answer.code == 0 and has_marks(answer.out):
            marked.append(path)
    if marked:
        raise ConflictError(
            f"conflict marks are left in {', '.join(marked[:10])}",
            hint="Resolve them, in an editor or by taking one side, and go on then.",
            details={"files": marked},
        )


def merge_message(wanted: Updating) -> str:
    return f"Merge branch '{wanted.branch}' into {wanted.workspace}"


async def _resolved(wanted: Updating, halt: Halt) -> str:
    """The commit of what was made of the conflicts; whoever resolved them may have committed it."""
    depot, work = wanted.depot, wanted.work
    tree = await depot.tree(work.snapshot)
    if halt.style is UpdateStyle.MERGE and not await depot.is_ancestor(halt.target, work.head):
        parents = (work.head, halt.target)
        return await write_commit(depot, tree, parents, merge_message(wanted), wanted.identity)
    if tree == await depot.tree(work.head):
        return work.head
    author: dict[str, str] | None = None
    message = merge_message(wanted)
    if halt.current:
        author, message = await authorship(depot, halt.current)
    return await write_commit(depot, tree, (work.head,), message, wanted.identity, author)


async def _take(wanted: Updating, state: Halt) -> Updated:
    """Puts commit after commit on the tip."""
    depot = wanted.depot
    left = list(state.left)
    tip = state.tip
    while left:
        commit, parent = left.pop(0)
        merged = await merge_trees(depot, tip, commit, parent or await _empty(depot))
        if merged.conflicts:
            state = msgspec.structs.replace(state, tip=tip, current=commit, left=tuple(left))
            return await _halted(
                wanted, state, merged, (parent or await _empty(depot), tip, commit), onto=tip
            )
        if merged.tree != await depot.tree(tip):
            author, message = await authorship(depot, commit)
            tip = await write_commit(depot, merged.tree, (tip,), message, wanted.identity, author)
    return await _on_top(wanted, msgspec.structs.replace(state, tip=tip, left=()))


async def _on_top(wanted: Updating, state: Halt) -> Updated:
    """Puts what was not committed on the new tip."""
    depot = wanted.depot
    if await depot.tree(state.old_snapshot) == await depot.tree(state.old_head):
        return Updated(state.tip, state.tip)
    merged = await merge_trees(depot, state.tip, state.old_snapshot, state.old_head)
    if merged.conflicts:
        state = msgspec.structs.replace(state, stage=Stage.UNCOMMITTED)
        sides = (state.old_head, state.tip, state.old_snapshot)
        return await _halted(wanted, state, merged, sides, onto=state.tip)
    return Updated(state.tip, await scaffold(depot, merged.tree, state.tip))


async def _halted(
    wanted: Updating, state: Halt, merged: MergedTree, sides: tuple[str, str, str], *, onto: str
) -> Updated:
    """The files with conflict marks in them, and where to go on."""
    theirs = wanted.branch if state.style is UpdateStyle.MERGE else state.current[:12]
    if state.stage is Stage.UNCOMMITTED:
        theirs = "uncommitted"
    ours = wanted.workspace if state.style is UpdateStyle.MERGE else wanted.branch
    tree = await readable(wanted.depot, merged, ours=ours, theirs=theirs)
    base, our_side, their_side = sides
    halt = msgspec.structs.replace(
        state, conflicts=tuple((each.path, each.kind) for each in merged.conflicts), base=base,
        ours=our_side, theirs=their_side,
    )  # fmt: skip
    return Updated(onto, await scaffold(wanted.depot, tree, onto), halt)


async def _empty(depot: Depot) -> str:
    return (await depot.git.run("hash-object", "-t", "tree", "-w", "/dev/null")).text
