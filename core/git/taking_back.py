"""A landing taken back: the target branch goes from the merged commit to where it was before.

None of git's commands does that as a fast-forward is done. `reset --keep` moves HEAD from wherever it is by
then, so that it would drop a commit which the user makes in that moment; it changes the files before it asks
the hooks; and, like `read-tree -m -u`, it overwrites files that git ignores. So it is put together:

1. Everything uncommitted that the move would touch is an obstacle, ignored files included: see
   `core.git.obstacles`, which is asked with the ends swapped.
2. git's transaction on references is prepared and held: the branch is compared, locked, and the user's hooks
   have had their say before a single file changes. Until it ends, git refuses whoever else wants to move it.
3. The obstacles are looked for again, and then `read-tree -m -u` moves index and files. It refuses by itself
   to touch what is changed or untracked.
4. The transaction is committed. If that fails, files and index are put back.

A kill in between leaves the branch where it was, since git gives a transaction up whose other end is gone;
`recover_taking_back` puts the files right.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from core.errors import BoatyardError, ConflictError, GitError, StorageError
from core.git.checkouts import checkout_of
from core.git.command import Git, owner_git
from core.git.depot import LONG, Depot
from core.git.landing import landing_lock, lasting_obstacles, put_files_right
from core.git.locking import file_lock
from core.git.obstacles import find_obstacles, raise_obstacles
from core.git.restore import restore_files
from core.git.user_repository import UserRepository, branch_commit


async def take_back(
    repository: UserRepository, depot: Depot, branch: str, *, old: str, new: str, label: str
) -> None:
    """Moves the user's branch from `new` back to `old`, with working tree and index where it is checked out.

    Does nothing when the branch is at `old`, so it can be repeated after a crash.

    Args:
        repository: The user's.
        depot: Has both commits.
        branch: The target branch.
        old: Where it was before the landing.
        new: Where it has to be: the user's own later commit wins, also one that is made meanwhile.
        label: For the reflog.

    Raises:
        ConflictError: The branch is elsewhere, or something uncommitted is in the way. Nothing was changed.
        GitError: git or a hook of the user refused. What had been changed is as before.
    """
    async with file_lock(landing_lock(depot)) as lock:
        at = await branch_commit(repository, branch)
        if at == old:
            return
        if at != new:
            raise _moved(repository, branch)
        raise_obstacles(repository, branch, await lasting_obstacles(repository, depot, branch, new, old))
        checkout = await checkout_of(repository, branch)
        worktree = checkout.path if checkout is not None and checkout.reachable else None
        git = owner_git(worktree or repository.path).handing_down(lock)
        try:
            async with _held(git, branch, old, new, label) as move:
                if worktree is not None:
                    await _move_files(repository, worktree, depot, branch, old, new, git)
                await move()
        except (GitError, StorageError) as error:
            await _undone(repository, worktree, depot, branch, old, new, error)


async def recover_taking_back(
    repository: UserRepository, depot: Depot, branch: str, *, old: str, new: str, started_at: float
) -> None:
    """Puts files and index right where a kill has cut `take_back` off; then that can be repeated.

    Waits for git commands that outlived the kill. Does nothing unless the branch is at `new`.
    """
    async with file_lock(landing_lock(depot)):
        if await branch_commit(repository, branch) == new:
            await put_files_right(repository, depot, branch, new, old, started_at)


@asynccontextmanager
async def _held(
    git: Git, branch: str, old: str, new: str, label: str
) -> AsyncIterator[Callable[[], Awaitable[object]]]:
    """Holds the branch at `new`, ready to go to `old`; gives what lets it go there (git-update-ref(1))."""
    ref = b"refs/heads/" + os.fsencode(branch)
    update = b"update " + ref + b"\0" + old.encode() + b"\0" + new.encode() + b"\0"
    async with git.asking("update-ref", "-m", label, "--stdin", "-z") as ask:
        await ask(b"start\0")
        await ask(update + b"prepare\0")
        yield lambda: ask(b"commit\0")


async def _move_files(
    repository: UserRepository, worktree: Path, depot: Depot, branch: str, old: str, new: str, git: Git
) -> None:
    """Index and files of a working tree, from `new` to `old`; git compares sizes and times first."""
    checkout = await checkout_of(repository, branch)
    if checkout is None or checkout.path != worktree:
        raise _moved(repository, branch)
    raise_obstacles(repository, branch, await find_obstacles(repository, depot, branch, new, old))
    await git.run("update-index", "-q", "--refresh", ok=(0, 1), seconds=LONG)
    try:
        await git.run("read-tree", "-m", "-u", new, old, seconds=LONG)
    except BoatyardError:
        await restore_files(worktree, depot, new, old)
        raise


async def _undone(
    repository: UserRepository, worktree: Path | None, depot: Depot, branch: str, old: str, new: str,
    error: GitError | StorageError,
) -> None:  # fmt: skip
    """Puts the files back and tells why git refused, unless it did what was asked."""
    at = await branch_commit(repository, branch)
    if at == old:
        return
    if at != new:
        raise _moved(repository, branch) from error
    if worktree is not None:
        await restore_files(worktree, depot, new, old)
    raise_obstacles(repository, branch, await find_obstacles(repository, depot, branch, new, old))
    if isinstance(error, StorageError):
        raise error
    said = error.details.get("stderr") or error.message
    raise GitError(
        f"{branch} in {repository.path} was not changed: {said}",
        hint="A hook or git itself refused. Everything is as it was; try again once that is put right.",
        details=error.details,
    ) from error


def _moved(repository: UserRepository, branch: str) -> ConflictError:
    return ConflictError(
        f"{branch} in {repository.path} was not changed: it was moved, or checked out elsewhere, meanwhile",
        hint="Try again: it is then looked at anew.",
    )
