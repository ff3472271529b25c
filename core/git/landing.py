"""The one step in which the user's repository changes: the target branch moves on, by fast-forward.

Where the branch is checked out, git's own `merge --ff-only --no-overwrite-ignore` does it in that working
tree; of the sequences that move branch, index and files it is the only one that keeps every uncommitted
byte. Elsewhere the branch is moved by compare-and-swap. These commands run with the user's own hooks,
filters and configuration. Apart from the merge they leave what the user's own `git merge` leaves (reflog
entries, ORIG_HEAD) and nothing else.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from core.errors import ConflictError, GitError
from core.git.checkouts import checkout_of, git_dir_of
from core.git.command import owner_git
from core.git.depot import FETCH, LONG, Depot
from core.git.locking import file_lock
from core.git.obstacles import Obstacle, find_obstacles, raise_obstacles
from core.git.restore import restore_files
from core.git.user_repository import UserRepository, branch_commit

WAIT_SECONDS = 5.0
"""How long another git command in the user's repository is waited for."""
_POLL_SECONDS = 0.1


async def land(
    repository: UserRepository, depot: Depot, branch: str, *, old: str, new: str, label: str
) -> None:
    """Moves the user's branch from `old` to `new`, with working tree and index where it is checked out.

    Does nothing when the branch contains `new` already, so it can be repeated after a crash.

    Args:
        repository: The user's.
        depot: Has `new`.
        branch: The target branch.
        old: Where it has to be; the user's own concurrent commit wins.
        new: Where it gets; contains `old`.
        label: For the reflog.

    Raises:
        ConflictError: The branch moved, or something uncommitted is in the way. Nothing was changed.
        GitError: git or a hook of the user refused. What had been changed is as before.
    """
    async with file_lock(landing_lock(depot)) as lock:
        if await _has_landed(repository, branch, new):
            return
        raise_obstacles(repository, branch, await lasting_obstacles(repository, depot, branch, old, new))
        await _bring_objects(repository, depot, new)
        checkout = await checkout_of(repository, branch)
        if checkout is None or not checkout.reachable:
            await _swap(repository, depot, branch, old, new, label, lock)
        else:
            await _fast_forward(repository, checkout.path, depot, branch, old, new, label, lock)


async def begin_branch(
    repository: UserRepository, depot: Depot, branch: str, new: str, *, label: str
) -> None:
    """Makes a branch of the user's at `new`; does nothing when it is there and has it already.

    Raises:
        ConflictError: Another branch of that name was made meanwhile.
        GitError: git or a hook of the user refused.
    """
    async with file_lock(landing_lock(depot)) as lock:
        if await _has_landed(repository, branch, new):
            return
        await _bring_objects(repository, depot, new)
        git = owner_git(repository.path).handing_down(lock)
        try:
            await git.run("update-ref", "-m", label, f"refs/heads/{branch}", new, "0" * len(new))
        except GitError as error:
            if await branch_commit(repository, branch) is None:
                raise
            raise ConflictError(
                f"a branch {branch!r} was made in {repository.path} meanwhile",
                hint="Take the parts again: they go on top of it.",
            ) from error


async def recover_landing(
    repository: UserRepository, depot: Depot, branch: str, *, old: str, new: str, started_at: float
) -> bool:
    """Puts a landing right that was cut off by a kill, as far as its files were written.

    Waits for a git command that outlived the kill. A lock on the index is taken away only when it was
    made after the landing began.

    Args:
        repository: The user's.
        depot: Has both commits.
        branch: The target branch.
        old: Where it was.
        new: Where it should have gone.
        started_at: When the landing began, in seconds since 1970.

    Returns:
        Whether the branch contains `new`. If not, files and index are as at `old`, unless the user has
        moved the branch since, and `land` can be repeated.
    """
    async with file_lock(landing_lock(depot)):
        if await branch_commit(repository, branch) != old:
            return await _has_landed(repository, branch, new)
        await put_files_right(repository, depot, branch, old, new, started_at)
        return False


