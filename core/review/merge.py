"""Merging a workspace into the target branches of all its repositories, or of none.

Everything is computed and every obstacle looked for in all repositories before the first branch moves.
Then they land one by one; each landing is final by itself, so what can still fail in the middle (the user
commits in that very second, a hook refuses) leaves whole merges, and the next merge brings the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.errors import BoatyardError, ConflictError
from core.git.changes import changed_files
from core.git.commit_hooks import commit_hooks, run_commit_hooks
from core.git.landing import land, recover_landing
from core.git.merge import Merged, compute_merge, keep_merge, record_landed
from core.git.obstacles import Obstacle, find_obstacles, raise_obstacles
from core.git.user_repository import Identity, user_identity
from core.review.target import ReviewTarget
from core.values.conflicts import Conflict
from core.values.review import MergePreview, RepoMerge
from core.values.states import MergeStyle

_NAMED = 10


@dataclass(frozen=True)
class PreparedMerge:
    """A merge in one repository that is computed, free of conflicts, and ready to land."""

    target: ReviewTarget
    merged: Merged

    @property
    def nothing(self) -> bool:
        """Whether the target branch has it all already."""
        return self.merged.nothing


async def merge_preview(
    workspace: str, targets: Sequence[ReviewTarget], style: MergeStyle, message: str
) -> MergePreview:
    """What a merge would do now, with all that would keep it from being done; nothing changes."""
    repos: list[RepoMerge] = []
    conflicts: list[Conflict] = []
    blocked: list[str] = []
    for target in targets:
        merged = await _compute(target, style, message, sign=False)
        conflicts += _conflicts(target, merged)
        repos.append(await describe(PreparedMerge(target, merged)))
        blocked += [obstacle.reason for obstacle in await _obstacles(target, merged)]
    return MergePreview(
        workspace=workspace, style=style, repos=tuple(repos), conflicts=tuple(conflicts),
        blocked=tuple(blocked), message=message,
    )  # fmt: skip


async def prepare_merge(
    workspace: str, targets: Sequence[ReviewTarget], style: MergeStyle, message: str, *, hooks: bool = True
) -> list[PreparedMerge]:
    """Computes the merges of all repositories and keeps the results in their depots.

    With `hooks`, those of the user's repositories that a commit runs have their say first.

    Raises:
        ConflictError: There is a conflict or an obstacle anywhere; `details` has `conflicts` or `files`.
            No branch has moved.
        GitError: A commit cannot be written or signed, or a hook refuses.
    """
    prepared = [
        PreparedMerge(target, await _compute(target, style, message, sign=False)) for target in targets
    ]
    _raise_conflicts([found for item in prepared for found in _conflicts(item.target, item.merged)])
    for item in prepared:
        found = [
            obstacle for obstacle in await _obstacles(item.target, item.merged) if not obstacle.transient
        ]
        raise_obstacles(item.target.repository, item.target.target_branch, found)
    messages = [await _heard(item, style, message) if hooks else message for item in prepared]
    ready = [
        PreparedMerge(item.target, await _compute(item.target, style, said, sign=True))
        for item, said in zip(prepared, messages, strict=True)
    ]
    for item in ready:
        if not item.nothing:
            await keep_merge(item.target.depot, workspace, item.merged)
    return ready


async def _heard(item: PreparedMerge, style: MergeStyle, message: str) -> str:
    """The message of the commit after the user's hooks have run."""
    if item.nothing:
        return message
    target, merged = item.target, item.merged
    hooks = await commit_hooks(target.repository, style)
    return await run_commit_hooks(
        target.repository, target.depot, hooks, old=merged.old, new=merged.new, message=message
    )


