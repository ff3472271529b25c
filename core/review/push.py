"""What a push would do: how far a branch is ahead of a remote's, and whether it may take its place."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from core.git.changes import changed_files
from core.git.command import Git
from core.git.depot import WORKSPACES, RefChange
from core.git.push import push_commit, push_remote, remote_commit, upstream_branch
from core.git.remote_address import Remote
from core.review.target import ReviewTarget
from core.values.pushing import RepoPush


@dataclass(frozen=True)
class Pushed:
    """What is pushed where."""

    target: ReviewTarget
    commit: str
    branch: str
    remote: Remote
    own: bool = True
    """Whether it is the workspace's work, which may take the place of what it has pushed before."""


async def pushed_work(target: ReviewTarget, branch: str, remote: str = "") -> Pushed:
    """The workspace's commits, to the branch of its name.

    Raises:
        NotFoundError: There is no such remote.
        UsageError: Nothing says which remote.
    """
    chosen = await push_remote(target.repository, target.target_branch, remote)
    return Pushed(target, target.work.head, branch, chosen)


async def pushed_target(target: ReviewTarget, remote: str = "") -> Pushed:
    """The target branch itself, as after a merge, to the branch that it follows.

    Raises:
        NotFoundError: There is no such remote.
        UsageError: Nothing says which remote.
    """
    chosen = await push_remote(target.repository, target.target_branch, remote)
    branch = await upstream_branch(target.repository, target.target_branch, chosen)
    return Pushed(target, target.target, branch, chosen, own=False)


async def as_planned(target: ReviewTarget, plan: RepoPush) -> Pushed:
    """What an earlier `plan_push` was about."""
    remote = await push_remote(target.repository, target.target_branch, plan.remote)
    return Pushed(target, plan.new, plan.branch, remote, own=plan.own)


async def plan_push(workspace: str, pushed: Pushed) -> RepoPush:
    """Asks the remote where the branch is, and says what a push would do. Nothing changes.

    Raises:
        GitError: The remote cannot be asked.
    """
    target = pushed.target
    old = await remote_commit(target.repository, pushed.remote, pushed.branch)
    ahead, behind = await _distance(pushed, old)
    rewrites = bool(old and behind != 0 and pushed.own and old == await last_pushed(workspace, pushed))
    return RepoPush(
        repo_id=target.repo_id, remote=pushed.remote.name, url=pushed.remote.url, branch=pushed.branch,
        old=old, new=pushed.commit, ahead=ahead, behind=behind, rewrites=rewrites,
        uncommitted=await _uncommitted(target) if pushed.own else 0, own=pushed.own,
        refused="" if behind == 0 or rewrites else _overwritten(pushed, behind),
    )  # fmt: skip


async def do_push(pushed: Pushed, plan: RepoPush) -> None:
    """Pushes as planned; may be repeated.

    Raises:
        ConflictError: The branch has moved at the remote since; nothing was pushed.
        GitError: A hook or the remote refused; nothing was pushed.
    """
    target = pushed.target
    await push_commit(target.repository, target.depot, pushed.remote, plan.branch, new=plan.new, old=plan.old)


async def last_pushed(workspace: str, pushed: Pushed) -> str:
    """The commit that the workspace has last pushed to this address and branch; empty: none."""
    return await pushed.target.depot.ref(_ref(workspace, pushed)) or ""


async def record_pushed(workspace: str, pushed: Pushed, commit: str) -> None:
    """Remembers what was pushed, so that a later push may take its place. May be done again."""
    if pushed.own:
        await pushed.target.depot.update_refs([RefChange(_ref(workspace, pushed), commit)])


def _ref(workspace: str, pushed: Pushed) -> str:
    where = sha256(f"{pushed.remote.url}\0{pushed.branch}".encode("utf-8", "surrogateescape")).hexdigest()
    return f"{WORKSPACES}/{workspace}/pushed/{where[:16]}"


def _overwritten(pushed: Pushed, behind: int | None) -> str:
    count = "commits" if behind is None else f"{behind} commit{'s' * (behind != 1)}"
    owner = "the workspace" if pushed.own else "the local branch"
    return f"{pushed.branch} at {pushed.remote.name} has {count} that {owner} has not"


async def _distance(pushed: Pushed, old: str) -> tuple[int, int | None]:
    """Commits that only we have, and that only the remote has; None for the latter: it cannot be known."""
    git = _reading(pushed.target)
    if not old:
        since = [f"^{pushed.target.target}"] if pushed.own else []
        counted = await git.run("rev-list", "--count", pushed.commit, *since)
        return int(counted.text), 0
    known = await git.run("cat-file", "-e", f"{old}^{{commit}}", ok=(0, 1, 128))
    if known.code:
        counted = await git.run("rev-list", "--count", pushed.commit, f"^{pushed.target.target}")
        return int(counted.text), None
    both = await git.run("rev-list", "--left-right", "--count", f"{old}...{pushed.commit}")
    behind, ahead = both.text.split("\t")
    return int(ahead), int(behind)


def _reading(target: ReviewTarget) -> Git:
    """The depot with the user's objects: what was fetched there is known, without being copied."""
    objects = target.repository.common_dir / "objects"
    # As git reads a list of paths: a quoted one may hold the separator.
    quoted = '"' + str(objects).replace("\\", "\\\\").replace('"', '\\"') + '"'
    return target.depot.git.having({"GIT_ALTERNATE_OBJECT_DIRECTORIES": quoted})


async def _uncommitted(target: ReviewTarget) -> int:
    return len(await changed_files(target.depot, target.repo_id, target.work.head, target.snapshot))
