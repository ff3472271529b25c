"""What stands in the way of moving a target branch in the user's repository.

The same questions are asked for a preview and right before landing. Anything uncommitted that the move
would touch is an obstacle, ignored and untracked files included, also where git itself would go ahead.
Looking runs no hook and no monitor; the user's own content filters do run where git needs them to tell
whether a file was changed.
"""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from core.errors import ConflictError
from core.git.changes import RawChange, parse_changes
from core.git.checkouts import Checkout, checkout_of, git_dir_of, held_by_operation, operation_under_way
from core.git.command import reader_git
from core.git.depot import Depot
from core.git.path_text import name_to_text
from core.git.user_repository import UserRepository, branch_commit, exact_ref

FILES_NAMED = 10
"""Files named in the sentence itself; `files` has all of them."""
_FOLDER_LIMIT = 1000


@dataclass(frozen=True)
class Obstacle:
    """One thing in the way, as a sentence, and what to do about it."""

    reason: str
    hint: str
    files: tuple[str, ...] = ()
    transient: bool = False
    """Likely to go away by itself within seconds."""


async def find_obstacles(
    repository: UserRepository, depot: Depot, branch: str, old: str, new: str
) -> tuple[Obstacle, ...]:
    """Everything in the way of moving `branch` from `old` to `new`; nothing is changed.

    Args:
        repository: The user's.
        depot: Has both commits.
        branch: The target branch.
        old: The commit that it has to be at.
        new: The commit that it would get.
    """
    commit = await branch_commit(repository, branch)
    if commit is None and await _is_remote(repository, branch):
        return (_remote(repository, branch),)
    if commit != old:
        return (_moved(repository, branch),)
    if old == new:
        return ()
    checkout = await checkout_of(repository, branch)
    holder = await asyncio.to_thread(held_by_operation, repository.common_dir, branch)
    if holder:
        return (_busy(repository.path, holder, branch),)
    if checkout is None or not (checkout.reachable or checkout.locked):
        return ()
    if not checkout.reachable:
        return (Obstacle(
            f"{branch} is checked out in {checkout.path}, which is locked and not there",
            hint=f"Bring it back, or unlock it: git worktree unlock {checkout.path}.",
        ),)  # fmt: skip
    return await _obstacles_in(checkout, depot, branch, old, new)


def raise_obstacles(repository: UserRepository, branch: str, obstacles: Iterable[Obstacle]) -> None:
    """Raises a `ConflictError` that tells all obstacles, if there are any."""
    raise_all(f"{branch} in {repository.path} was not changed", obstacles)


def raise_all(told: str, obstacles: Iterable[Obstacle]) -> None:
    """Raises a `ConflictError` that says `told` and then why, if there is any obstacle."""
    found = list(obstacles)
    if found:
        raise ConflictError(
            f"{told}: {'; '.join(item.reason for item in found)}",
            hint=found[0].hint,
            details={"files": [name for item in found for name in item.files],
                     "blocked": [item.reason for item in found]},
        )  # fmt: skip


async def touched(depot: Depot, old: str, new: str) -> list[RawChange]:
    """Every path that differs between two commits, a rename being two of them."""
    answer = await depot.git.run(
        "diff-tree", "-z", "--raw", "-r", "--no-renames", "--ignore-submodules=none", old, new
    )
    return parse_changes(answer.out)[0]


async def _is_remote(repository: UserRepository, branch: str) -> bool:
    """Whether this is a remote-tracking branch: those move by fetching only."""
    return await exact_ref(repository.git, f"refs/remotes/{branch}") is not None


def _remote(repository: UserRepository, branch: str) -> Obstacle:
    """A branch of the user's own is not made unasked."""
    local = branch.partition("/")[2]
    return Obstacle(
        f"{branch} is a remote-tracking branch, into which nothing can be merged",
        hint=f"Make a local branch of it, then merge again: git -C {repository.path} branch {local} {branch}",
    )


def _moved(repository: UserRepository, branch: str) -> Obstacle:
    return Obstacle(
        f"{branch} has moved in {repository.path} meanwhile",
        hint="Try again: the merge is then computed with the new commits.",
    )


