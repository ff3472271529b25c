"""What is reviewed: one workspace's work in one repository, against its target branch."""

from __future__ import annotations

from dataclasses import dataclass

from core.errors import ConflictError
from core.git.depot import Depot
from core.git.merge import Work, comparison_base, read_work
from core.git.user_repository import UserRepository


@dataclass(frozen=True)
class ReviewTarget:
    """Everything that a diff or merge in one repository needs, as it is at one moment."""

    repo_id: str
    name: str
    """The repository's folder in the workspace."""
    depot: Depot
    repository: UserRepository
    """The user's."""
    target_branch: str
    target: str
    """The target branch's commit."""
    work: Work
    base: str
    """What the work is compared with: a commit, or the empty tree."""

    @property
    def snapshot(self) -> str:
        """Everything that the workspace has, committed or not."""
        return self.work.snapshot


async def review_target(
    *, repo_id: str, name: str, depot: Depot, repository: UserRepository, target_branch: str,
    workspace: str, refresh: bool = True,
) -> ReviewTarget:  # fmt: skip
    """Reads the present state from the depot.

    Args:
        repo_id: The repository's id.
        name: Its folder in the workspace.
        depot: Its depot, with an imported snapshot of the workspace.
        repository: The user's.
        target_branch: The branch that the workspace merges into.
        workspace: The workspace's name.
        refresh: Whether to look first where the user's branches are now.

    Raises:
        NotFoundError: The target branch is gone.
        ConflictError: There is no snapshot of the workspace yet.
    """
    if refresh:
        await depot.refresh(repository)
    target_branch = await depot.local_branch(target_branch)
    target = await depot.target(target_branch)
    work = await read_work(depot, workspace)
    if work is None:
        raise ConflictError(
            f"there is no snapshot of workspace {workspace!r} in {name} yet", hint="Take one first."
        )
    base = await comparison_base(depot, target, work)
    return ReviewTarget(repo_id, name, depot, repository, target_branch, target, work, base)
