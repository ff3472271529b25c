"""Taking a merge back in one repository: whether it can be, and doing it.

A commit that others may have, or that something was built upon, is never taken off a branch: then it is said
how git takes it back by a commit of its own.
"""

from __future__ import annotations

import os
import shlex

from core.git.depot import TRASH, WORKSPACES, Depot, RefChange
from core.git.landing import land
from core.git.obstacles import Obstacle, find_obstacles
from core.git.taking_back import recover_taking_back, take_back
from core.git.user_repository import UserRepository, branch_commit
from core.values.states import MergeStyle
from core.values.value import Value


class Landed(Value, frozen=True, kw_only=True):
    """One repository's part of a merge, as its journal has it."""

    repo_id: str
    target_branch: str
    style: MergeStyle
    old: str
    """Where the target branch was."""
    new: str
    """Where it went."""
    before: str = ""
    """The source of the landing before this one; empty: there was none."""
    result_before: str = ""
    """What the target branch got then."""
    pushed: bool = False
    """Whether Boatyard has pushed it."""
    by_hand: bool = False
    """Whether the branch is back at `old` already: then it is not moved."""


async def unmerge_obstacles(landed: Landed, repository: UserRepository, depot: Depot) -> tuple[Obstacle, ...]:
    """Everything that keeps this part from being taken back; nothing is changed."""
    branch, at = landed.target_branch, await branch_commit(repository, landed.target_branch)
    if landed.by_hand and at == landed.old:
        return ()
    if at is None:
        return (Obstacle(
            f"the branch {branch} is gone from {repository.path}",
            hint=f"Bring it back first: git -C {shlex.quote(str(repository.path))} branch {branch} "
            f"{landed.new[:12]}",
        ),)  # fmt: skip
    if at != landed.new:
        return (await _moved_on(landed, repository, at),)
    if remotes := await _pushed_to(landed, repository):
        return (Obstacle(
            f"{branch} was pushed to {remotes}: others may have the merge by now",
            hint=f"Take it back by a commit of its own, and push that: {by_revert(landed, repository)}",
        ),)  # fmt: skip
    return await find_obstacles(repository, depot, branch, landed.new, landed.old)


def by_revert(landed: Landed, repository: UserRepository) -> str:
    """The command that takes the changes back and leaves the commits (git-revert(1))."""
    git = f"git -C {shlex.quote(str(repository.path))} revert"
    if landed.style is MergeStyle.MERGE:
        return f"{git} -m 1 {landed.new[:12]}"
    if landed.style is MergeStyle.SQUASH:
        return f"{git} {landed.new[:12]}"
    return f"{git} {landed.old[:12]}..{landed.new[:12]}"


async def keep_taken_off(workspace: str, landed: Landed, depot: Depot) -> None:
    """Keeps what comes off the branch in the depot's trash, as long as the workspace is there."""
    await depot.update_refs([RefChange(f"{TRASH}/{workspace}/{landed.new}", landed.new)])


async def unmerge_one(
    workspace: str, landed: Landed, repository: UserRepository, depot: Depot, *, since: float
) -> None:
    """Moves the branch back, also after a kill in the middle of that. May be repeated.

    Args:
        workspace: Its name.
        landed: What is taken back.
        repository: The user's.
        depot: Has both commits.
        since: When it was first tried, in seconds since 1970.

    Raises:
        ConflictError: The branch moved, or something is in the way; nothing was changed there.
        GitError: git or a hook refused; nothing was changed there.
    """
    if landed.by_hand:
        return
    branch, old, new = landed.target_branch, landed.old, landed.new
    await recover_taking_back(repository, depot, branch, old=old, new=new, started_at=since)
    label = f"boatyard: take back the merge of {workspace}"
    await take_back(repository, depot, branch, old=old, new=new, label=label)


async def merge_again(workspace: str, landed: Landed, repository: UserRepository, depot: Depot) -> None:
    """Puts the merge on the branch again, for another repository's part could not be taken off.

    Raises:
        ConflictError: The branch moved, or something is in the way; nothing was changed there.
        GitError: git or a hook refused; nothing was changed there.
    """
    if not landed.by_hand:
        label = f"boatyard: merge {workspace} again"
        await land(repository, depot, landed.target_branch, old=landed.old, new=landed.new, label=label)


async def forget_landed(workspace: str, landed: Landed, depot: Depot) -> None:
    """What landed counts as the workspace's own again. Does nothing when something has landed since."""
    refs = f"{WORKSPACES}/{workspace}"
    if await depot.ref(f"{refs}/landed-result") == landed.new:
        await depot.update_refs([
            RefChange(f"{refs}/landed", landed.before or None),
            RefChange(f"{refs}/landed-result", landed.result_before or None),
        ])  # fmt: skip


async def has_merge(landed: Landed, head: str, depot: Depot) -> bool:
    """Whether a branch contains the merge; one that the depot does not know does not."""
    answer = await depot.git.run("merge-base", "--is-ancestor", landed.new, head, ok=(0, 1, 128))
    return answer.code == 0


async def _moved_on(landed: Landed, repository: UserRepository, at: str) -> Obstacle:
    branch, path = landed.target_branch, shlex.quote(str(repository.path))
    contains = await repository.git.run("merge-base", "--is-ancestor", landed.new, at, ok=(0, 1, 128))
    if contains.code == 0:
        return Obstacle(
            f"{branch} in {repository.path} has commits on top of the merge, which would be lost",
            hint=f"Take the merge back by a commit of its own: {by_revert(landed, repository)}",
        )
    return Obstacle(
        f"{branch} in {repository.path} is neither at the merge nor where it was before: it was moved since",
        hint=f"Look where it has been: git -C {path} reflog show {branch}",
    )


async def _pushed_to(landed: Landed, repository: UserRepository) -> str:
    """Remote-tracking branches that have the merge; empty: it was not pushed, as far as is known here."""
    listed = await repository.git.run(
        "for-each-ref", "--format=%(refname)", f"--contains={landed.new}", "refs/remotes/"
    )
    names = [os.fsdecode(ref).removeprefix("refs/remotes/") for ref in listed.out.splitlines()]
    shown = [name for name in names if not name.endswith("/HEAD")]
    return ", ".join(shown[:3]) or ("its remote" if landed.pushed else "")
