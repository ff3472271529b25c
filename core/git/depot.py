"""The depot: our own bare copy of a user's repository, the hub between it and the workspaces.

It has its own objects (hard links on the same filesystem), so that no garbage collection in the user's
repository can break a workspace, and it never collects garbage itself: workspaces borrow its objects
without being known to it. All refs are under `refs/boatyard/`:

* `source/{heads,remotes,tags}/…`: what the user's repository had at the last refresh
* `workspaces/<name>/{head,snapshot,landed,landed-result}`: work that came back, and what went on
* `landing/<name>`: a computed merge on its way into the user's repository
* `trash/<name>/<commit>`: a merge that was taken back
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from core.errors import ConflictError, GitError, NotFoundError
from core.git.command import UPLOAD_PACK, Git, depot_git
from core.git.locking import writer_lock
from core.git.user_repository import UserRepository, exact_ref

SOURCE = "refs/boatyard/source"
WORKSPACES = "refs/boatyard/workspaces"
LANDING = "refs/boatyard/landing"
TRASH = "refs/boatyard/trash"
LONG = 3600.0
"""Seconds that copying or fetching a whole repository may take."""
FETCH = (
    "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules",
    "--no-auto-maintenance", f"--upload-pack={UPLOAD_PACK}",
)  # fmt: skip
_SETTINGS = {
    "gc.auto": "0",
    "gc.pruneExpire": "never",
    "maintenance.auto": "false",
    "core.logAllRefUpdates": "false",
    "uploadpack.allowAnySHA1InWant": "true",
}
_REFSPECS = tuple(f"+refs/{kind}/*:{SOURCE}/{kind}/*" for kind in ("heads", "remotes", "tags"))


@dataclass(frozen=True)
class RefChange:
    """One ref's move, made only if it is still where it was."""

    ref: str
    new: str | None
    """None deletes the ref."""
    old: str | None = None
    """Where it must be; None: wherever it is."""


@dataclass(frozen=True)
class Depot:
    """One depot, by its path. Cheap to make; nothing is read until something is asked."""

    path: Path
    git: Git = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "git", depot_git(self.path))

    @property
    def _lock(self) -> Path:
        return self.path.with_name(self.path.name + ".lock")

    @property
    def objects(self) -> Path:
        """What a workspace's clone borrows from; safe to be mounted read-only."""
        return self.path / "objects"

    @property
    def sha256(self) -> bool:
        """Whether its ids are SHA-256; else they are SHA-1. Reads its configuration."""
        return "objectformat = sha256" in (self.path / "config").read_text(errors="replace").lower()

    def exists(self) -> bool:
        """Whether the depot has been made. It appears by a rename, so it is whole when it is there."""
        return (self.path / "HEAD").is_file()

    @contextlib.asynccontextmanager
    async def writing(self) -> AsyncIterator[Git]:
        """Git for commands that write refs, one caller at a time; locks of dead commands are removed."""
        async with writer_lock(self._lock, self.path) as descriptor:
            yield self.git.handing_down(descriptor)

    async def ensure(self, source: UserRepository) -> None:
        """Makes the depot when there is none, and brings it up to date with the user's repository.

        Raises:
            GitError: The user's repository cannot be copied.
            StorageError: The disk is full; nothing is left behind.
        """
        if not self.exists():
            async with writer_lock(self._lock, self.path) as descriptor:
                if not self.exists():
                    await _create(self.path, source, descriptor)
        await self.refresh(source)

    async def refresh(self, source: UserRepository) -> None:
        """Takes over the user's branches, remote-tracking branches and tags as they are now."""
        async with self.writing() as git:
            await git.having({"GIT_ALLOW_PROTOCOL": "file"}).run(
                *FETCH, "--prune", "--update-shallow", "--", str(source.common_dir), *_REFSPECS, seconds=LONG
            )

    async def ref(self, name: str) -> str | None:
        """What a full ref name points at; None when there is no such ref."""
        return await exact_ref(self.git, name)

    async def local_branch(self, branch: str) -> str:
        """The local branch that work for a target goes into: for `REMOTE/NAME` the one of that name.

        What is no remote-tracking branch, or has no local one beside it, stays as it is.
        """
        if await exact_ref(self.git, f"{SOURCE}/heads/{branch}") is None:
            local = branch.partition("/")[2]
            if local and await exact_ref(self.git, f"{SOURCE}/heads/{local}") is not None:
                return local
        return branch

    async def target(self, branch: str) -> str:
        """The commit that the user's branch, local or remote-tracking, had at the last refresh.

        Raises:
            NotFoundError: The user's repository has no such branch.
        """
        commit = await exact_ref(self.git, f"{SOURCE}/heads/{branch}") or await exact_ref(
            self.git, f"{SOURCE}/remotes/{branch}"
        )
        if commit is None:
            raise NotFoundError(
                f"the target branch {branch!r} does not exist in your repository",
                hint="Make the branch there, or choose another target branch.",
            )
        return commit

    async def tree(self, commit: str) -> str:
        """The id of a commit's tree."""
        answer = await self.git.run("rev-parse", "--verify", "--end-of-options", f"{commit}^{{tree}}")
        return answer.text

    async def is_ancestor(self, old: str, new: str) -> bool:
        """Whether `new` contains `old`. Both are ids of commits that the depot has."""
        return (await self.git.run("merge-base", "--is-ancestor", old, new, ok=(0, 1))).code == 0

    async def refs(self, prefix: str) -> dict[str, str]:
        """All refs below a prefix, with the ids they have."""
        listed = await self.git.run("for-each-ref", "--format=%(objectname) %(refname)", prefix)
        pairs = (line.split(" ", 1) for line in listed.out.decode("utf-8", "surrogateescape").splitlines())
        return {ref: oid for oid, ref in pairs}

    async def update_refs(self, changes: Iterable[RefChange]) -> None:
        """Moves refs, all or none, each only from where it was expected.

        Raises:
            ConflictError: One has been moved by somebody else.
        """
        lines = [_instruction(change) for change in changes]
        if not lines:
            return
        async with self.writing() as git:
            answer = await git.run("update-ref", "-z", "--stdin", stdin=b"".join(lines), ok=(0, 1, 128))
        if answer.code:
            if "but expected" in answer.err or "reference already exists" in answer.err:
                raise ConflictError(
                    f"a ref in {self.path} was moved meanwhile", hint="Try again.",
                    details={"stderr": answer.err},
                )  # fmt: skip
            raise GitError(
                f"refs in {self.path} could not be written: {answer.err}",
                hint="Check that the disk is not full and the folder is writable.",
                details={"stderr": answer.err},
            )

    async def forget_workspace(self, name: str) -> None:
        """Deletes the refs of one workspace; its commits stay in the depot until it is packed anew."""
        found: dict[str, str] = {}
        for kind in (WORKSPACES, LANDING, TRASH):
            found |= await self.refs(f"{kind}/{name}/")
        await self.update_refs(RefChange(ref, None, oid) for ref, oid in found.items())


