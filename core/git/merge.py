"""A workspace's work put onto its target branch, computed in the depot alone.

What is merged is the *source*: the workspace's HEAD, or, when there is uncommitted work, a commit of the
snapshot on top of HEAD. What it is compared with is the *base*: the source of the last landing, so that a
second merge brings only what is new, also after a squash or after uncommitted work has landed; without a
landing, or once the workspace contains that landing's result, the base is what history says.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace

from core.errors import GitError
from core.git.command import Git
from core.git.depot import LANDING, WORKSPACES, Depot, RefChange
from core.git.merge_tree import FileConflict, empty_tree, merge_trees
from core.git.user_repository import Identity
from core.values.states import MergeStyle

REBASE_LIMIT = 2000
"""Commits that a rebase takes at most."""
LATEST_DATE = 2**33
"""Seconds since 1970; a later author's date is a forgery that git would not write again."""


@dataclass(frozen=True)
class Work:
    """What one workspace has done in one repository, as ids of commits in the depot."""

    head: str
    snapshot: str
    landed: str | None = None
    """The source of the last landing."""
    landed_result: str | None = None
    """What the target branch got then."""


@dataclass(frozen=True)
class Merged:
    """A computed merge. With conflicts, or with nothing to merge, `new` equals `old`."""

    old: str
    new: str
    source: str
    base: str
    """The commit that the source is compared with: `base..source` is what the merge brings."""
    conflicts: tuple[FileConflict, ...] = ()

    @property
    def nothing(self) -> bool:
        """Whether the target has it all already."""
        return self.old == self.new and not self.conflicts


async def read_work(depot: Depot, workspace: str) -> Work | None:
    """What the depot has of a workspace; None before its first snapshot was imported."""
    prefix = f"{WORKSPACES}/{workspace}/"
    refs = {ref.removeprefix(prefix): oid for ref, oid in (await depot.refs(prefix)).items()}
    if "head" not in refs or "snapshot" not in refs:
        return None
    return Work(refs["head"], refs["snapshot"], refs.get("landed"), refs.get("landed-result"))


async def comparison_base(depot: Depot, target: str, work: Work) -> str:
    """The commit that the workspace's work is shown against, and merged by.

    The empty tree when workspace and target have no history in common.
    """
    if await _landing_counts(depot, work):
        assert work.landed is not None
        return work.landed
    found = await depot.git.run("merge-base", target, work.head, ok=(0, 1))
    return found.text if found.code == 0 else await empty_tree(depot)


async def compute_merge(
    depot: Depot, *, style: MergeStyle, target: str, work: Work, message: str, identity: Identity
) -> Merged:
    """Computes a merge and leaves all refs as they are.

    Args:
        depot: Where everything is and where the new commits are written.
        style: As a merge commit, as one commit, or each commit anew.
        target: The target branch's commit.
        work: What is merged.
        message: Of the merge commit, the squashed commit, and the commit of uncommitted work.
        identity: Who commits; signs, when that is set.

    Raises:
        GitError: A commit cannot be written or signed.
    """
    source = await _source(depot, work, message, identity)
    base = await comparison_base(depot, target, work)
    nothing = Merged(target, target, source, base)
    if await depot.is_ancestor(source, target) or await depot.tree(source) == await depot.tree(base):
        return nothing
    if style is MergeStyle.REBASE:
        return await _rebase(depot, nothing, work, identity)
    landed = base if base == work.landed else None
    merged = await merge_trees(depot, target, source, landed)
    if merged.conflicts:
        return replace(nothing, conflicts=merged.conflicts)
    if merged.tree == await depot.tree(target):
        return nothing
    parents = (target, source) if style is MergeStyle.MERGE else (target,)
    return replace(nothing, new=await write_commit(depot, merged.tree, parents, message, identity))


async def keep_merge(depot: Depot, workspace: str, merged: Merged) -> None:
    """Makes the result reachable in the depot until it has landed."""
    await depot.update_refs([
        RefChange(f"{LANDING}/{workspace}/result", merged.new),
        RefChange(f"{LANDING}/{workspace}/source", merged.source),
    ])  # fmt: skip


async def let_merge_go(depot: Depot, workspace: str) -> None:
    """Forgets a result that does not land. May be done again."""
    await depot.update_refs([
        RefChange(f"{LANDING}/{workspace}/result", None),
        RefChange(f"{LANDING}/{workspace}/source", None),
    ])  # fmt: skip


async def record_landed(depot: Depot, workspace: str, source: str, result: str) -> None:
    """Remembers what landed, for the next merge to bring only what is new. May be done again."""
    refs = f"{WORKSPACES}/{workspace}"
    await depot.update_refs([
        RefChange(f"{refs}/landed", source),
        RefChange(f"{refs}/landed-result", result),
        RefChange(f"{LANDING}/{workspace}/result", None),
        RefChange(f"{LANDING}/{workspace}/source", None),
    ])  # fmt: skip