async def put_files_right(
    repository: UserRepository, depot: Depot, branch: str, here: str, there: str, started_at: float
) -> None:
    """Takes files and index back that a cut-off move of the branch from `here` to `there` has written.

    Call with `landing_lock`, and when the branch is at `here`; see `recover_landing` for the rest.
    """
    checkout = await checkout_of(repository, branch)
    if checkout is not None and checkout.reachable:
        lock = await git_dir_of(checkout.path) / "index.lock"
        await asyncio.to_thread(_remove_newer, lock, started_at)
        await restore_files(checkout.path, depot, here, there)


async def _has_landed(repository: UserRepository, branch: str, new: str) -> bool:
    """Also when the user has committed on top of it since. A commit that is not there yet exits with 128."""
    answer = await repository.git.run(
        "merge-base", "--is-ancestor", new, f"refs/heads/{branch}", ok=(0, 1, 128)
    )
    return answer.code == 0


def landing_lock(depot: Depot) -> Path:
    """Held by whoever moves a branch of the depot's repository."""
    return depot.path.with_name(depot.path.name + ".landing.lock")


def _remove_newer(lock: Path, started_at: float) -> None:
    if lock.exists() and lock.stat().st_mtime >= started_at:
        lock.unlink()


async def lasting_obstacles(
    repository: UserRepository, depot: Depot, branch: str, old: str, new: str
) -> tuple[Obstacle, ...]:
    """Those that are still there after a moment, for the user's own git commands are short."""
    deadline = asyncio.get_running_loop().time() + WAIT_SECONDS
    while True:
        found = await find_obstacles(repository, depot, branch, old, new)
        if not any(item.transient for item in found) or asyncio.get_running_loop().time() > deadline:
            return found
        await asyncio.sleep(_POLL_SECONDS)


async def _bring_objects(repository: UserRepository, depot: Depot, new: str) -> None:
    """By id and into no ref: until the branch moves, the user's repository looks as before."""
    git = owner_git(repository.path).having({"GIT_ALLOW_PROTOCOL": "file"})
    await git.run(*FETCH, "--", str(depot.path), new, seconds=LONG)


async def _swap(
    repository: UserRepository, depot: Depot, branch: str, old: str, new: str, label: str, lock: int
) -> None:
    git = owner_git(repository.path).handing_down(lock)
    try:
        await git.run("update-ref", "-m", label, f"refs/heads/{branch}", new, old)
    except GitError as error:
        await _explain(repository, depot, branch, old, new, error)


async def _fast_forward(
    repository: UserRepository, worktree: Path, depot: Depot, branch: str, old: str, new: str, label: str,
    lock: int,
) -> None:  # fmt: skip
    git = owner_git(worktree).handing_down(lock).having({"GIT_REFLOG_ACTION": label})
    try:
        await git.run(
            "merge", "--quiet", "--ff-only", "--no-overwrite-ignore", "--no-autostash", "--no-stat",
            "--no-progress", new, seconds=LONG,
        )  # fmt: skip
    except GitError as error:
        if await branch_commit(repository, branch) == old:
            await restore_files(worktree, depot, old, new)
        await _explain(repository, depot, branch, old, new, error)
    if await branch_commit(repository, branch) != new:
        raise GitError(
            f"git said that {branch} in {worktree} is merged, but it is not at the merged commit",
            hint=f"Look at it with git reflog show {branch}, and merge again.",
        )


async def _explain(
    repository: UserRepository, depot: Depot, branch: str, old: str, new: str, error: GitError
) -> None:
    """Tells why git refused, unless it did what was asked and complained about something else."""
    if await branch_commit(repository, branch) == new:
        return
    raise_obstacles(repository, branch, await find_obstacles(repository, depot, branch, old, new))
    said = error.details.get("stderr") or error.message
    raise GitError(
        f"{branch} in {repository.path} was not changed: {said}",
        hint="A hook or git itself refused. Everything is as it was; merge again once that is put right.",
        details=error.details,
    ) from error