def _instruction(change: RefChange) -> bytes:
    """A line of `git update-ref -z --stdin` (git-update-ref(1))."""
    old = (change.old or "").encode()
    ref = change.ref.encode("utf-8", "surrogateescape")
    if change.new is None:
        return b"delete " + ref + b"\0" + old + b"\0"
    return b"update " + ref + b"\0" + change.new.encode() + b"\0" + old + b"\0"


async def _create(path: Path, source: UserRepository, lock: int) -> None:
    """Copies into a folder beside the final one and renames that, so that a kill leaves no half depot."""
    part = path.with_name(path.name + ".part")
    await asyncio.to_thread(shutil.rmtree, part, ignore_errors=True)
    try:
        await _copy(part, source, lock)
        git = depot_git(part)
        await _drop_copied_refs(git)
        await settle(git)
        await git.run("config", "--remove-section", "remote.origin", ok=(0, 128))
        await asyncio.to_thread(part.rename, path)
    finally:
        await asyncio.to_thread(shutil.rmtree, part, ignore_errors=True)


async def settle(git: Git) -> None:
    """Gives a repository the settings of a depot and a HEAD that points nowhere."""
    for key, value in _SETTINGS.items():
        await git.run("config", key, value)
    await git.run("symbolic-ref", "HEAD", "refs/heads/none")


async def _copy(part: Path, source: UserRepository, lock: int) -> None:
    """`--dissociate` takes in the objects that the source itself borrows; a source whose packs change
    during the copy is asked for them by git's own transport the second time."""
    git = depot_git(part.parent).having({"GIT_ALLOW_PROTOCOL": "file"}).without("GIT_DIR").handing_down(lock)
    copy = ("clone", "--quiet", "--bare", "--no-tags", "--dissociate", "--template=",
            f"--upload-pack={UPLOAD_PACK}")  # fmt: skip
    ends = ("--", str(source.common_dir), str(part))
    try:
        await git.run(*copy, "--local", *ends, seconds=LONG)
    except GitError:
        await asyncio.to_thread(shutil.rmtree, part, ignore_errors=True)
        await git.run(*copy, "--no-local", *ends, seconds=LONG)


async def _drop_copied_refs(git: Git) -> None:
    """Moves what `clone` made into our own namespace, where the first refresh finds it again and so
    need not walk the history."""
    listed = await git.run("for-each-ref", "--format=%(objectname) %(refname)", "refs/heads/")
    moves: list[bytes] = []
    for line in listed.out.splitlines():
        oid, ref = line.split(b" ", 1)
        kept = SOURCE.encode() + ref.removeprefix(b"refs")
        moves += [b"create " + kept + b"\0" + oid + b"\0", b"delete " + ref + b"\0" + oid + b"\0"]
    await git.run("update-ref", "-z", "--stdin", stdin=b"".join(moves))
    await git.run("pack-refs", "--all")