async def write_commit(
    depot: Depot, tree: str, parents: tuple[str, ...], message: str, identity: Identity,
    author: dict[str, str] | None = None,
) -> str:  # fmt: skip
    """Writes a commit into the depot.

    Args:
        depot: Where to.
        tree: Id of its tree.
        parents: Ids of its parents.
        message: A NUL in it is dropped.
        identity: Committer, and author unless that is given; signs, when that is set.
        author: `GIT_AUTHOR_…` variables of another author and time.

    Raises:
        GitError: It could not be signed.
    """
    git = _committing(depot.git, identity, author or {})
    sign = ["-S"] if identity.signing else []
    options = [option for parent in parents for option in ("-p", parent)]
    text = message.replace("\0", "").strip() + "\n"
    try:
        answer = await git.run(
            "commit-tree", *sign, tree, *options, "-F", "-", stdin=text.encode("utf-8", "surrogateescape")
        )
    except GitError as error:
        if not identity.signing:
            raise
        raise GitError(
            f"the commit cannot be signed: {error.details.get('stderr') or error.message}",
            hint="git's configuration asks for signed commits (commit.gpgSign). Unlock the key, for example"
            " by signing something in another terminal, and try again.",
            details=error.details,
        ) from error
    return answer.text


def _committing(git: Git, identity: Identity, author: dict[str, str]) -> Git:
    name, email = _plain(identity.name) or "unknown", _plain(identity.email) or "unknown"
    who = {"GIT_AUTHOR_NAME": name, "GIT_AUTHOR_EMAIL": email} | author
    who |= {"GIT_COMMITTER_NAME": name, "GIT_COMMITTER_EMAIL": email}
    config = {"gpg.program": "gpg", **dict(identity.signing.config)} if identity.signing else {}
    return git.having(who, config=config)


def _plain(text: str) -> str:
    """What a commit's header may hold of a name (git drops the rest itself, but refuses an empty one)."""
    return "".join(char for char in text if char.isprintable() and char not in "<>").strip(" .,:;'\"")


async def _landing_counts(depot: Depot, work: Work) -> bool:
    if work.landed is None:
        return False
    if work.landed_result is None:
        return True
    return not await depot.is_ancestor(work.landed_result, work.head)


async def _source(depot: Depot, work: Work, message: str, identity: Identity) -> str:
    tree = await depot.tree(work.snapshot)
    if tree == await depot.tree(work.head):
        return work.head
    if work.landed is not None and tree == await depot.tree(work.landed):
        return work.landed
    return await write_commit(depot, tree, (work.head,), message, identity)


async def _rebase(depot: Depot, nothing: Merged, work: Work, identity: Identity) -> Merged:
    """Each commit of the first-parent line again, on top of the target.

    A merge commit on that line comes as one commit of what it brought, so conflict resolutions made in
    it are kept, which a rebase that drops merge commits would lose. The first commit is compared with the
    base instead of its parent: the differences then add up to exactly `base..source`.
    """
    landed = nothing.base if nothing.base == work.landed else None
    line = await commits_to_take(depot, nothing.source, nothing.old, landed)
    tip, tip_tree = nothing.old, await depot.tree(nothing.old)
    for index, (commit, parent) in enumerate(line):
        base = (landed if index == 0 else None) or parent or await empty_tree(depot)
        merged = await merge_trees(depot, tip, commit, base)
        if merged.conflicts:
            return replace(nothing, conflicts=merged.conflicts)
        if merged.tree != tip_tree:
            author, message = await authorship(depot, commit)
            tip = await write_commit(depot, merged.tree, (tip,), message, identity, author)
            tip_tree = merged.tree
    return nothing if tip_tree == await depot.tree(nothing.old) else replace(nothing, new=tip)


async def commits_to_take(
    depot: Depot, source: str, target: str, landed: str | None = None
) -> list[tuple[str, str | None]]:
    """The commits to take, oldest first, each with its first parent."""
    without = [f"^{target}", *([f"^{landed}"] if landed else [])]
    listed = await depot.git.run(
        "rev-list", "--first-parent", "--reverse", "--parents", "--topo-order", source, *without
    )
    line: list[tuple[str, str | None]] = []
    for entry in listed.text.splitlines():
        commit, *parents = entry.split(" ")
        line.append((commit, parents[0] if parents else None))
    if len(line) > REBASE_LIMIT:
        raise GitError(
            f"there are {len(line)} commits to rebase, more than {REBASE_LIMIT}",
            hint="Merge with a merge commit or squash instead.",
        )
    return line


async def authorship(depot: Depot, commit: str) -> tuple[dict[str, str], str]:
    """Author, time and message of a commit, in bytes that need not be UTF-8."""
    answer = await depot.git.run(
        "show", "-s", "--no-show-signature", "--encoding=UTF-8",
        "--format=%an%x00%ae%x00%at%x00%ad%x00%B", "--date=format:%z", commit,
    )  # fmt: skip
    name, email, seconds, zone, message = os.fsdecode(answer.out).split("\0", 4)
    author = {"GIT_AUTHOR_NAME": _plain(name) or "unknown", "GIT_AUTHOR_EMAIL": _plain(email) or "unknown"}
    if seconds.isdigit() and int(seconds) <= LATEST_DATE:
        author["GIT_AUTHOR_DATE"] = f"@{seconds} {zone}"
    return author, message
