"""Parts of a workspace's diff as a commit on one of the user's branches, computed in the depot alone."""

from __future__ import annotations

import os

import msgspec

from core.errors import ConflictError, UsageError
from core.git.commit_hooks import commit_hooks, run_commit_hooks
from core.git.depot import LANDING, Depot, RefChange
from core.git.merge import write_commit
from core.git.merge_tree import merge_trees
from core.git.user_repository import UserRepository, branch_commit, user_identity
from core.review.diff import Compared
from core.values.states import MergeStyle


class Taken(msgspec.Struct, frozen=True):
    """A commit that a branch is to get."""

    repo_id: str
    branch: str
    old: str
    """Where the branch is; empty: it is made."""
    new: str
    """The commit; its parent is `old`, or what the new branch starts from."""


async def compute_taken(
    side: Compared,
    wanted: str,
    repository: UserRepository,
    *,
    branch: str,
    start: str,
    message: str,
    hooks: bool,
) -> Taken:
    """Computes the commit; no ref of the user's changes.

    Args:
        side: The workspace's diff in the repository.
        wanted: The tree of the diff's base with the parts that are taken.
        repository: The user's; the depot was refreshed from it.
        branch: The branch that gets the commit; made where there is none of that name.
        start: The commit that a new branch starts from.
        message: Of the commit.
        hooks: Whether the user's commit hooks have their say.

    Raises:
        UsageError: No branch can have this name, or it has all of it already.
        ConflictError: The parts do not fit onto the branch, or a hook refused.
    """
    await _check_name(repository, branch)
    old = await branch_commit(repository, branch)
    parent = old or start
    merged = await merge_trees(side.depot, parent, wanted, side.base)
    if merged.conflicts:
        clashes = [f"{side.name}/{each.path} ({each.kind})" for each in merged.conflicts]
        raise ConflictError(
            f"these parts do not fit onto {branch!r}: {', '.join(clashes[:10])}",
            hint="Nothing was changed. Take fewer parts, or another branch.",
            details={"files": clashes},
        )
    if merged.tree == await side.depot.tree(parent):
        raise UsageError(f"{branch!r} in {repository.path} has these parts already")
    identity = await user_identity(repository)
    new = await write_commit(side.depot, merged.tree, (parent,), message, identity)
    if hooks:
        said = await run_commit_hooks(
            repository,
            side.depot,
            await commit_hooks(repository, MergeStyle.SQUASH),
            old=parent,
            new=new,
            message=message,
        )
        if said != message:
            new = await write_commit(side.depot, merged.tree, (parent,), said, identity)
    return Taken(side.repo_id, branch, old or "", new)


async def keep_taken(depot: Depot, workspace: str, taken: Taken) -> None:
    """Makes the commit reachable in the depot until it is on its branch."""
    await depot.update_refs([RefChange(f"{LANDING}/{workspace}/taken", taken.new)])


async def let_taken_go(depot: Depot, workspace: str) -> None:
    """Forgets it. May be done again."""
    await depot.update_refs([RefChange(f"{LANDING}/{workspace}/taken", None)])


async def _check_name(repository: UserRepository, branch: str) -> None:
    """As git-check-ref-format(1) has it; names that git's commands would read as something else, too."""
    full = f"refs/heads/{branch}"
    odd = branch.startswith("-") or branch == "HEAD" or "\0" in branch
    if odd or (await repository.git.run("check-ref-format", full, ok=(0, 1))).code != 0:
        raise UsageError(
            f"{os.fsencode(branch)[:80]!r} cannot be a branch's name", hint="See git help check-ref-format."
        )