def _busy(path: Path, operation: str, branch: str) -> Obstacle:
    return Obstacle(
        f"a {operation} that involves {branch} is under way in {path}",
        hint=f"Finish or abort the {operation}, then try again.",
    )


async def _obstacles_in(
    checkout: Checkout, depot: Depot, branch: str, old: str, new: str
) -> tuple[Obstacle, ...]:
    git_dir = await git_dir_of(checkout.path)
    operation = await asyncio.to_thread(operation_under_way, git_dir)
    if operation:
        return (_busy(checkout.path, operation, branch),)
    if await asyncio.to_thread((git_dir / "index.lock").exists):
        return (Obstacle(
            f"another git command is at work in {checkout.path} ({git_dir / 'index.lock'} exists)",
            hint="Wait for it to end; if none runs, remove that file.", transient=True,
        ),)  # fmt: skip
    changes = await touched(depot, old, new)
    names = {change.name for change in changes}
    dirty = await _dirty(checkout.path) & names
    hidden = await _hidden(checkout.path, names)
    loose = await asyncio.to_thread(_in_the_way, checkout.path, changes, dirty)
    return tuple(_named(checkout.path, dirty | hidden, loose))


def _named(path: Path, edited: set[bytes], loose: set[bytes]) -> Iterator[Obstacle]:
    for names, what, hint in (
        (edited, "uncommitted changes", "Commit or stash them, then try again."),
        (loose, "untracked or ignored files in the way", "Move them away, then try again."),
    ):
        if names:
            files = tuple(name_to_text(name) for name in sorted(names))
            listed = ", ".join(files[:FILES_NAMED])
            more = f" and {len(files) - FILES_NAMED} more" if len(files) > FILES_NAMED else ""
            yield Obstacle(f"{path} has {what}: {listed}{more}", hint, files)


async def _dirty(worktree: Path) -> set[bytes]:
    """Tracked files with staged or unstaged changes, deletions and conflicts included."""
    listed = await reader_git(worktree).run(
        "status", "--porcelain=v2", "-z", "--untracked-files=no", "--no-renames", "--ignore-submodules=all"
    )
    fields_before_name = {b"1": 8, b"u": 10}
    names: set[bytes] = set()
    for entry in listed.out.split(b"\0"):
        skip = fields_before_name.get(entry[:1])
        if skip is not None:
            names.add(entry.split(b" ", skip)[skip])
    return names


async def _hidden(worktree: Path, names: set[bytes]) -> set[bytes]:
    """Files that git was told not to look at (git-update-index(1)) and would overwrite unseen."""
    listed = await reader_git(worktree).run("ls-files", "-v", "-z")
    found: set[bytes] = set()
    for entry in listed.out.split(b"\0"):
        tag, name = entry[:1], entry[2:]
        assumed, skipped = tag.islower(), tag in (b"S", b"s")
        if name in names and (assumed or (skipped and os.path.lexists(os.fsencode(worktree) + b"/" + name))):
            found.add(name)
    return found


def _in_the_way(worktree: Path, changes: list[RawChange], dirty: set[bytes]) -> set[bytes]:
    """Files on disk, unknown to git, at or below or above a path that the move brings in."""
    leaving = {change.name for change in changes if change.status == "D"}
    known = {change.name for change in changes if change.status != "A"} | dirty
    root = os.fsencode(worktree)
    found: set[bytes] = set()
    for change in changes:
        if change.status == "A" and change.name not in dirty:
            found |= _blocking(root, change.name, leaving, known)
    return found


def _blocking(root: bytes, name: bytes, leaving: set[bytes], known: set[bytes]) -> set[bytes]:
    parts = name.split(b"/")
    for depth in range(1, len(parts) + 1):
        part = b"/".join(parts[:depth])
        try:
            mode = os.lstat(os.path.join(root, part)).st_mode
        except FileNotFoundError:
            return set()
        if not stat.S_ISDIR(mode):
            return set() if part in leaving else {part}
    return {below for below in _files_below(root, name) if below not in known}


def _files_below(root: bytes, folder: bytes) -> Iterator[bytes]:
    count = 0
    for where, _, files in os.walk(os.path.join(root, folder)):
        for file in files:
            yield os.path.relpath(os.path.join(where, file), root)
            count += 1
            if count >= _FOLDER_LIMIT:
                return