async def land_merge(workspace: str, prepared: PreparedMerge) -> None:
    """Moves one user's branch and remembers what landed. May be repeated; does nothing the second time.

    Raises:
        ConflictError: The branch moved, or something is in the way; nothing was changed there.
        GitError: git or a hook refused; nothing was changed there.
    """
    target, merged = prepared.target, prepared.merged
    if prepared.nothing:
        return
    await land(
        target.repository, target.depot, target.target_branch, old=merged.old, new=merged.new,
        label=f"boatyard: merge {workspace}",
    )  # fmt: skip
    await record_landed(target.depot, workspace, merged.source, merged.new)


async def recover_merge(
    workspace: str, target: ReviewTarget, *, old: str, new: str, source: str, started_at: float
) -> bool:
    """After a crash between `prepare_merge` and the end of `land_merge`: finishes, or takes files back.

    Args:
        workspace: The workspace's name.
        target: The repository.
        old: The prepared merge's `merged.old`.
        new: The prepared merge's `merged.new`.
        source: The prepared merge's `merged.source`.
        started_at: When the landing began, in seconds since 1970.

    Returns:
        Whether the merge is on the target branch. If not, everything there is as before it.
    """
    landed = await recover_landing(
        target.repository, target.depot, target.target_branch, old=old, new=new, started_at=started_at
    )
    if landed:
        await record_landed(target.depot, workspace, source, new)
    return landed


async def merge_all(
    workspace: str, targets: Sequence[ReviewTarget], style: MergeStyle, message: str
) -> list[RepoMerge]:
    """Merges into all repositories; those with nothing to merge come back with `new` equal to `old`.

    Raises:
        ConflictError: See `prepare_merge`; or a branch moved in between, then `details` has what `landed`.
        GitError: git or a hook refused; `details` has what `landed`.
    """
    prepared = await prepare_merge(workspace, targets, style, message)
    landed: list[RepoMerge] = []
    for item in prepared:
        try:
            await land_merge(workspace, item)
        except BoatyardError as error:
            error.details["landed"] = [merge.repo_id for merge in landed if merge.new != merge.old]
            raise
        landed.append(await describe(item))
    return landed


async def describe(prepared: PreparedMerge) -> RepoMerge:
    """The merge in the API's words, with what it changes on the target branch."""
    target, merged = prepared.target, prepared.merged
    files = await changed_files(target.depot, target.repo_id, merged.old, merged.new)
    return RepoMerge(
        repo_id=target.repo_id, target_branch=target.target_branch, old=merged.old, new=merged.new,
        files=len(files), added=sum(file.added for file in files),
        removed=sum(file.removed for file in files),
    )  # fmt: skip


async def _compute(target: ReviewTarget, style: MergeStyle, message: str, *, sign: bool) -> Merged:
    identity = await user_identity(target.repository)
    if not sign:
        identity = Identity(identity.name, identity.email)
    return await compute_merge(
        target.depot, style=style, target=target.target, work=target.work, message=message, identity=identity
    )


async def _obstacles(target: ReviewTarget, merged: Merged) -> tuple[Obstacle, ...]:
    if merged.old == merged.new:
        return ()
    return await find_obstacles(target.repository, target.depot, target.target_branch, merged.old, merged.new)


def _conflicts(target: ReviewTarget, merged: Merged) -> list[Conflict]:
    return [Conflict(repo_id=target.repo_id, path=item.path, kind=item.kind) for item in merged.conflicts]


def _raise_conflicts(conflicts: list[Conflict]) -> None:
    if not conflicts:
        return
    named = ", ".join(f"{item.path} ({item.kind})" for item in conflicts[:_NAMED])
    more = f" and {len(conflicts) - _NAMED} more" if len(conflicts) > _NAMED else ""
    raise ConflictError(
        f"the work and the target branch changed the same places: {named}{more}",
        hint="Nothing was changed. Let the agent resolve them in the workspace, do it by hand, or give up.",
        details={"conflicts": [
            {"repo_id": item.repo_id, "path": item.path, "kind": item.kind} for item in conflicts
        ]},
    )  # fmt: skip
