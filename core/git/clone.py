"""A workspace's clone: a working tree, and a private git directory beside it.

The clone borrows the depot's objects and has refs, stash, index and configuration of its own, so no
workspace sees another's and no branch is ever "already checked out". The git directory is written here
file by file (gitrepository-layout(5)): nothing of a template or of the user's configuration comes in.

Everything here runs before a sandbox can write to the clone. Afterwards the host runs no git in it; its
working tree and git directory are only a source to fetch from.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import re
import shutil
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from core.errors import GitError, StorageError, UsageError
from core.git.command import depot_git
from core.git.depot import SOURCE, Depot
from core.git.ignored import ignore_rules
from core.git.locking import file_lock
from core.git.removal import remove_below, temporary_write
from core.git.user_repository import Identity, UserRepository

log = logging.getLogger(__name__)

BRANCH_PREFIX = "boatyard/"
SANDBOX_GIT = "/boatyard/git"
"""Where a container sees the git directories of its workspace."""
CHECKOUT_TIMEOUT = 1800.0
SNAPSHOT_INDEX = "boatyard/index"
"""The snapshots' own index, inside the git directory."""
_NAME = re.compile(r"[a-z][a-z0-9-]{0,61}[a-z0-9]")


@dataclass(frozen=True)
class WorkspaceClone:
    """Where one repository of one workspace lies; says nothing of whether it exists."""

    root: Path
    """The workspace's folder; nothing outside it is ever written or deleted."""
    worktree: Path
    git_dir: Path
    dot_git: Path
    """A file for a container to see as the worktree's `.git`; written last, so it marks the clone whole."""
    workspace: str
    repo: str
    """The repository's name, used in the path that a container sees."""

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.workspace):
            raise UsageError(f"{self.workspace!r} is no name for a workspace")
        for path in (self.worktree, self.git_dir, self.dot_git):
            if ".." in path.parts or not path.is_relative_to(self.root) or path == self.root:
                raise UsageError(f"{path} lies outside the workspace's folder {self.root}")

    @property
    def branch(self) -> str:
        return BRANCH_PREFIX + self.workspace

    @property
    def fetched(self) -> Path:
        """Where the host takes the clone's objects before git reads them; no sandbox sees it."""
        return self.root / "fetched" / f"{self.repo}.git"

    @property
    def exists(self) -> bool:
        """Whether `create_clone` once came to its end."""
        return self.dot_git.is_file()


async def create_clone(
    clone: WorkspaceClone, depot: Depot, *, target: str, commit: str, identity: Identity,
    source: UserRepository | None = None, spare: WorkspaceClone | None = None,
) -> None:  # fmt: skip
    """Makes the clone on its own branch; does nothing when it is whole, starts anew when it is not.

    Args:
        clone: Where.
        depot: Whose objects it borrows.
        target: Name of the target branch, to be seen as `origin/<target>`.
        commit: Where the branch starts; a commit of the depot.
        identity: Who the commits made there are by.
        source: The user's repository, whose personal ignore rules are taken over.
        spare: A clone of the same depot that nobody has seen; when it is whole it becomes this one.

    Raises:
        StorageError: The disk is full; nothing is left behind.
        GitError: The commit cannot be checked out; nothing is left behind.
    """
    if await asyncio.to_thread(lambda: clone.exists):
        return
    rules = await ignore_rules(source) if source else b""
    refs = await _packed_refs(depot, clone, target, commit)
    try:
        async with _alone(clone) as lock:
            await _remove(clone)
            write = partial(_write_git_dir, clone, depot, target, identity, refs, rules)
            if spare is None or not await _reused(spare, clone, write, lock):
                await asyncio.to_thread(_make_folders, clone)
                await asyncio.to_thread(write)
                await _check_out(clone, lock)
            await asyncio.to_thread(_finish, clone)
    except OSError as error:
        await remove_clone(clone)
        raise StorageError(
            f"the workspace's clone {clone.worktree} cannot be written: {error.strerror}",
            hint="Free some space, or check who may write there, and try again.",
        ) from error
    except BaseException:
        await asyncio.shield(remove_clone(clone))
        raise


async def remove_clone(clone: WorkspaceClone) -> None:
    """Deletes the clone's paths, whatever a sandbox made of them. Follows no link out of the workspace.

    Raises:
        StorageError: Something could not be deleted.
    """
    async with _alone(clone):
        await _remove(clone)


async def _reused(spare: WorkspaceClone, clone: WorkspaceClone, write: Callable[[], None], lock: int) -> bool:
    """Makes the clone of a spare; when that cannot be done, everything is as it was without one."""
    if not await _take(spare, clone):
        return False
    try:
        await asyncio.to_thread(write)
        await _check_out(clone, lock)
    except GitError as error:
        log.warning("the spare for %s is thrown away: %s", clone.workspace, error)
        await _remove(clone)
        return False
    return True


async def _take(spare: WorkspaceClone, clone: WorkspaceClone) -> bool:
    """Moves a spare to the clone's place; whether there was a whole one.

    It loses its mark first: one that a crash leaves half taken is never taken again.
    """
    if not spare.exists:
        return False
    async with _alone(spare):
        if not spare.exists:
            return False
        await asyncio.to_thread(_move, spare, clone)
        return True


def _move(spare: WorkspaceClone, clone: WorkspaceClone) -> None:
    spare.dot_git.unlink()
    for old, new in ((spare.git_dir, clone.git_dir), (spare.worktree, clone.worktree)):
        new.parent.mkdir(parents=True, exist_ok=True)
        old.rename(new)


@contextlib.asynccontextmanager
async def _alone(clone: WorkspaceClone) -> AsyncIterator[int]:
    """Waits for a checkout that outlived a killed engine: it would go on writing into the next one."""
    path = clone.dot_git.with_name(clone.dot_git.name + ".lock")
    await asyncio.to_thread(path.parent.mkdir, parents=True, exist_ok=True)
    async with file_lock(path) as descriptor:
        try:
            yield descriptor
        finally:
            path.unlink(missing_ok=True)


async def _remove(clone: WorkspaceClone) -> None:
    for path in (clone.dot_git, clone.git_dir, clone.worktree, clone.fetched):
        await asyncio.to_thread(remove_below, clone.root, path)


async def _packed_refs(depot: Depot, clone: WorkspaceClone, target: str, commit: str) -> bytes:
    """All the clone's first refs in one file: its branch, the target, and the tags (for git describe)."""
    refs = {f"refs/heads/{clone.branch}": commit, f"refs/remotes/origin/{target}": commit}
    tags = await depot.refs(f"{SOURCE}/tags/")
    refs |= {f"refs/{ref.removeprefix(SOURCE + '/')}": oid for ref, oid in tags.items()}
    named = sorted((ref.encode("utf-8", "surrogateescape"), oid.encode()) for ref, oid in refs.items())
    return b"# pack-refs with: sorted \n" + b"".join(oid + b" " + ref + b"\n" for ref, oid in named)


def _make_folders(clone: WorkspaceClone) -> None:
    for folder in ("objects/info", "objects/pack", "refs/heads", "refs/tags", "info", "boatyard"):
        (clone.git_dir / folder).mkdir(parents=True)
    clone.worktree.mkdir(parents=True)


def _write_git_dir(
    clone: WorkspaceClone, depot: Depot, target: str, identity: Identity, refs: bytes, rules: bytes
) -> None:
    git_dir = clone.git_dir
    (git_dir / "HEAD").write_text(f"ref: refs/heads/{clone.branch}\n")
    (git_dir / "config").write_text(
        _config(depot, clone, target, identity), encoding="utf-8", errors="surrogateescape"
    )
    (git_dir / "objects/info/alternates").write_bytes(alternates(depot))
    (git_dir / "info/exclude").write_bytes(rules)
    (git_dir / "packed-refs").write_bytes(refs)
    shallow = depot.path / "shallow"
    (git_dir / "shallow").unlink(missing_ok=True)
    if shallow.is_file():
        shutil.copyfile(shallow, git_dir / "shallow")
    (clone.worktree / ".git").write_bytes(b"gitdir: " + os.fsencode(git_dir) + b"\n")


def alternates(depot: Depot) -> bytes:
    """What the clone's `objects/info/alternates` holds: the depot's objects, and nothing else."""
    path = os.fsencode(depot.objects)
    if b"\n" in path or path.startswith(b'"'):
        raise UsageError(f"the depot's path {depot.path} holds a line end or quote: git cannot borrow there")
    return path + b"\n"


def _config(depot: Depot, clone: WorkspaceClone, target: str, identity: Identity) -> str:
    lines = [
        "[core]",
        f"\trepositoryformatversion = {int(depot.sha256)}",
        "\tfilemode = true",
        "\tbare = false",
        "\tlogallrefupdates = true",
        *(["[extensions]", "\tobjectformat = sha256"] if depot.sha256 else []),
        "[user]",
        f"\tname = {_quoted(identity.name)}",
        f"\temail = {_quoted(identity.email)}",
        f"[branch {_quoted(clone.branch)}]",
        "\tremote = .",
        f"\tmerge = {_quoted(f'refs/remotes/origin/{target}')}",
        "[gc]",
        "\tauto = 0",
    ]
    return "\n".join(lines) + "\n"


def _quoted(value: str) -> str:
    """A value for git-config(1); control characters have no place in any of ours."""
    plain = "".join(char if ord(char) >= 0x20 else " " for char in value)
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'


async def _check_out(clone: WorkspaceClone, lock: int) -> None:
    """In parallel; `read-tree`, since no file is there that could be in the way, but those of a spare."""
    git = depot_git(clone.git_dir).having(
        {"GIT_WORK_TREE": str(clone.worktree)}, config={"checkout.workers": "0"}
    )
    await git.handing_down(lock).run("read-tree", "-m", "-u", "HEAD", seconds=CHECKOUT_TIMEOUT)


def _finish(clone: WorkspaceClone) -> None:
    shutil.copy2(clone.git_dir / "index", clone.git_dir / SNAPSHOT_INDEX)  # with its time: git needs it
    clone.dot_git.parent.mkdir(parents=True, exist_ok=True)
    temporary_write(clone.dot_git, f"gitdir: {SANDBOX_GIT}/{clone.repo}\n".encode())
